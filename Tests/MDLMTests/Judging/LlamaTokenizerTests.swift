import Testing

@testable import MDLM

struct LlamaTokenizerTests {
  private func tokenizer(_ bytes: [UInt8] = LlamaSketch.tokenizer, size: Int = 300) throws
    -> LlamaTokenizer
  {
    try withScratchDirectory { folder in
      try write(bytes, to: "\(folder)/tok.bin")
      return try LlamaTokenizer(path: "\(folder)/tok.bin", vocabularySize: size)
    }
  }

  /// Scores fall with the ids: 259 is the space, 260 a, 286 é, 287 " a", 288 ab, 289 bc, 290 abc.
  @Test(
    arguments: [
      ("", []), ("a", [287]), ("z", [259, 285]), ("abc", [287, 289]), ("xabc", [259, 283, 290]),
      ("xxxx", [259, 294, 294]), ("xxx", [259, 294, 283]), ("é", [259, 286]),
      ("ü", [259, 198, 191]), ("\n", [259, 13]), ("A", [259, 68]), ("<s>", [259, 63, 278, 65]),
    ] as [(String, [Int32])])
  func textHasItsIDs(text: String, ids: [Int32]) throws {
    #expect(try tokenizer().encode(text) == ids)
  }

  @Test func longTextTakesNoSquareOfItsLength() throws {
    let ids = try tokenizer().encode(String(repeating: "xx", count: 100_000))
    #expect(ids.count == 100_001 && Set(ids.dropFirst()) == [294])
  }

  @Test func damagedFilesAreRefused() throws {
    let bytes = LlamaSketch.tokenizer
    #expect(sentence { _ = try tokenizer(Array(bytes.dropLast())) }.contains("token 299"))
    #expect(sentence { _ = try tokenizer(Array(bytes.prefix(7))) }.contains("its end in token 0"))
    #expect(sentence { _ = try tokenizer([]) }.contains("its end in token 0"))
    #expect(sentence { _ = try tokenizer(bytes + [1, 2]) }.contains("2 bytes behind token 299"))
    #expect(sentence { _ = try tokenizer(bytes, size: 299) }.contains("behind token 298"))
    #expect(sentence { _ = try tokenizer(bytes, size: 99) }.contains("at least 259"))
    var long = bytes
    long[8] = 200
    #expect(sentence { _ = try tokenizer(long) }.contains("a length of 200 bytes for token 0"))
    var wild = bytes
    (wild[6], wild[7]) = (0x80, 0x7F)
    #expect(sentence { _ = try tokenizer(wild) }.contains("the score inf of token 0"))
  }
}
