/// A byte-level BPE, as GPT-2 and most tokenizers since have one: it knows every text.
///
/// Added tokens are found in the text, the rest is normalized, split into pieces by a pattern, and
/// the bytes of each piece are merged by rank (Radford et al. 2019, section 2.2). Ids equal those of
/// Hugging Face `tokenizers`; bytes that are no UTF-8, which that library does not take, are
/// characters of their own.
///
/// The mask is an added token called `[MASK]` or `<mask>`, or else one id more than the file has
/// (50,257 with GPT-2, as in the published MDLM models). A text that spells out the name of an added
/// token has that token, the mask included.
public struct ByteLevelBPETokenizer: Tokenizer, EncoderProviding {
  let tokens: Vocabulary
  let merges: [MergeTable.Merge]
  let addedTokens: AddedTokens
  let normalizer: TextNormalizer
  let preTokenizer: PreTokenizer
  let postProcessor: PostProcessor
  /// Whether a piece that is in the vocabulary is taken as it is (`ignore_merges`).
  let ignoresMerges: Bool
  let model: BytePairModel

  public let vocabularySize: Int
  public let maskID: Int32
  public let beginID: Int32?
  public let endID: Int32?
  public let paddingID: Int32?
  public let specialIDs: Set<Int32>

  /// Bytes have tokens of their own, so that nothing is unknown.
  public var unknownID: Int32? { nil }

  /// Makes a tokenizer of parts that fit: merges of ids in the vocabulary, added tokens in it.
  init(
    tokens: Vocabulary, merges: [MergeTable.Merge], addedTokens: AddedTokens,
    normalizer: TextNormalizer, preTokenizer: PreTokenizer, postProcessor: PostProcessor,
    ignoresMerges: Bool
  ) {
    self.tokens = tokens
    self.merges = merges
    self.addedTokens = addedTokens
    self.normalizer = normalizer
    self.preTokenizer = preTokenizer
    self.postProcessor = postProcessor
    self.ignoresMerges = ignoresMerges
    model = BytePairModel(
      byteIDs: tokens.byteIDs, merges: merges,
      wholePieces: ignoresMerges ? tokens.pieces() : nil)
    let mask = addedTokens.id(ofFirst: [SpecialToken.maskName, "<mask>"])
    maskID = mask ?? Int32(tokens.count)
    vocabularySize = tokens.count + (mask == nil ? 1 : 0)
    endID = addedTokens.id(ofFirst: Self.endNames)
    beginID = addedTokens.id(ofFirst: Self.beginNames) ?? endID
    // The official code gives GPT-2 a [PAD] with the id of the mask (dataloader.py:518), so that
    // padding reads as something to predict. A tokenizer without padding has none here.
    paddingID = addedTokens.id(ofFirst: Self.paddingNames)
    specialIDs = Set(addedTokens.tokens.lazy.filter(\.isSpecial).map(\.id)).union([maskID])
  }

  private static let beginNames = [
    SpecialToken.begin.rawValue, "<s>", "<|begin_of_text|>", "<bos>", "<|startoftext|>", "[CLS]",
  ]
  private static let endNames = [
    SpecialToken.end.rawValue, "</s>", "<|end_of_text|>", "<eos>", "<|endoftext|>", "[SEP]",
  ]
  private static let paddingNames = [
    SpecialToken.padding.rawValue, "<pad>", "<|padding|>", "<|finetune_right_pad_id|>",
  ]
}

extension ByteLevelBPETokenizer: Equatable {
  public static func == (first: Self, second: Self) -> Bool {
    first.tokens == second.tokens && first.merges == second.merges
      && first.addedTokens == second.addedTokens && first.normalizer.json == second.normalizer.json
      && first.preTokenizer == second.preTokenizer && first.postProcessor == second.postProcessor
      && first.ignoresMerges == second.ignoresMerges
  }
}

// MARK: - Text and ids

extension ByteLevelBPETokenizer {
  /// Returns the ids of `text`, which may hold any bytes; it never throws.
  public func encode(_ text: SourceText) -> [Int32] {
    var ids: [Int32] = []
    ids.reserveCapacity(text.bytes.count / 4 + 8)
    ByteLevelBPEEncoder(self, byteCount: text.bytes.count).append(text, to: &ids)
    return ids
  }

  func makeEncoder() -> any TextEncoder { ByteLevelBPEEncoder(self) }

  /// Returns the ids with what the tokenizer's post-processor puts around a single text.
  public func framed(_ ids: [Int32]) -> [Int32] { postProcessor.framed(ids) }

  /// The bytes of the first tokens; exact where the tokenizer has no normalizer, and where added
  /// tokens take no white space.
  public func byteCount(of text: SourceText, tokens tokenCount: Int) -> Int {
    var count = 0
    for id in encode(text).prefix(tokenCount) { count += tokens.bytes(of: id).count }
    let hasAddedSpace =
      preTokenizer.stages.contains(.prefixSpace) && text.bytes.first != UInt8(ascii: " ")
    return min(max(0, hasAddedSpace ? count - 1 : count), text.bytes.count)
  }

  public func decodeBytes(_ ids: some Sequence<Int32>) -> [UInt8] {
    var bytes: [UInt8] = []
    for id in ids where !specialIDs.contains(id) { bytes += tokens.bytes(of: id) }
    return bytes
  }

  public func name(of id: Int32) -> String {
    if let name = tokens.name(of: id) { return name }
    return id == maskID ? SpecialToken.maskName : "[\(id)]"
  }
}
