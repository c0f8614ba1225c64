import Foundation

@testable import MDLM

/// Text, token shards and unfinished preparations.
extension FuzzTarget {
  static func data(_ scratch: String) throws -> [FuzzTarget] {
    documents + [try shards(scratch), rawShard, try preparation(scratch), tokenIDs]
  }

  // MARK: Documents

  private static var documents: [FuzzTarget] {
    let records = """
      {"text": "one two", "id": 1}
      {"id": 2, "text": ["three", "four \\u00e9"]}

      {"text": ""}
      """
    let table = "\"1\",\"a \"\"title\"\"\",\"text, with\nlines\"\n2,b,c\r\n\n3,,\"x\"\n"
    let sequences = ">chr1 first\nACGTNacgt\nAC\n\n>chr2\nGG\n>empty\n>chr3\nT"
    let text = "one two three\r\n\nfour \u{E9} @-@ five 's ( six ) \" seven \" .\n = = N = = \nlast"
    let packed = Data(
      base64Encoded: "H4sIAAAAAAACAxXLwQ3AIAwEwb+ruAJo6wiWkC0Zx6T8wHe060bkduQIUrq/ga5FkaUfFosG6jMS"
        + "prekNXBebmfjrGNDI0mTH1BStSJLAAAA")
    let gzip = packed.map(Array.init) ?? []
    return [
      documents("jsonl", [File("a.jsonl", .jsonLines, texts: [records])]),
      documents("csv", [File("a.csv", .text, texts: [table])]),
      documents("fasta", [File("a.fasta", .text, texts: [sequences])]),
      documents("text", [File("a.txt", .text, texts: [text, "\u{FEFF}a\nb"])]),
      documents("gzip", [File("a.txt.gz", .binary, [gzip])]),
    ]
  }

  /// Every way to read text, with blocks so small that they end everywhere, and with real ones.
  private static func documents(_ name: String, _ files: [File]) -> FuzzTarget {
    FuzzTarget(name, files) { input in
      let number = input.number
      let reading = TextReading(
        documents: number % 2 == 0 ? .lines : .stream,
        detokenizer: number % 2 == 0
          ? Detokenizer.allCases[number / 2 % Detokenizer.allCases.count] : .none,
        lineEnds: LineEnds.allCases[number / 12 % LineEnds.allCases.count])
      let limits =
        number % 3 == 0
        ? DocumentReader.Limits(block: 1 + number % 40, piece: 64, line: 2000, lines: 3)
        : DocumentReader.Limits()
      let path = try input.write()
      var reader = try DocumentReader(path: path, reading: reading, limits: limits)
      while let pieces = try reader.next() {
        for piece in pieces { _ = try CharacterTokenizer.CharacterSet().scalars(of: piece.text) }
      }
      guard number % 4 == 0 else { return }
      let corpus = try TextCorpus(paths: [path], reading: reading)
      let parts = corpus.split(by: try SplitFractions(validation: 0.25, test: 0.25))
      let counts = [parts.train, parts.validation, parts.test].map(\.characterCount)
      try FuzzFinding.check(
        counts.reduce(0, +) == corpus.characterCount, "parts of \(counts) characters")
    }
  }

  private static var tokenIDs: FuzzTarget {
    FuzzTarget("token-ids", [File("a.txt", .text, texts: ["1 2 300\n65535 0\t7"])]) { input in
      let text = SourceText(input.bytes[...], name: "a.txt")
      let ids = try text.tokenIDs(vocabularySize: 70_000)
      try FuzzFinding.check(ids.allSatisfy { 0..<70_000 ~= $0 }, "\(ids)")
    }
  }

  // MARK: Shards

  private static func shards(_ scratch: String) throws -> FuzzTarget {
    func number(_ value: UInt32) -> [UInt8] {
      (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }
    let path = "\(scratch)/seed.bin"
    let tokens = (0..<40).map { Int32($0 * 7 % 250) }
    try TokenShard.write(
      tokens, documentEnds: [3, 3, 20, 40], tokenizer: ByteTokenizer(), reading: TextReading(),
      to: path)
    let narrow = try bytes(of: path)
    try TokenShard.write(tokens.map { $0 + 70_000 }, to: path)
    let wide = try bytes(of: path)
    let zeros = [UInt8](repeating: 0, count: 1012)
    let gpt2 = number(20_240_520) + number(1) + number(3) + zeros + [1, 0, 2, 0, 3, 0]
    let llama3 = number(20_240_801) + number(7) + number(1) + zeros + number(128_000)
    return shard("shard", [narrow, wide, gpt2, llama3], rawUInt16: false)
  }

  private static var rawShard: FuzzTarget {
    shard("raw-shard", [[1, 0, 2, 0, 255, 255]], rawUInt16: true)
  }

  private static func shard(_ name: String, _ seeds: [[UInt8]], rawUInt16: Bool) -> FuzzTarget {
    FuzzTarget(name, [File("a.bin", .binary, seeds)]) { input in
      let shard = try TokenShard(path: input.write(), rawUInt16: rawUInt16)
      let tokens = try shard.tokens()
      try FuzzFinding.check(tokens.count == shard.count, "\(tokens.count) ids of \(shard.count)")
      try FuzzFinding.check(shard.documentEnds.last ?? shard.count == shard.count, "its ends")
      try? shard.limited(vocabularySize: 257, maskID: 256).checkIDs()
    }
  }

  // MARK: Preparations

  /// What a preparation of a shard leaves behind where it is interrupted.
  private static func preparation(_ scratch: String) throws -> FuzzTarget {
    let corpus = "\(scratch)/corpus.txt"
    try write((1...30).map { "line \($0) of it\n" }.joined().utf8, to: corpus)
    // The record tells the corpus by its path and its time, which must not depend on the machine.
    try FileManager.default.setAttributes(
      [.modificationDate: Date(timeIntervalSince1970: 1_000_000_000)], ofItemAtPath: corpus)
    let output = "\(scratch)/prepared.bin"
    let partial = output + PartialShard.suffix
    func run(stops: Bool) throws -> CorpusPreparation.Progress? {
      try CorpusPreparation(
        inputs: [corpus], reading: TextReading(), tokenizer: ByteTokenizer(), output: output,
        limits: DocumentReader.Limits(block: 64, piece: 4096, line: 1 << 16)
      ).run(on: Device(threads: 1)) { _ in stops ? .stop : .proceed }
    }
    _ = try run(stops: true)
    let record = String(decoding: try bytes(of: partial + "/progress.json"), as: UTF8.self)
    return FuzzTarget(
      "preparation",
      [
        // Every input must be the same wherever the tests have their scratch directory.
        File("progress.json", .json, texts: [record.replacing(corpus, with: "@CORPUS@")]),
        File("ids", .binary, [try bytes(of: partial + "/ids")]),
        File("documents", .binary, [try bytes(of: partial + "/documents")]),
      ]
    ) { input in
      try makeDirectory(partial)
      defer { for path in [partial, output] { FileSystem.remove(path) } }
      for (name, content) in zip(input.names, input.contents) {
        var content = content
        if name == "progress.json" { content.replace(Array("@CORPUS@".utf8), with: corpus.utf8) }
        try write(content, to: "\(partial)/\(name)")
      }
      guard let progress = try run(stops: false) else { return }
      _ = try? TokenShard(path: output).tokens()
      try FuzzFinding.check(progress.tokens > 0, "no tokens")
    }
  }
}

extension CharacterTokenizer.CharacterSet {
  /// The characters of a text.
  fileprivate func scalars(of text: SourceText) throws -> [Unicode.Scalar] {
    var set = self
    try set.insert(text)
    return set.scalars
  }
}
