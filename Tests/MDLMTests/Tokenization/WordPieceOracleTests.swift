import Testing

@testable import MDLM

/// The definition, word by word and character by character, on random vocabularies and texts.
@Suite struct WordPieceOracleTests {
  private static let letters: [Unicode.Scalar] = [
    "a", "b", "B", "é", "\u{301}", "漢", "-", "_", ".", " ", "\n", "\u{A0}", "\u{0}", "\u{200D}",
    "ß", "İ", "\u{1D165}", "\u{1F600}", "한", "Я",
  ]

  /// A vocabulary in which every id is a name's place.
  private struct Oracle {
    let names: [String]
    let normalizer: TextNormalizer
    let longestWord: Int

    func encode(_ text: String) -> [Int32] {
      let normalized = String(
        decoding: normalizer.normalized(Array(text.utf8)[...]), as: UTF8.self)
      return words(of: normalized).flatMap(pieces)
    }

    private func words(of text: String) -> [[Unicode.Scalar]] {
      var words: [[Unicode.Scalar]] = [[]]
      for scalar in text.unicodeScalars {
        if scalar.properties.isWhitespace {
          words.append([])
        } else if "-_.".unicodeScalars.contains(scalar) {
          words += [[scalar], []]
        } else {
          words[words.count - 1].append(scalar)
        }
      }
      return words.filter { !$0.isEmpty }
    }

    private func pieces(of word: [Unicode.Scalar]) -> [Int32] {
      guard word.count <= longestWord else { return [0] }
      var ids: [Int32] = []
      var start = 0
      while start < word.count {
        let match = (start + 1...word.count).reversed().lazy.compactMap { end in
          let name = (start > 0 ? "##".unicodeScalars.map { $0 } : []) + word[start..<end]
          return names.firstIndex { $0.unicodeScalars.elementsEqual(name) }.map { ($0, end) }
        }.first
        guard let (id, end) = match else { return [0] }
        ids.append(Int32(id))
        start = end
      }
      return ids
    }
  }

  @Test(arguments: 0..<12)
  func equalsTheDefinition(seed: UInt64) throws {
    var random = SplitMix64(seed)
    func text(_ range: ClosedRange<Int>) -> String {
      let count = Int.random(in: range, using: &random)
      return String(
        String.UnicodeScalarView(
          (0..<count).compactMap { _ in Self.letters.randomElement(using: &random) }))
    }
    let normalizer = seed % 2 == 0 ? TextNormalizer.bert(.uncased) : .lowercase
    var names = ["[UNK]"]
    for _ in 0..<60 {
      let piece = String(
        decoding: normalizer.normalized(Array(text(1...3).utf8)[...]), as: UTF8.self)
      let name = (Bool.random(using: &random) ? "##" : "") + piece
      if !names.contains(where: { $0.utf8.elementsEqual(name.utf8) }) { names.append(name) }
    }
    let longestWord = seed % 3 == 0 ? 3 : 100
    let pieces = names.enumerated().map { (name: Array($1.utf8), id: Int32($0)) }
    let tokenizer = WordPieceTokenizer(
      encoder: WordPieceEncoder(
        vocabulary: WordPieceVocabulary(pieces, prefix: Array("##".utf8)),
        normalizer: normalizer, splitter: .bert, unknownID: 0, longestWord: longestWord),
      pieces: pieces, addedTokens: AddedTokens([]), postProcessor: .none, decoder: .bert)
    let oracle = Oracle(names: names, normalizer: normalizer, longestWord: longestWord)
    for _ in 0..<60 {
      let text = text(0...20)
      #expect(try tokenizer.encode(text) == oracle.encode(text), "\(text.debugDescription)")
      let source = SourceText(text)
      let counts = try (0...tokenizer.encode(text).count).map {
        tokenizer.byteCount(of: source, tokens: $0)
      }
      #expect(counts == counts.sorted(), "\(text.debugDescription)")
    }
  }
}
