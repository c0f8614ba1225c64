import Testing

@testable import MDLM

@Suite struct DataSourceTests {
  private let folder: DataFolder

  init() throws { folder = try DataFolder() }

  private func source(
    _ train: [String], valid: [String] = [], tokenizer: String? = "char",
    documents: DocumentBoundary = .stream, packing: Packing = .plain,
    validation: Double = 0, test: Double = 0, length: Int = 4, rawUInt16: Bool = false
  ) throws -> DataSource {
    DataSource(
      train: train, valid: valid, tokenizer: tokenizer, reading: TextReading(documents: documents),
      packing: packing,
      fractions: try SplitFractions(validation: validation, test: test), length: length,
      rawUInt16: rawUInt16)
  }

  @Test func streamIsSplitAndPacked() throws {
    let path = try folder.write("a.txt", "abcdefghijklmnopqrst\n")
    let data = try source([path], validation: 0.2, test: 0.2, length: 4).load()
    #expect(data.rows[.train]?.tokens == Array(0..<12))
    #expect(data.rows[.valid]?.tokens == [12, 13, 14, 15])
    #expect(data.rows[.test]?.tokens == [16, 17, 18, 19])
    #expect(data.tokenizer?.vocabularySize == 21)
    #expect(data.notes.isEmpty)
  }

  @Test func droppedTokensAreNoted() throws {
    let path = try folder.write("a.txt", "abcdef")
    #expect(
      try source([path]).load().notes
        == ["train: dropped 2 tokens at the end, short of a row of 4"])
  }

  @Test func cutDocumentsAreNoted() throws {
    let path = try folder.write("a.txt", "abcdef\nab\n")
    let data = try source([path], documents: .lines, packing: .rowPerDocument(framed: true)).load()
    #expect(data.notes == ["train: cut 1 of 2 documents to rows of 4 tokens, dropping 4"])
  }

  @Test func unknownCharactersAreNoted() throws {
    let path = try folder.write("a.txt", "ab1é")
    let data = try source([path], tokenizer: "text8").load()
    #expect(data.notes == ["train: 2 pieces of text outside the vocabulary became [UNK]"])
  }

  @Test func validationMayHaveFilesOfItsOwn() throws {
    let train = try folder.write("a.txt", "abab")
    let valid = try folder.write("b.txt", "cdcd")
    let data = try source([train], valid: [valid]).load()
    #expect(data.rows[.train]?.tokens == [0, 1, 0, 1])
    #expect(data.rows[.valid]?.tokens == [2, 3, 2, 3])
  }

  @Test func plainLinesPutTheNewlineIntoTheVocabulary() throws {
    let path = try folder.write("a.txt", "ab\nc")
    let data = try source([path], documents: .lines, length: 5).load()
    #expect(data.rows[.train]?.tokens == [1, 2, 0, 3, 0])
  }

  @Test func givenTokenizerTakesThePlaceOfTheNamedOne() throws {
    let path = try folder.write("a.txt", "abcd")
    let data = try source([path], tokenizer: nil).load(tokenizer: ByteTokenizer())
    #expect(data.rows[.train]?.tokens == [97, 98, 99, 100])
  }

  @Test func onePartCanBeLoadedAlone() throws {
    let path = try folder.write("a.txt", "abcdefgh")
    let data = try source([path], validation: 0.5).load(.valid)
    #expect(data.rows.count == 1)
    #expect(data.rows[.valid]?.tokens == [4, 5, 6, 7])
  }

  @Test func shardsAreTakenAsTheyAre() throws {
    let paths = ["\(folder.path)/a.bin", "\(folder.path)/b.bin"]
    try TokenShard.write([9, 8, 7], to: paths[0])
    try TokenShard.write([6, 5, 4], to: paths[1])
    let data = try source(paths, tokenizer: nil, packing: .wrapped(), length: 5).load()
    #expect(data.rows[.train]?.tokens == [9, 8, 7, 6, 5])
    #expect(data.notes == ["train: dropped 1 token at the end, short of a row of 5"])
    #expect(data.tokenizer == nil)
  }

  @Test func rawShardsAreSplitByTokens() throws {
    let path = try folder.write("a.bin", [0, 0, 1, 0, 2, 0, 3, 0])
    let data = try source([path], tokenizer: nil, validation: 0.5, length: 2, rawUInt16: true)
      .load()
    #expect(data.rows[.train]?.tokens == [0, 1])
    #expect(data.rows[.valid]?.tokens == [2, 3])
  }

  @Test func shardsAreCheckedAgainstTheTokenizer() throws {
    let path = "\(folder.path)/a.bin"
    try TokenShard.write([1, 35, 2, 3], to: path)
    let error = #expect(throws: InputError.self) { try source([path], tokenizer: "text8").load() }
    #expect(error?.found == "the id 35 at token 1")
  }

  @Test func shardsMustNotHoldTheMask() throws {
    let path = "\(folder.path)/a.bin"
    try TokenShard.write([8, 9, 4, 10], to: path)
    let error = #expect(throws: InputError.self) { try source([path], tokenizer: "text8").load() }
    #expect(error?.found == "the id 4 of the mask at token 2")
  }

  /// A detokenizer works on text; a shard must have been made with it.
  @Test(arguments: [nil, TextReading(), TextReading(detokenizer: .ptb)])
  func detokenizersOfShardsMustAgree(reading: TextReading?) throws {
    let path = "\(folder.path)/a.bin"
    try TokenShard.write([8, 9, 10, 11], documentEnds: [4], reading: reading, to: path)
    var source = try source([path], tokenizer: "text8")
    source.reading = TextReading(detokenizer: .ptb)
    if reading?.detokenizer == .ptb {
      #expect(
        try source.load().making[.train] == RowMaking(packing: .plain, detokenizer: .ptb))
    } else {
      let error = #expect(throws: InputError.self) { try source.load() }
      #expect(error?.subject == "data.detokenizer")
    }
  }

  @Test func plainLinesNeedATokenizerThatKnowsNewlines() throws {
    let path = try folder.write("a.txt", "abcd\nabcd\n")
    let error = #expect(throws: InputError.self) {
      try source([path], documents: .lines).load(tokenizer: CharacterTokenizer(text: "abcd"))
    }
    #expect(error?.subject == "the line ends (data.documents lines)")
    #expect(error?.found.contains("U+000A") == true)
  }
}
