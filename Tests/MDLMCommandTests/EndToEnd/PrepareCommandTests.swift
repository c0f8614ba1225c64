import Foundation
import MDLM
import Testing

@testable import MDLMCommand

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

struct PrepareCommandTests {
  private let place: Workspace

  init() throws { place = try Workspace() }

  @Test func shardMeasuresLikeItsText() throws {
    #expect(place.train().exitCode == .success)
    let run = place.run(
      "prepare --data @/text.txt --documents stream --tokenizer @/run/checkpoints/latest "
        + "--output @/text.bin --threads 2 --json")
    #expect(run.exitCode == .success, "\(run.messages)")
    let fields = try object(run.output)
    #expect(fields["documents"] as? Int == 1)
    // The line end at the end of the file is no text of a stream.
    #expect(fields["tokens"] as? Int == Workspace.text.utf8.count - 1)
    let figures = try ["@/text.txt", "@/text.bin"].map { file in
      try object(place.run("eval-ppl --checkpoint @/run --data \(file) --json").output)
    }
    #expect(figures[0]["nll"] as? Double == figures[1]["nll"] as? Double)
    let manifests = figures.compactMap { $0["manifest"] as? [String: Any] }
    #expect(manifests[0]["rows_sha256"] as? String == manifests[1]["rows_sha256"] as? String)
    #expect(manifests[0]["files"] as? [String] == [place.expanded("@/text.txt")])
  }

  @Test func namedTokenizersComeWithTheirFile() throws {
    try place.write(">one\nACGT\nNN\n>two\nacg\n", to: "a.fa")
    let run = place.run("prepare --data @/a.fa --tokenizer dna --output @/new/a.bin --threads 1")
    #expect(run.exitCode == .success, "\(run.messages)")
    #expect(run.output.isEmpty && run.messages.contains("9 tokens in 2 documents"))
    let tokenizer = try TokenizerFile.load(path: place.expanded("@/new/a.tokenizer.json"))
    #expect(tokenizer is DNATokenizer)
    let shard = try TokenShard(path: place.expanded("@/new/a.bin"))
    #expect(try tokenizer.decode(shard.tokens()) == "ACGTNNACG")
    #expect(shard.documentEnds == [6, 9])
    let info = try object(place.run("info @/new/a.bin --json").output)
    #expect(info["tokens"] as? Int == 9 && info["documents"] as? Int == 2)
    #expect(info["tokenizer_sha256"] as? String == DNATokenizer().fingerprint)
    #expect(place.run("info @/new/a.bin").output.contains("vocabulary   12 ids"))
    #expect(
      try place.names.filter { $0.hasPrefix("new/") } == ["new/a.bin", "new/a.tokenizer.json"])
  }

  /// The file of a tokenizer may be that of another shard.
  @Test func tokenizersAreReplacedOnlyByForce() throws {
    try place.write("another", to: "a.tokenizer.json")
    let line = "prepare --data @/text.txt --tokenizer byte --output @/a.bin --threads 1"
    let refused = place.run(line)
    #expect(refused.exitCode == .cannotWrite && refused.messages.contains("a.tokenizer.json"))
    #expect(try !place.names.contains("a.bin"))
    #expect(place.run(line + " --force").exitCode == .success)
    #expect(try place.bytes(of: "a.tokenizer.json").first == UInt8(ascii: "{"))
  }

  /// Text that a run measures later is read as the text of its shards was.
  @Test func detokenizerOfARunIsThatOfItsShards() throws {
    let prepared = place.run(
      "prepare --data @/text.txt --tokenizer byte --detokenizer ptb --output @/a.bin --threads 1")
    #expect(prepared.exitCode == .success, "\(prepared.messages)")
    let line =
      "train --config @/tiny.json5 --output @/run --threads 1 --set data.train=@/a.bin "
      + "--set data.tokenizer_name_or_path=@/a.tokenizer.json --set data.documents=lines"
    let refused = place.run(line)
    #expect(refused.exitCode == .badConfiguration)
    #expect(refused.messages.contains("data.detokenizer: found none with token shards made with"))
    let run = place.run(line + " --set data.detokenizer=ptb")
    #expect(run.exitCode == .success, "\(run.messages)")
  }

  /// Ids that were damaged behind an intact header end a training run, and nothing else.
  @Test func damagedIDsAreFoundInTraining() throws {
    #expect(place.train().exitCode == .success)
    let prepared = place.run(
      "prepare --data @/text.txt --documents stream --output @/text.bin "
        + "--tokenizer @/run/checkpoints/latest/tokenizer.json")
    #expect(prepared.exitCode == .success, "\(prepared.messages)")
    var bytes = try place.bytes(of: "text.bin")
    for index in 96 + 2 * 40..<96 + 2 * 60 { bytes[index] = 0xFF }
    try place.write(bytes, to: "text.bin")
    let line =
      "train --config @/tiny.json5 --output @/other --set data.train=@/text.bin --set "
      + "data.tokenizer_name_or_path=@/run/checkpoints/latest/tokenizer.json "
      + "--set trainer.max_steps=100"
    let run = place.run(line)
    #expect(run.exitCode == .badData && run.messages.contains("text.bin: found the id 65535"))
  }

  @Test func unknownTextIsCounted() throws {
    try place.write("a1b\n2é3\n", to: "a.txt")
    let run = place.run(
      "prepare --data @/a.txt --tokenizer text8 --output @/a.bin --threads 1 --json")
    #expect(try object(run.output)["unknown"] as? Int == 4)
    #expect(run.messages.contains("4 pieces of text outside the vocabulary became [UNK]"))
  }

  /// A limit on the size of files stands for a full disk: the same write fails, in a process of its own.
  @Test func fullDiskLeavesNoShardAndCanBeGoneOnFrom() async {
    await #expect(processExitsWith: .success) {
      let place = try Workspace()
      try place.write(String(repeating: Workspace.text, count: 2000), to: "a.txt")
      let line = "prepare --data @/a.txt --tokenizer byte --threads 1 --output "
      #expect(place.run(line + "@/whole.bin").exitCode == .success)
      var limit = rlimit()
      signal(SIGXFSZ, SIG_IGN)
      getrlimit(fileSizeLimit, &limit)
      let unlimited = limit.rlim_cur
      limit.rlim_cur = 3 << 20
      setrlimit(fileSizeLimit, &limit)
      let cut = place.run(line + "@/a.bin")
      limit.rlim_cur = unlimited
      setrlimit(fileSizeLimit, &limit)
      #expect(cut.exitCode == .cannotWrite, "\(cut.messages)")
      #expect(cut.messages.contains("a.bin.partial/ids: found the error"), "\(cut.messages)")
      #expect(try !place.names.contains("a.bin"))
      #expect(place.run(line + "@/a.bin").exitCode == .success)
      #expect(try place.bytes(of: "a.bin") == place.bytes(of: "whole.bin"))
      #expect(try !place.names.contains { $0.hasPrefix("a.bin.partial") })
    }
  }

  @Test func shardsAreReplacedOnlyByForce() throws {
    let line = "prepare --data @/text.txt --tokenizer byte --output @/a.bin --threads 1"
    #expect(place.run(line).exitCode == .success)
    let refused = place.run(line)
    #expect(refused.exitCode == .cannotWrite && refused.messages.contains("--force"))
    #expect(place.run(line + " --force").exitCode == .success)
  }

  @Test(arguments: [
    ("--data @/text.txt --tokenizer byte --output @/a.txt", "a name that ends in .bin"),
    ("--data - --tokenizer char --output @/a.bin", "char with standard input"),
    ("--data @/text.txt --tokenizer byte --output @/a.bin.gz", "a name that ends in .bin"),
    ("--data @ --tokenizer byte --output @/a.bin", "a place in the directory"),
    (
      "--data @/text.txt --tokenizer byte --output @/a.bin --protocol ptb --documents lines",
      "--documents"
    ),
    ("--data @/text.txt --tokenizer none/x.json --output @/a.bin", "where there is nothing"),
  ])
  func mistakesAreExplained(options: String, fragment: String) throws {
    let before = try place.names
    let run = place.run("prepare \(options)")
    #expect(run.exitCode != .success)
    #expect(run.messages.contains(fragment), "\(run.messages)")
    #expect(try place.names == before)
  }
}

#if canImport(Glibc)
  private let fileSizeLimit = __rlimit_resource_t(RLIMIT_FSIZE.rawValue)
#else
  private let fileSizeLimit = RLIMIT_FSIZE
#endif
