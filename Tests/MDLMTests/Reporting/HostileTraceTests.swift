import Testing

@testable import MDLM

/// A trace that does not fit together, and a part of the sentence that says so.
struct BadTrace: CustomTestStringConvertible, Sendable {
  let name: String
  let text: String
  let fragment: String
  var testDescription: String { name }

  /// A trace with these lines after the header and a beginning of one token and two masks.
  init(_ name: String, _ lines: String..., saying fragment: String) {
    self.name = name
    text = ([Self.header, Self.begin] + lines).joined(separator: "\n") + "\n"
    self.fragment = fragment
  }

  init(_ name: String, whole text: String, saying fragment: String) {
    self.name = name
    self.text = text
    self.fragment = fragment
  }

  static let header = """
    {"format":"mdlm-trace","version":1,"model":"ab","tokenizer":null,"predictor":"ddpm",\
    "schedule":"loglinear","grid":"linear","steps":8,"seed":1,"mask":9,"settings":{"a":1}}
    """
  static let begin = #"{"sample":0,"begin":[5,9,9],"names":{"5":" five"}}"#

  static func reveal(
    step: Int = 0, position: Int = 1, token: Int = 4, top: String = "[[4,0.5]]",
    time: String = "1", probability: String = "0.5"
  ) -> String {
    """
    {"sample":0,"step":\(step),"time":\(time),"position":\(position),"token":\(token),\
    "probability":\(probability),"entropy":1,"top":\(top)}
    """
  }
}

struct HostileTraceTests {
  private func read(_ bytes: [UInt8]) throws -> GenerationTrace {
    try GenerationTrace(parsing: bytes, name: "t.jsonl")
  }

  static let headers: [BadTrace] = [
    BadTrace("empty", whole: "", saying: "t.jsonl: found an empty file"),
    BadTrace("half a header", whole: #"{"format":"mdlm-tr"#, saying: "found no whole line"),
    BadTrace("no JSON", whole: "hello\n", saying: "t.jsonl:1:1: found"),
    BadTrace("no object", whole: "[1]\n", saying: "t.jsonl:1: found a list"),
    BadTrace("another format", whole: "{\"format\":\"csv\"}\n", saying: "the format \"csv\""),
    BadTrace("no format", whole: "{}\n", saying: "found no format"),
    BadTrace(
      "a later version", whole: BadTrace.header.replacing("on\":1", with: "on\":2") + "\n",
      saying: "found version 2, expected version 1"),
    BadTrace(
      "a mask below zero", whole: BadTrace.header.replacing("k\":9", with: "k\":-1") + "\n",
      saying: "t.jsonl:1: mask: found -1"),
    BadTrace(
      "a setting that is a list", whole: BadTrace.header.replacing(":1}}", with: ":[]}}") + "\n",
      saying: "settings.a: found an empty list"),
  ]

  static let lines: [BadTrace] = [
    BadTrace("no sample", "{}", saying: "t.jsonl:3: sample: found no such field"),
    BadTrace("nothing to do", #"{"sample":0}"#, saying: "t.jsonl:3: found none of the fields"),
    BadTrace("not begun", #"{"sample":1,"end":[]}"#, saying: "found 1, which has not begun"),
    BadTrace("begun twice", BadTrace.begin, saying: "found 0, which has begun before"),
    BadTrace(
      "after the end", #"{"sample":0,"end":[5],"nfe":1}"#, BadTrace.reveal(),
      saying: "t.jsonl:4: sample: found 0, which has ended"),
    BadTrace(
      "revealed twice", BadTrace.reveal(), BadTrace.reveal(step: 1),
      saying: "t.jsonl:4: position: found 1, where token 4 already is, expected a place that is "),
    BadTrace("revealed a fixed one", BadTrace.reveal(position: 0), saying: "where token 5 already"),
    BadTrace(
      "remasked a mask", #"{"sample":0,"step":0,"time":1,"position":1,"remasked":4}"#,
      saying: "position: found 1, which is masked, expected a place with a token"),
    BadTrace(
      "remasked another", #"{"sample":0,"step":0,"time":1,"position":0,"remasked":4}"#,
      saying: "remasked: found 4, expected 5, the token at place 0"),
    BadTrace("far place", BadTrace.reveal(position: 3), saying: "a whole number from 0 to 2"),
    BadTrace("place below zero", BadTrace.reveal(position: -1), saying: "position: found -1"),
    BadTrace("revealed the mask", BadTrace.reveal(token: 9), saying: "found the mask, 9"),
    BadTrace("huge token", BadTrace.reveal(token: 1 << 31), saying: "token: found 2147483648"),
    BadTrace("huge step", BadTrace.reveal(step: 1 << 40), saying: "step: found 1099511627776"),
    BadTrace(
      "steps that fall", BadTrace.reveal(step: 3), BadTrace.reveal(step: 2, position: 2),
      saying: "t.jsonl:4: step: found 2, expected a whole number from 3"),
    BadTrace(
      "late time", BadTrace.reveal(time: "1.5"), saying: "time: found 1.5, expected a number"),
    BadTrace("no number", BadTrace.reveal(time: "null"), saying: "time: found null"),
    BadTrace("infinite", BadTrace.reveal(probability: "1e999"), saying: "probability: found 1e999"),
    BadTrace(
      "six candidates", BadTrace.reveal(top: "[[1,0],[2,0],[3,0],[4,0],[5,0],[6,0]]"),
      saying: "top: found a list, expected at most five"),
    BadTrace("a candidate alone", BadTrace.reveal(top: "[[4]]"), saying: "top: found a list"),
    BadTrace("another end", #"{"sample":0,"end":[5,4],"nfe":1}"#, saying: "end: found tokens that"),
    BadTrace("long end", #"{"sample":0,"end":[5,9,9,9],"nfe":1}"#, saying: "end: found tokens"),
    BadTrace("no calls", #"{"sample":0,"end":[5,9,9]}"#, saying: "nfe: found no such field"),
    BadTrace("name of no token", #"{"sample":1,"begin":[],"names":{"x":"a"}}"#, saying: "names: "),
    BadTrace(
      "empty sequence", #"{"sample":1,"begin":[]}"#,
      #"{"sample":1,"step":0,"time":1,"position":0,"token":1}"#, saying: "an empty sequence"),
    BadTrace("empty line in between", "", BadTrace.reveal(), saying: "t.jsonl:3:1: found"),
  ]

  @Test(arguments: headers + lines)
  func reportsFileAndLine(trace: BadTrace) {
    let error = #expect(throws: InputError.self) { try read(Array(trace.text.utf8)) }
    #expect(error?.description.contains(trace.fragment) == true, "\(error?.description ?? "")")
    #expect(error?.subject.hasPrefix("t.jsonl") == true)
  }

  /// A page holds the text of every token: a long name must not become that of very many.
  @Test func longNamesOfManyTokensAreRefused() throws {
    let name = String(repeating: "x", count: 1 << 16)
    func trace(_ tokens: Int) -> [UInt8] {
      let list = Array(repeating: "5", count: tokens).joined(separator: ",")
      let line = "{\"sample\":0,\"begin\":[\(list)],\"names\":{\"5\":\"\(name)\"}}\n"
      return Array((BadTrace.header + "\n" + line).utf8)
    }
    #expect(try read(trace(1024)).samples.count == 1)
    let error = #expect(throws: InputError.self) { try read(trace(1025)) }
    #expect(error?.found == "tokens that spell 67174400 bytes of text")
  }

  /// Wherever the file ends behind its header, what is whole is read and nothing more.
  @Test func everyTruncationReadsTheWholeLines() throws {
    var sampling = SimulatedSampling(seed: 3, length: 6, steps: 4, remasking: 0.2)
    let whole = try traceBytes(sampling.record(sample: 0).events)
    let header = try #require(whole.firstIndex(of: UInt8(ascii: "\n")))
    for count in (header + 1)..<whole.count {
      let trace = try read(Array(whole.prefix(count)))
      // A last line that lacks its line end alone is whole.
      let lines = whole.prefix(count + 1).count { $0 == UInt8(ascii: "\n") }
      let events =
        (trace.samples.first?.changes.count ?? 0) + trace.samples.count
        + (trace.samples.first?.isFinished == true ? 1 : 0)
      #expect(events == lines - 1, "\(count) bytes")
    }
    for count in 0...header {
      #expect(throws: InputError.self) { try read(Array(whole.prefix(count))) }
    }
  }

  /// Flipped bits, lines that are repeated, dropped or exchanged, numbers that are replaced: the
  /// trace reads, and then all its pictures can be made, or it is refused with its place.
  @Test func mutationsNeverTrap() throws {
    var sampling = SimulatedSampling(seed: 8, length: 12, steps: 5, remasking: 0.2)
    let events = [0, 1].flatMap { sampling.record(sample: $0).events }
    let whole = try traceBytes(events, name: { "t\($0) " })
    var generator = SplitMix64(11)
    var (read, refused) = (0, 0)
    for _ in 0..<4000 {
      let bytes = mutated(whole, using: &generator)
      do throws(InputError) {
        let trace = try GenerationTrace(parsing: bytes, name: "t.jsonl")
        read += 1
        guard read % 16 == 0 else { continue }
        for sample in trace.samples {
          #expect(TraceAnimation(trace, sample).svg.hasSuffix("</svg>\n"))
          #expect(
            TracePage([.init(title: "t", trace: trace, sample: sample)]).html
              .hasSuffix("</html>\n"))
        }
      } catch {
        refused += 1
        #expect(error.subject.hasPrefix("t.jsonl"))
      }
    }
    // Both must be common, or the mutations would not test much.
    #expect(read > 400 && refused > 400)
  }

  private func traceBytes(
    _ events: [SamplingEvent], name: ((Int32) -> String)? = nil
  ) throws -> [UInt8] {
    try withScratchDirectory { directory in
      let writer = try TraceWriter(path: "\(directory)/t", header: .simulated, name: name)
      for event in events { try writer.write(event) }
      return try bytes(of: "\(directory)/t")
    }
  }

  private func mutated(_ whole: [UInt8], using generator: inout SplitMix64) -> [UInt8] {
    var lines = whole.split(separator: UInt8(ascii: "\n")).map(Array.init)
    let index = Int.random(in: 1..<lines.count, using: &generator)
    let other = Int.random(in: 1..<lines.count, using: &generator)
    switch Int.random(in: 0..<6, using: &generator) {
    case 0: lines.remove(at: index)
    case 1: lines.insert(lines[index], at: other)
    case 2: lines.swapAt(index, other)
    case 3:
      let digits = lines[index].indices.filter { (0x30...0x39).contains(lines[index][$0]) }
      if let place = digits.randomElement(using: &generator) {
        let number =
          ["-1", "0", "7", "99999999999", "1e9", "2147483647"]
          .randomElement(using: &generator) ?? ""
        lines[index].replaceSubrange(place...place, with: number.utf8)
      }
    case 4:
      let place = lines[index].indices.randomElement(using: &generator) ?? 0
      lines[index][place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
    default: lines = Array(lines.prefix(index))
    }
    return Array(lines.joined(separator: [UInt8(ascii: "\n")])) + [UInt8(ascii: "\n")]
  }
}
