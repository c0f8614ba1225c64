import Foundation
import Testing

@testable import MDLMCommand

struct TokenizeCommandTests {
  private let place: Workspace

  init() throws {
    place = try Workspace()
    let run = place.run("tokenize train --data @/text.txt --vocab-size 280 --output @/bpe")
    try #require(run.exitCode == .success, "\(run.messages)")
    #expect(run.output.isEmpty)
    #expect(run.messages.contains("bpe/tokenizer.json: "))
  }

  private func output(_ line: String, input: [UInt8] = []) -> [UInt8] {
    let run = place.run(line, input: input)
    #expect(run.exitCode == .success, "\(run.messages)")
    return run.outputBytes
  }

  private func text(_ line: String, input: String = "") -> String {
    String(decoding: output(line, input: Array(input.utf8)), as: UTF8.self)
  }

  @Test func trainingWritesATokenizerThatRunsCanUse() throws {
    try place.configure(#"tokenizer_name_or_path: "char""#, #"tokenizer_name_or_path: "@/bpe""#)
    let run = place.train()
    #expect(run.exitCode == .success, "\(run.messages)")
    #expect(
      try place.bytes(of: "run/checkpoints/latest/tokenizer.json")
        == place.bytes(of: "bpe/tokenizer.json"))
  }

  @Test func trainingAgainGivesTheSameFile() throws {
    let line = "tokenize train --data @/text.txt --vocab-size 280 --threads 2 --json --output"
    let fields = try object(text("\(line) @/new/folder/again.json"))
    #expect(fields["tokenizer"] as? String == "\(place.path)/new/folder/again.json")
    #expect(fields["vocab_size"] as? Int == 280)
    #expect(fields["bytes"] as? Int == Workspace.text.utf8.count - 60)
    #expect(try place.bytes(of: "new/folder/again.json") == place.bytes(of: "bpe/tokenizer.json"))
  }

  @Test func smallTextIsNoted() {
    let run = place.run("tokenize train --data @/text.txt --vocab-size 5000 --output @/large")
    #expect(run.exitCode == .success)
    #expect(run.messages.contains("note: ") && run.messages.contains("no further pair occurs"))
  }

  @Test func minimumFrequencyKeepsRareTokensOut() throws {
    let line = "tokenize train --data @/text.txt --vocab-size 5000 --json --output"
    let few = try object(text("\(line) @/few --min-frequency 61"))["vocab_size"] as? Int
    let all = try object(text("\(line) @/all --min-frequency 1"))["vocab_size"] as? Int
    #expect(try #require(few) < (try #require(all)))
  }

  @Test func linesOfTextAreLinesOfIDs() {
    let ids = text("tokenize encode --tokenizer @/bpe", input: "the cat\n\nsat on\r\nthe mat")
    let lines = ids.split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines.count == 5 && lines[1].isEmpty && lines[4].isEmpty)
    #expect(
      text("tokenize decode --tokenizer @/bpe", input: ids) == "the cat\n\nsat on\nthe mat\n")
  }

  @Test(arguments: ["@/bpe", "@/bpe/tokenizer.json", "byte"])
  func streamOfAnyBytesComesBack(tokenizer: String) throws {
    var bytes = (0...255).map { UInt8($0) }
    bytes += Array("[MASK] it's  \u{1F600}\r\n\n [EOS]\u{0}".utf8) + [0xC3, 0xFF, 0xE2, 0x82]
    try place.write(bytes, to: "any.txt")
    let line = "--tokenizer \(tokenizer) --documents stream"
    let ids = output("tokenize encode \(line) --data @/any.txt")
    #expect(output("tokenize decode \(line) --special-tokens", input: ids) == bytes)
  }

  @Test func jsonNamesTheTokens() throws {
    let lines = text("tokenize encode --tokenizer byte --json", input: "ab\nc\n")
      .split(separator: "\n")
    let objects = try lines.map { try object($0) }
    #expect(objects.compactMap { $0["ids"] as? [Int] } == [[97, 98], [99]])
    #expect(objects.compactMap { $0["tokens"] as? [String] } == [["a", "b"], ["c"]])
  }

  @Test func textIsFoundInJSONLines() throws {
    try place.write(#"{"text": "ab\nc"}"# + "\n" + #"{"text": ""}"# + "\n", to: "two.jsonl")
    #expect(text("tokenize encode --tokenizer byte --data @/two.jsonl") == "97 98 10 99\n\n")
  }

  @Test func severalFilesFollowEachOther() throws {
    try place.write("a", to: "a")
    try place.write("b\n", to: "b")
    #expect(text("tokenize encode --tokenizer byte --data @/a @/b") == "97\n98\n")
    try place.write("97", to: "ids")
    #expect(
      text("tokenize decode --tokenizer byte --documents stream --data @/ids @/ids") == "aa")
  }

  @Test func specialTokensAreLeftOutUnlessWanted() {
    let mask = "256 97\n"
    #expect(text("tokenize decode --tokenizer byte", input: mask) == "a\n")
    #expect(text("tokenize decode --tokenizer byte --special-tokens", input: mask) == "[MASK]a\n")
  }

  @Test func encodingTellsItsSpeed() {
    let run = place.run("tokenize encode --tokenizer byte", input: Array("abc\n".utf8))
    #expect(run.messages.contains("encoded 3 bytes to 3 tokens in "))
  }

  @Test func groupHasAPage() {
    let page = CommandRun("tokenize --help")
    #expect(page.exitCode == .success)
    #expect(page.output.contains("Usage: mdlm tokenize COMMAND"))
    #expect(page.output == CommandRun("help tokenize").output)
  }
}

/// Command lines and files that `mdlm tokenize` cannot use.
struct BadTokenizeTests {
  @Test(arguments: rows) func isRefused(row: BadInput) throws { try row.check() }

  private static let train = "tokenize train --vocab-size 300 --output @/bpe --data"

  private static func ids(
    _ ids: String, _ exitCode: ExitCode, _ fragments: String...
  ) -> BadInput {
    BadInput(
      "ids '\(ids)'", "tokenize decode --tokenizer byte --data @/ids", exitCode, saying: fragments
    ) { try $0.write(ids, to: "ids") }
  }

  private static let rows = [
    BadInput("no subcommand", "tokenize", .usage, "train, encode or decode"),
    BadInput("a wrong one", "tokenize trian", .usage, "'trian'", "Did you mean train?"),
    BadInput("no data", "tokenize train --vocab-size 300", .usage, "no --data"),
    BadInput("no size", "tokenize train --data @/text.txt", .usage, "no --vocab-size"),
    BadInput(
      "a vocabulary below the bytes", "tokenize train --data @/text.txt --vocab-size 259", .usage,
      "--vocab-size", "found '259'", "from 260"),
    BadInput("no tokenizer", "tokenize encode --data @/text.txt", .usage, "no --tokenizer"),
    BadInput("missing text", "\(train) @/none.txt", .missingInput, "@/none.txt", "nothing there"),
    BadInput("empty text", "\(train) @/empty", .badData, "@/empty", "an empty file") {
      try $0.write("", to: "empty")
    },
    BadInput(
      "malformed UTF-8", "\(train) @/text.txt @/latin1", .badData, "@/latin1:2",
      "malformed UTF-8 (0xE9) at byte 5"
    ) { try $0.write(Array("abc\nd".utf8) + [0xE9, 0x0A], to: "latin1") },
    BadInput("a file in the way", "\(train) @/text.txt", .cannotWrite, "bpe/tokenizer.json") {
      try $0.makeDirectory("bpe")
      try $0.write("{}", to: "bpe/tokenizer.json")
    },
    BadInput(
      "a file for a folder",
      "tokenize train --vocab-size 300 --data @/text.txt --output "
        + "@/text.txt/a.json", .cannotWrite, "@/text.txt"),
    BadInput(
      "a missing tokenizer", "tokenize encode --tokenizer @/none --data @/text.txt", .missingInput,
      "--tokenizer", "@/none"),
    BadInput(
      "an unknown tokenizer", "tokenize encode --tokenizer gpt9 --data @/text.txt", .usage,
      "--tokenizer", "'gpt9'"),
    BadInput(
      "a vocabulary without its corpus", "tokenize encode --tokenizer char --data @/text.txt",
      .usage, "--tokenizer", "'char'"),
    BadInput(
      "a damaged tokenizer", "tokenize decode --tokenizer @/bad.json --data @/text.txt", .badData,
      "@/bad.json"
    ) { try $0.write("{", to: "bad.json") },
    ids("1 2\n3 257\n", .badData, "@/ids:2", "\"257\" at byte 6", "below 257"),
    ids("1 -1", .badData, "@/ids:1", "\"-1\" at byte 2"),
    ids("1 two", .badData, "\"two\""),
    ids("99999999999999999999", .badData, "\"99999999999999999999\""),
  ]
}
