import Testing

@testable import MDLMCommand

/// Text, tokenizers and token shards that cannot be used.
struct BadDataTests {
  @Test(arguments: texts + measuredTexts) func textIsRefused(row: BadInput) throws {
    try row.check()
  }

  @Test(arguments: tokenizers) func tokenizerIsRefused(row: BadInput) throws { try row.check() }

  @Test(arguments: shards) func shardIsRefused(row: BadInput) throws { try row.check() }

  /// Training on other bytes than those of the workspace's text.
  private static func text(
    _ name: String, _ bytes: [UInt8], _ fragments: String..., set: String = "seed=1"
  ) -> BadInput {
    BadInput(
      name, "train --config @/tiny.json5 --output @/run --set \(set)", .badData,
      saying: ["@/text.txt"] + fragments
    ) { try $0.write(bytes, to: "text.txt") }
  }

  private static let texts = [
    text("empty", [], "an empty file"),
    text("a byte-order mark alone", [0xEF, 0xBB, 0xBF], "an empty file"),
    text("one line end", [0x0A], "no characters"),
    text("invalid UTF-8", [0x61, 0x0A, 0x62, 0xC3, 0x28], "text.txt:2", "malformed UTF-8 (0xC3)"),
    text("cut UTF-8", [0x61, 0xE2, 0x82], "malformed UTF-8"),
    text("shorter than a row", Array("abc".utf8), "at least one row of 8", "Give more text"),
    text(
      "shorter than ten rows", Array(Workspace.text.utf8.prefix(70)),
      "tokens in the valid part", "valid_fraction"),
    text(
      "length beyond the corpus", Array(Workspace.text.utf8),
      "at least one row of 100000 tokens", "lower model.length", set: "model.length=100000"),
    BadInput(
      "no such text", "train --config @/tiny.json5 --output @/run", .missingInput, "@/text.txt"
    ) { try $0.remove("text.txt") },
    BadInput(
      "FASTA without a sequence",
      "train --config @/tiny.json5 --set data.train=@/a.fa --output @/run",
      .badData, "@/a.fa", "no sequence"
    ) { try $0.write(">x\n>y\n", to: "a.fa") },
    BadInput(
      "NUL bytes", "train --config @/tiny.json5 --set data.train=@/a.txt --output @/run",
      .badData, "@/a.txt:1", "a NUL byte at byte 3"
    ) { try $0.write("abc\0", to: "a.txt") },
    BadInput(
      "text beside a shard",
      "train --config @/tiny.json5 --set data.train=[\"@/text.txt\",\"@/a.bin\"] --output @/run",
      .badConfiguration, "@/a.bin", "files of one kind"
    ) { try $0.write(rawShard([1, 2]), to: "a.bin") },
    BadInput(
      "char with shards", "train --config @/tiny.json5 --set data.train=@/a.bin --output @/run",
      .badConfiguration, "char with token shards"
    ) { try $0.write(rawShard([1, 2]), to: "a.bin") },
  ]

  /// Measuring the trained model on a file.
  private static func measured(
    _ name: String, _ file: String, _ bytes: [UInt8], _ fragments: String...
  ) -> BadInput {
    BadInput(
      name, "eval-ppl --checkpoint @/run --data @/\(file)", .badData,
      saying: ["@/\(file)"] + fragments, needsModel: true
    ) { try $0.write(bytes, to: file) }
  }

  private static let measuredTexts = [
    measured("empty", "a.txt", [], "an empty file"),
    measured("outside the vocabulary", "a.txt", Array("the cät sat".utf8), "'ä' (U+00E4)"),
    measured("shorter than a row", "a.txt", Array("the cat".utf8), "7 tokens", "row of 8 tokens"),
    measured("no JSON", "a.jsonl", Array("the cat\n".utf8), "a.jsonl:1"),
    measured("cut JSON", "a.jsonl", Array("{\"text\": \"the cat".utf8), "a.jsonl:1"),
    measured("no text key", "a.jsonl", Array("{\"txt\": \"a\"}\n".utf8), "no 'text' key"),
    measured("text is a number", "a.jsonl", Array("{\"text\": 3}\n".utf8), "under 'text'"),
    measured("blank lines", "a.jsonl", Array("\n \n".utf8), "only blank lines"),
    BadInput(
      "no such data", "eval-ppl --checkpoint @/run --data @/none.txt", .missingInput,
      "@/none.txt", needsModel: true),
    BadInput(
      "no split without a run", "eval-ppl --checkpoint @/published", .usage, "no --data",
      "--data FILE", needsModel: true),
    BadInput(
      "text without tokenizer", "eval-ppl --checkpoint @/published --data @/text.txt",
      .missingInput, "@/published", "--tokenizer", needsModel: true),
    BadInput(
      "the run's text is gone", "eval-ppl --checkpoint @/run", .missingInput, "@/text.txt",
      needsModel: true
    ) { try $0.remove("text.txt") },
  ]

  /// Sampling with the run's tokenizer after a change to it.
  private static func tokenizer(
    _ name: String, _ content: String, _ fragments: String...
  ) -> BadInput {
    BadInput(
      name, "sample --checkpoint @/published --tokenizer @/t.json", .badData,
      saying: ["@/t.json"] + fragments, needsModel: true
    ) { try $0.write(Array(content.utf8), to: "t.json") }
  }

  private static let tokenizers = [
    tokenizer("empty", "", "found"),
    tokenizer("garbage", "hello", "found"),
    tokenizer("cut", "{\"model\": {\"type\": \"WordLevel\", \"vocab\": {\"a\":", "found"),
    tokenizer("no model", "{}", "no key 'model'"),
    tokenizer("BPE", "{\"model\": {\"type\": \"BPE\"}}", "pre_tokenizer missing"),
    tokenizer(
      "vocabulary is a list", "{\"model\": {\"type\": \"WordLevel\", \"vocab\": []}}", "WordLevel"),
    BadInput(
      "none", "sample --checkpoint @/published --tokenizer @/none.json", .missingInput,
      "@/none.json", needsModel: true),
    BadInput(
      "directory without one", "sample --checkpoint @/published --tokenizer @", .missingInput,
      "no tokenizer in the directory", needsModel: true),
    BadInput(
      "of another model", "sample --checkpoint @/published --tokenizer @/other", .badData,
      "@/other", "ids with the mask", "@/published/config.json", needsModel: true
    ) {
      try $0.makeDirectory("other")
      let larger = "train --config @/tiny.json5 --output @/larger --set data.train=@/more.txt"
      try $0.write(Workspace.text + "XYZ", to: "more.txt")
      try #require($0.run(larger).exitCode == .success)
      try $0.write(
        try $0.bytes(of: "larger/checkpoints/latest/tokenizer.json"), to: "other/tokenizer.json")
    },
    BadInput(
      "of the checkpoint, changed", "sample --checkpoint @/run", .badData,
      "00000004/tokenizer.json", "damaged", needsModel: true
    ) {
      try $0.remove("run/checkpoints/00000002")
      try $0.replace(
        "\"a\": ", with: "\"q\": ", in: "run/checkpoints/00000004/tokenizer.json")
      try $0.replace(": 3,", with: ": 300,", in: "run/checkpoints/00000004/tokenizer.json")
    },
  ]

  /// Measuring the published model on a shard.
  private static func shard(
    _ name: String, _ bytes: [UInt8], raw: Bool = false, _ fragments: String...
  ) -> BadInput {
    BadInput(
      name, "eval-ppl --checkpoint @/published --data @/a.bin" + (raw ? " --raw-uint16" : ""),
      .badData, saying: ["@/a.bin"] + fragments, needsModel: true
    ) { try $0.write(bytes, to: "a.bin") }
  }

  private static func header(
    version: UInt8 = 2, width: UInt8 = 2, count: UInt8, vocabularySize: UInt8 = 0
  ) -> [UInt8] {
    Array("mdlm.tok".utf8) + [version, 0, 0, 0, width, 0, 0, 0, count]
      + [UInt8](repeating: 0, count: 15) + [vocabularySize] + [UInt8](repeating: 0, count: 63)
  }

  private static let foreign: [UInt8] = [0x88, 0xD8, 0x34, 0x01] + [UInt8](repeating: 0, count: 60)

  private static let shards = [
    shard("empty", [], "an empty file"),
    shard("empty raw", [], raw: true, "an empty file"),
    shard("odd", [1, 0, 2], raw: true, "3 bytes", "an even number"),
    shard("wrong magic", rawShard([1, 2, 3, 4, 5, 6, 7, 8]), "--raw-uint16"),
    shard("cut llm.c", foreign, "64 bytes", "an llm.c header of 1024"),
    shard("llm.c as raw", foreign, raw: true, "an llm.c token shard"),
    shard("header as raw", header(count: 1) + [1, 0], raw: true, "Drop --raw-uint16"),
    shard("cut header", Array(header(count: 1).prefix(20)), "20 bytes", "96 bytes"),
    shard("old version", header(version: 1, count: 1) + [1, 0], "version 1"),
    shard("version", header(version: 9, count: 1) + [1, 0], "version 9"),
    shard("width", header(width: 3, count: 1) + [1, 0, 0], "3 bytes per token"),
    shard("truncated", header(count: 9) + rawShard([1, 2, 3]), "102 bytes", "114: 9 ids"),
    shard("lying count", header(count: 1) + rawShard([1, 2, 3]), "102 bytes", "98: 1 ids"),
    shard("no tokens", header(count: 0), "no tokens"),
    shard(
      "of another vocabulary",
      header(count: 8, vocabularySize: 9) + rawShard([1, 2, 3, 4, 5, 6, 7, 8]),
      "ids of a vocabulary of 9", "ids of the tokenizer or the model"),
    shard("short", rawShard([1, 2, 3]), raw: true, "3 tokens", "row of 8"),
    shard(
      "beyond the vocabulary", rawShard([1, 999]), raw: true, "the id 999 at token 1", "below"),
    BadInput(
      "the mask", "eval-ppl --checkpoint @/published --data @/a.bin --raw-uint16", .badData,
      "@/a.bin", "of the mask", needsModel: true
    ) {
      let size = try object($0.run("info @/published --json").output)["vocab_size"] as? Int ?? 0
      try $0.write(rawShard(Array(repeating: UInt16(size - 1), count: 8)), to: "a.bin")
    },
  ]
}
