/// WordPiece, the tokenizer of BERT: words are cut into the longest pieces of a vocabulary.
///
/// Read from a `vocab.txt` or from a `tokenizer.json` of this family. Text that spells an added
/// token, such as [MASK], becomes that token, as in Hugging Face `tokenizers`, whose ids and whose
/// decoded text these are. A vocabulary without a mask gets one beyond its ids. (Schuster and
/// Nakajima 2012; Devlin et al., arXiv 1810.04805.)
public struct WordPieceTokenizer: Tokenizer, Equatable {
  let encoder: WordPieceEncoder
  /// The pieces of the model, in the order of their ids.
  let pieces: [(name: [UInt8], id: Int32)]
  let addedTokens: AddedTokens
  let postProcessor: PostProcessor
  let decoder: WordPieceDecoder?
  /// Whether names are sought in normalized text, which must then be made as a whole.
  let hasNormalizedNames: Bool
  /// The names of all tokens by their ids; empty for ids that are not in use.
  private let names: [[UInt8]]

  public let maskID: Int32
  public let beginID: Int32?
  public let endID: Int32?
  public let paddingID: Int32?
  public let specialIDs: Set<Int32>

  /// Makes a tokenizer of parts that agree: every added token that is a piece has the piece's id.
  init(
    encoder: WordPieceEncoder, pieces: [(name: [UInt8], id: Int32)], addedTokens: AddedTokens,
    postProcessor: PostProcessor, decoder: WordPieceDecoder?
  ) {
    self.encoder = encoder
    self.pieces = pieces
    self.addedTokens = addedTokens
    self.postProcessor = postProcessor
    self.decoder = decoder
    hasNormalizedNames = addedTokens.tokens.contains(where: \.isNormalized)
    // The reference decodes to what names are sought as.
    let all =
      pieces
      + addedTokens.tokens.map { token in
        (
          token.isNormalized ? encoder.normalizer.normalized(token.content[...]) : token.content,
          token.id
        )
      }
    var names = [[UInt8]](repeating: [], count: Int(all.map(\.id).max() ?? -1) + 1)
    for token in all { names[Int(token.id)] = token.name }
    self.names = names
    func id(ofFirst candidates: [String]) -> Int32? {
      addedTokens.id(ofFirst: candidates)
        ?? candidates.lazy.compactMap { encoder.vocabulary.id(of: Array($0.utf8)) }.first
    }
    maskID = id(ofFirst: ["[MASK]", "<mask>"]) ?? Int32(names.count)
    beginID = id(ofFirst: ["[CLS]", "[BOS]", "<s>"])
    endID = id(ofFirst: ["[SEP]", "[EOS]", "</s>"])
    paddingID = id(ofFirst: ["[PAD]", "<pad>"])
    specialIDs = Set(
      [maskID, encoder.unknownID] + [beginID, endID, paddingID].compactMap(\.self)
        + addedTokens.tokens.filter(\.isSpecial).map(\.id))
  }

  public var vocabularySize: Int { max(names.count, Int(maskID) + 1) }
  public var unknownID: Int32? { encoder.unknownID }

  /// What begins a framed text: the official packing asks the tokenizer for the ids of the
  /// separator's name and takes the first of them.
  public var separatorID: Int32? { postProcessor.before.first ?? endID }

  public func name(of id: Int32) -> String {
    if id == maskID, id == names.count { return SpecialToken.maskName }
    guard names.indices.contains(Int(id)), !names[Int(id)].isEmpty else { return "[\(id)]" }
    return String(decoding: names[Int(id)], as: UTF8.self)
  }

  /// Puts around the ids of a text what the tokenizer's file says: [CLS] and [SEP] for BERT.
  public func framed(_ ids: [Int32]) -> [Int32] { postProcessor.framed(ids) }

  public func encode(_ text: SourceText) throws(InputError) -> [Int32] {
    if hasNormalizedNames { return try encodeNormalized(text) }
    var ids: [Int32] = []
    ids.reserveCapacity(text.bytes.count / 4)
    var mistake: MalformedUTF8?
    addedTokens.forEachSegment(of: text.bytes) { segment in
      switch segment {
      case .token(let id): ids.append(id)
      case .text(let part) where mistake == nil:
        do throws(MalformedUTF8) { try encoder.append(part, to: &ids) } catch { mistake = error }
      case .text: break
      }
    }
    if let mistake { throw text.malformed(at: mistake.index) }
    return ids
  }

  private func encodeNormalized(_ text: SourceText) throws(InputError) -> [Int32] {
    try text.forEachScalar { (_, _) throws(InputError) in }
    var ids: [Int32] = []
    addedTokens.forEachSegment(of: text.bytes, normalize: encoder.normalizer.normalized) {
      switch $0 {
      case .token(let id): ids.append(id)
      case .text(let part): encoder.appendNormalized(part, to: &ids)
      }
    }
    return ids
  }

  public func decodeBytes(_ ids: some Sequence<Int32>) -> [UInt8] {
    joined(ids.lazy.filter { !specialIDs.contains($0) })
  }

  /// Special tokens are words like others, set apart by spaces.
  public func decodeBytesNamingSpecials(_ ids: [Int32]) -> [UInt8] { joined(ids) }

  private func joined(_ ids: some Sequence<Int32>) -> [UInt8] {
    var bytes: [UInt8] = []
    var isFirst = true
    for id in ids where 0 <= id && id < vocabularySize {
      let isKnown = names.indices.contains(Int(id)) && !names[Int(id)].isEmpty
      guard isKnown || id == maskID else { continue }
      let name = isKnown ? names[Int(id)] : Array(self.name(of: id).utf8)
      bytes += decoder?.decoded(name, isFirst: isFirst) ?? (isFirst ? name : [0x20] + name)
      isFirst = false
    }
    return bytes
  }

  public static func == (first: WordPieceTokenizer, second: WordPieceTokenizer) -> Bool {
    first.encoder == second.encoder && first.names == second.names
      && first.addedTokens == second.addedTokens && first.postProcessor == second.postProcessor
      && first.decoder == second.decoder
  }
}
