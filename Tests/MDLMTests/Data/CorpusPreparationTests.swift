import Foundation
import Testing

@testable import MDLM

@Suite struct CorpusPreparationTests {
  private let folder: DataFolder
  private let inputs: [String]
  private let texts: [String]

  init() throws {
    folder = try DataFolder()
    var random = SplitMix64(71)
    texts = (0..<300).map { line in
      String(repeating: "word ", count: Int(random.next() % 9)) + "\(line)"
    }
    let half = texts.count / 2
    inputs = [
      try folder.write("a.txt", texts[..<half].joined(separator: "\n") + "\n"),
      try folder.write("b.txt", texts[half...].joined(separator: "\n")),
    ]
  }

  private var output: String { folder.path + "/out.bin" }

  private func preparation(
    _ reading: TextReading = TextReading(), inputs: [String]? = nil, block: Int = 64
  ) throws -> CorpusPreparation {
    try CorpusPreparation(
      inputs: inputs ?? self.inputs, reading: reading, tokenizer: ByteTokenizer(), output: output,
      limits: DocumentReader.Limits(block: block, piece: 4096, line: 1 << 20))
  }

  /// The shard as it would be written from text in memory.
  private func expected() throws -> [UInt8] {
    var (tokens, ends) = ([Int32](), [Int]())
    for text in texts {
      tokens += text.utf8.map(Int32.init)
      ends.append(tokens.count)
    }
    let path = folder.path + "/expected.bin"
    try TokenShard.write(
      tokens, documentEnds: ends, tokenizer: ByteTokenizer(), reading: TextReading(), to: path)
    return try InputFile.contents(of: path)
  }

  @Test(arguments: [(1, 64), (3, 64), (2, 1), (2, 100_000)])
  func shardsDependOnTheTextAlone(threads: Int, block: Int) throws {
    let result = try #require(try preparation(block: block).run(on: Device(threads: threads)))
    #expect(result.documents == texts.count)
    #expect(try InputFile.contents(of: output) == expected())
    #expect(try folder.files.filter { $0.contains("partial") }.isEmpty)
  }

  @Test func interruptedPreparationsArriveAtTheSameBytes() throws {
    var stops = 0
    while true {
      // A new object each time, as a new process would have.
      var waves = 0
      let result = try preparation().run(on: Device(threads: 1)) { _ in
        waves += 1
        return waves == 3 ? .stop : .proceed
      }
      if result != nil { break }
      #expect(!FileSystem.exists(output))
      stops += 1
    }
    #expect(stops > 5)
    #expect(try InputFile.contents(of: output) == expected())
  }

  @Test func whatAKilledProcessWroteBehindItsRecordIsDropped() throws {
    _ = try preparation().run(on: Device(threads: 1)) { _ in .stop }
    let ids = folder.path + "/out.bin.partial/ids"
    let garbage = try InputFile.contents(of: ids) + [1, 2, 3]
    _ = try folder.write("out.bin.partial/ids", garbage)
    _ = try preparation().run(on: Device(threads: 1))
    #expect(try InputFile.contents(of: output) == expected())
  }

  /// No number of a record is trusted: sums and products of them must not overflow, and no room is
  /// made for a tail that cannot be.
  @Test(arguments: [
    ("tokens", Int.max), ("tokens", 1 << 62), ("documents", 1 << 61), ("unknown", Int.max),
    ("bytes", Int.max), ("line", Int.max), ("offset", Int.max), ("tail_bytes", 1 << 50),
    ("tail_bytes", 1 << 57), ("file", Int.max),
  ])
  func damagedRecordsAreRefused(key: String, value: Int) throws {
    _ = try preparation().run(on: Device(threads: 1)) { _ in .stop }
    let path = folder.path + "/out.bin.partial/progress.json"
    let text = String(decoding: try InputFile.contents(of: path), as: UTF8.self)
    let damaged = text.replacing(try Regex("\"\(key)\": [0-9]+"), with: "\"\(key)\": \(value)")
    #expect(damaged != text)
    _ = try folder.write("out.bin.partial/progress.json", damaged)
    #expect(throws: InputError.self) { try preparation().run(on: Device(threads: 1)) }
  }

  /// Both numbers of a place may agree with each other and with nothing else.
  @Test func tailsLongerThanAnyAreRefused() throws {
    var place = DocumentReader.Position()
    place.offset = 1 << 50
    place.tail = DocumentReader.Tail(count: 1 << 50 - 3)
    #expect(throws: InputError.self) {
      try DocumentReader(path: inputs[0], reading: TextReading(), from: place)
    }
  }

  /// A kill between the move of the ids and the removal of the rest.
  @Test func whatIsLeftBesideAWholeShardIsNoObstacle() throws {
    _ = try preparation().run(on: Device(threads: 1)) { _ in .stop }
    FileSystem.remove(folder.path + "/out.bin.partial/ids")
    _ = try preparation().run(on: Device(threads: 1))
    #expect(try InputFile.contents(of: output) == expected())
  }

  /// A file that changes while it is read is noticed at its end at the latest.
  @Test(arguments: ["cut", "grown", "rewritten"]) func changedFilesAreNoticed(how: String) throws {
    let path = inputs[1]
    let content = try InputFile.contents(of: path)
    let changed =
      switch how {
      case "cut": Array(content.prefix(content.count / 2))
      case "grown": content + [0x61, 0x0A]
      default: content.map { $0 == UInt8(ascii: "w") ? UInt8(ascii: "W") : $0 }
      }
    let preparation = try preparation()
    let error = #expect(throws: InputError.self) {
      try preparation.run(on: Device(threads: 1)) { _ in
        try? Data(changed).write(to: URL(filePath: path))
        return .proceed
      }
    }
    let found = how == "rewritten" ? "other text than at first" : "\(changed.count) bytes"
    #expect(error?.subject == path && error?.found == found)
    #expect(!FileSystem.exists(output))
  }

  /// Two tokenizers of one vocabulary give other ids, so one cannot go on for the other.
  @Test func anotherTokenizerOfTheSameVocabularyDoesNotGoOn() throws {
    func preparation(lowercase: Bool) throws -> CorpusPreparation {
      let file = try folder.write(
        "tokenizer.json",
        """
        {"normalizer": {"type": "BertNormalizer", "clean_text": true,
          "handle_chinese_chars": true, "strip_accents": null, "lowercase": \(lowercase)},
        "pre_tokenizer": {"type": "BertPreTokenizer"},
        "model": {"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##",
          "max_input_chars_per_word": 100, "vocab": {"[UNK]": 0, "[MASK]": 1, "word": 2}}}
        """)
      return try CorpusPreparation(
        inputs: inputs, reading: TextReading(), tokenizer: TokenizerFile.load(path: file),
        output: output, limits: DocumentReader.Limits(block: 64))
    }
    _ = try preparation(lowercase: true).run(on: Device(threads: 1)) { _ in .stop }
    let error = #expect(throws: InputError.self) {
      try preparation(lowercase: false).run(on: Device(threads: 1))
    }
    #expect(error?.found == "an unfinished preparation with another tokenizer")
  }

  @Test func outputMustNotLieInWhatIsRead() throws {
    let error = #expect(throws: InputError.self) { try preparation(inputs: [folder.path]) }
    #expect(error?.category == .usage)
    #expect(error?.found.hasPrefix("a place in the directory") == true)
  }

  @Test func theMaskIsNoData() throws {
    let tokenizer = try BPETrainer(vocabularySize: 260, on: Device(threads: 1)).train()
    let path = try folder.write("m.txt", "a\n[MASK]\n")
    let error = #expect(throws: InputError.self) {
      try CorpusPreparation(inputs: [path], tokenizer: tokenizer, output: output)
        .run(on: Device(threads: 1))
    }
    #expect(error?.subject == path + ":2")
  }

  @Test func anotherCorpusIsNotContinued() throws {
    _ = try preparation().run(on: Device(threads: 1)) { _ in .stop }
    let error = #expect(throws: InputError.self) {
      try preparation(TextReading(documents: .stream)).run(on: Device(threads: 1))
    }
    #expect(error?.found == "an unfinished preparation with documents lines")
    let other = #expect(throws: InputError.self) {
      try preparation(inputs: [inputs[1]]).run(on: Device(threads: 1))
    }
    #expect(
      other?.found == "an unfinished preparation of other files: " + inputs.joined(separator: ", "))
  }

  /// As many bytes as before, written later.
  @Test func filesThatChangedMeanwhileAreNotContinued() throws {
    _ = try preparation().run(on: Device(threads: 1)) { _ in .stop }
    let content = try InputFile.contents(of: inputs[1])
    _ = try folder.write("b.txt", content.map { $0 == UInt8(ascii: "w") ? UInt8(ascii: "W") : $0 })
    let error = #expect(throws: InputError.self) { try preparation().run(on: Device(threads: 1)) }
    #expect(error?.found == "an unfinished preparation of \(inputs[1]) before it was changed")
    #expect(FileSystem.exists(output + ".partial/ids"))
  }

  @Test func failuresLeaveNothingWhereNothingWasSaved() throws {
    let path = try folder.write("bad.txt", Array("good\n".utf8) + [0xFF])
    #expect(throws: InputError.self) {
      try preparation(inputs: [path]).run(on: Device(threads: 1))
    }
    #expect(try folder.files.filter { $0.hasPrefix("out.bin") }.isEmpty)
  }

  @Test func twoProcessesCannotWriteOneShard() throws {
    let partial = try PartialShard(
      output: output, settings: .null, tokenizer: ByteTokenizer(), reading: TextReading())
    let error = #expect(throws: InputError.self) {
      try preparation().run(on: Device(threads: 1))
    }
    #expect(error?.found == "another preparation at work")
    _ = partial
  }

  @Test func streamsAreOneDocument() throws {
    let result = try preparation(TextReading(documents: .stream)).run(on: Device(threads: 2))
    #expect(result?.documents == 1)
    let shard = try TokenShard(path: output)
    let text = ByteTokenizer().decode(try shard.tokens())
    let half = texts.count / 2
    let parts = [texts[..<half], texts[half...]].map { $0.joined(separator: "\n") }
    #expect(text == parts.joined())
  }

  @Test func badTextLeavesNoShard() throws {
    let bad = try folder.write("c.txt", [0x61, 0xFF])
    #expect(throws: InputError.self) {
      try preparation(inputs: inputs + [bad]).run(on: Device(threads: 1))
    }
    #expect(!FileSystem.exists(output))
  }

  @Test func shardsAreNoText() throws {
    let shard = try folder.write("c.bin", [1, 2])
    let error = #expect(throws: InputError.self) { try preparation(inputs: [shard]) }
    #expect(error?.found == "a token shard")
  }

  /// Streams of several texts are one stream, whether they are read as text or as a shard each.
  @Test(arguments: [Packing.plain, .wrapped()], ["txt", "fa"])
  func streamsOfSeveralShardsAreOne(packing: Packing, kind: String) throws {
    let content = ["ACGTACGTAC\n>x\nGGGTTT", "TTTTAAAACCCCGGGG\nACGT"].map { ">a\n" + $0 }
    let paths = try content.enumerated().map {
      try folder.write("\($0.offset).\(kind)", $0.element)
    }
    let tokenizer = ByteTokenizer(specials: packing.specials)
    let shards = try paths.map { path in
      _ = try CorpusPreparation(
        inputs: [path], reading: TextReading(documents: .stream), tokenizer: tokenizer,
        output: path + ".bin"
      ).run(on: Device(threads: 1))
      return path + ".bin"
    }
    func dataset(_ train: [String]) throws -> Dataset {
      try DataSource(
        train: train, reading: TextReading(documents: .stream), packing: packing,
        fractions: SplitFractions(validation: 0.25), length: 6
      ).load(tokenizer: tokenizer)
    }
    let (text, shard) = (try dataset(paths), try dataset(shards))
    for split in [DataSplit.train, .valid] {
      #expect(text.rows[split]?.tokens == shard.rows[split]?.tokens)
    }
  }

  /// Training from a shard and from its text must be the same run.
  @Test(arguments: [
    Packing.plain, .wrapped(), .wrapped(separated: false), .wrapped(groupSize: 7),
    .rowPerDocument(framed: true), .rowPerDocument(framed: false),
  ])
  func rowsOfAShardAreThoseOfItsText(packing: Packing) throws {
    let tokenizer = ByteTokenizer(specials: packing.specials)
    _ = try CorpusPreparation(inputs: inputs, tokenizer: tokenizer, output: output)
      .run(on: Device(threads: 1))
    func dataset(_ train: [String]) throws -> Dataset {
      try DataSource(
        train: train, packing: packing,
        fractions: SplitFractions(validation: 0.2, test: 0.1), length: 24
      ).load(tokenizer: tokenizer)
    }
    let (text, shard) = (try dataset(inputs), try dataset([output]))
    for split in DataSplit.allCases {
      let (a, b) = (try #require(text.rows[split]), try #require(shard.rows[split]))
      #expect(a.tokens == b.tokens)
      #expect((0..<a.count).map(a.unpaddedLength(of:)) == (0..<b.count).map(b.unpaddedLength(of:)))
    }
    #expect(text.notes == shard.notes)
  }
}
