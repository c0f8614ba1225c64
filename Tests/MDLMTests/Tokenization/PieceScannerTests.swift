import Testing

@testable import MDLM

/// Texts as the known patterns split them, bars between the pieces.
///
/// The tables are what Hugging Face `tokenizers` 0.23.3 returns (`Split`, `isolated`).
@Suite struct PieceScannerTests {
  private func pieces(of text: [UInt8], _ pattern: SplitPattern) -> [[UInt8]] {
    var pieces: [[UInt8]] = []
    text.withUnsafeBufferPointer { bytes in
      PreTokenizer(pattern).forEachPiece(of: bytes) { pieces.append(Array($0)) }
    }
    return pieces
  }

  private func expect(_ split: String, _ pattern: SplitPattern) {
    let text = split.utf8.filter { $0 != UInt8(ascii: "|") }
    let result = pieces(of: text, pattern)
    let joined = String(decoding: Array(result.joined(separator: "|".utf8)), as: UTF8.self)
    #expect(joined.utf8.elementsEqual(split.utf8), "\(joined.debugDescription)")
  }

  @Test(arguments: gpt2) func gpt2Splits(split: String) { expect(split, .gpt2) }
  @Test(arguments: cl100k) func cl100kSplits(split: String) { expect(split, .cl100k) }
  @Test(arguments: qwen2) func qwen2Splits(split: String) { expect(split, .qwen2) }
  @Test(arguments: o200k) func o200kSplits(split: String) { expect(split, .o200k) }

  @Test(arguments: SplitPattern.allCases)
  func everyByteIsInOnePiece(pattern: SplitPattern) {
    var random = SplitMix64(1)
    let alphabet: [UInt8] = [
      0x20, 0x27, 0x0A, 0x0D, 0x73, 0x53, 0x31, 0x2F, 0xC3, 0xA9, 0xC5, 0xBF, 0xE2, 0x80, 0xA8,
      0xCC, 0x81, 0xED, 0xA0, 0xF0, 0x9F, 0x98, 0x80, 0xF5, 0xFF, 0xC0, 0xE0, 0xF4, 0x90,
    ]
    for _ in 0..<2_000 {
      let count = Int.random(in: 0...12, using: &random)
      let text = (0..<count).map { _ in alphabet.randomElement(using: &random) ?? 0 }
      let pieces = pieces(of: text, pattern)
      #expect(pieces.allSatisfy { !$0.isEmpty } && Array(pieces.joined()) == text)
    }
  }

  @Test(
    arguments: [
      // Overlong forms, a surrogate, beyond the last code point, a lone continuation, a cut scalar.
      [0xC1, 0x81], [0xE0, 0x81, 0x81], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xA9],
      [0xC3],
    ] as [[UInt8]])
  func malformedBytesAreSymbols(bytes: [UInt8]) {
    // As `!!` they stick together, and to no letter.
    #expect(pieces(of: [0x61] + bytes + [0x61], .gpt2) == [[0x61], bytes, [0x61]])
  }

  static let gpt2 = [
    "hello| world",
    " | hello| | world|  ",
    "don|'t| DON|'|T| I|'|LL| we|'|Ve| '|twas| it|'s|'| ''|s",
    "'|ſ| '|s",
    "a|\r|\n|b|\r\n\r\n | c|\n",
    "x| \n| y|\t|\t|z| \n\n",
    "\u{A0}|a|\u{A0}|\u{A0}|b|\u{2028}|c|\u{2029}\u{2028}",
    "1234567| 12٣٤٥| ½Ⅷ3",
    "漢字かな한국어| ไทย",
    "🙂🏳\u{FE0F}\u{200D}🌈!?| ...//|\n|/|x",
    "e|\u{301}| \u{301}\u{301}|a| A|\u{301}|BC",
    "iPhone| HTTPServer| aB| ABc| Ab|'s| ABC|'|S",
    "ǅungla| ʰa| ªº",
    "\u{0}\u{1}\u{200B}\u{FEFF}|\u{85}|x",
    "$|100|,|000|.|00| #|tag| @|you| _|a|_|b",
    "क|्|ष|ि| ا|١|ة",
    "tab|\t|word| \t| word",
    "end|   ",
    "\n\n\n",
    "   \n | x",
  ]
  static let cl100k = [
    "hello| world",
    " | hello| | world|  ",
    "don|'t| DON|'T| I|'LL| we|'Ve| '|twas| it|'s|'| ''|s",
    "'ſ| '|s",
    "a|\r\n|b|\r\n\r\n| | c|\n",
    "x| \n| y|\t|\tz| \n\n",
    "\u{A0}a|\u{A0}|\u{A0}b|\u{2028}c|\u{2029}\u{2028}",
    "123|456|7| |12٣|٤٥| |½Ⅷ3",
    "漢字かな한국어| ไทย",
    "🙂🏳\u{FE0F}\u{200D}🌈!?| ...//\n|/x",
    "e|\u{301}| \u{301}\u{301}|a| A|\u{301}BC",
    "iPhone| HTTPServer| aB| ABc| Ab|'s| ABC|'S",
    "ǅungla| ʰa| ªº",
    "\u{0}\u{1}\u{200B}\u{FEFF}|\u{85}x",
    "$|100|,|000|.|00| #|tag| @|you| _|a|_b",
    "क|्ष|ि| ا|١|ة",
    "tab|\tword| \t| word",
    "end|   ",
    "\n\n\n",
    "   \n| | x",
  ]
  static let qwen2 = [
    "1|2|3|4|5|6|7| |1|2|٣|٤|٥| |½|Ⅷ|3",
    "$|1|0|0|,|0|0|0|.|0|0| #|tag| @|you| _|a|_b",
    "क|्ष|ि| ا|١|ة",
  ]
  static let o200k = [
    "hello| world",
    " | hello| | world|  ",
    "don't| DON'T| I'LL| we'Ve| '|twas| it's|'| ''|s",
    "'ſ| '|s",
    "a|\r\n|b|\r\n\r\n| | c|\n",
    "x| \n| y|\t|\tz| \n\n",
    "\u{A0}a|\u{A0}|\u{A0}b|\u{2028}c|\u{2029}\u{2028}",
    "123|456|7| |12٣|٤٥| |½Ⅷ3",
    "漢字かな한국어| ไทย",
    "🙂🏳\u{FE0F}\u{200D}🌈!?| ...//\n/|x",
    "e\u{301}| \u{301}\u{301}a| A\u{301}|BC",
    "i|Phone| HTTPServer| a|B| ABc| Ab's| ABC'S",
    "ǅungla| ʰa| ªº",
    "\u{0}\u{1}\u{200B}\u{FEFF}|\u{85}x",
    "$|100|,|000|.|00| #|tag| @|you| _|a|_b",
    "क्षि| ا|١|ة",
    "tab|\tword| \t| word",
    "end|   ",
    "\n\n\n",
    "   \n| | x",
  ]
}
