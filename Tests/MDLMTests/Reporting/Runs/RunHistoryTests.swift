import Foundation
import Testing

@testable import MDLM

struct RunHistoryTests {
  @Test func wholeRunIsRead() throws {
    var run = RunSketch.trained()
    run.checkpoints = [20, 40]
    run.samples = [
      #"{"step":40,"sample":1,"seed":2,"text":"b","tokens":[1],"nfe":3}"#,
      #"{"step":20,"sample":0,"seed":1,"tokens":[7,8],"nfe":3}"#,
      #"{"step":40,"sample":0,"seed":1,"text":"a\n","tokens":[1],"nfe":3}"#,
    ]
    let history = try run.read()
    #expect(history.training.count == 20 && history.validations.map(\.step) == [20, 40])
    #expect(history.training[0].loss == 3.5 && history.training[0].memory == 50)
    #expect(history.validations[1].lossByMaskedShare?[7] == Double(Float(1.6)))
    #expect(history.bestValidation?.step == 40 && history.tokens == 1280)
    #expect(history.samples.map(\.text) == ["7 8", "a\n", "b"])
    #expect(history.checkpoints == [20, 40] && history.latestCheckpoint == 40)
    #expect(history.parameters == 1234 && history.maxSteps == 40 && history.step == 40)
    #expect(history.state == .finished && history.seconds == 9)
  }

  @Test func youngRunHasNothingYet() throws {
    let history = try RunSketch().read()
    #expect(history.training.isEmpty && history.state == .new && history.step == 0)
    #expect(history.seconds == nil && history.bestValidation == nil)
  }

  @Test func directoryWithoutRunIsRefused() throws {
    let error = #expect(throws: InputError.self) {
      try withScratchDirectory { try RunHistory(directory: RunDirectory($0)) }
    }
    #expect(error?.category == .missingInput)
    #expect(error?.found == "neither config.json5 nor metrics.jsonl in it")
  }

  /// What is not known is passed over, whatever it holds.
  @Test func unknownKindsAndFieldsAreIgnored() throws {
    var run = RunSketch()
    run.metrics = [
      #"{"kind":"weather","step":"sunny"}"#, #"{"kind":"weather"}"#,
      #"{"kind":"train","step":1,"loss":2,"mood":{"a":[1,{"b":"é"}]},"colour":"blue"}"#,
      #"{"kind":"train","step":2,"loss":null,"grad_norm":1e-3}"#,
    ]
    run.sessions = [#"{"kind":"nap","minutes":3}"#]
    let history = try run.read()
    #expect(history.training.map(\.step) == [1, 2])
    #expect(history.training.map(\.loss) == [2, nil])
    #expect(history.training[1].gradientNorm == 1e-3)
  }

  static let damages = [
    (#"{"kind":"train","step":}"#, "metrics.jsonl:2:24: found"),
    (#"{"kind":"train","step":-1}"#, "metrics.jsonl:2: step: found -1"),
    (#"{"kind":"train","step":1.5}"#, "metrics.jsonl:2: step: found 1.5"),
    (#"{"kind":"train","step":9e99}"#, "metrics.jsonl:2: step: found 9e99"),
    (#"{"kind":"train"}"#, "metrics.jsonl:2: step: found no such field"),
    (#"{"kind":"train","step":1,"loss":"low"}"#, "metrics.jsonl:2: loss: found \"low\""),
    (#"{"kind":"train","step":1,"loss":1e999}"#, "metrics.jsonl:2: loss: found 1e999"),
    (#"{"kind":7,"step":1}"#, "metrics.jsonl:2: kind: found 7"),
    (
      #"{"kind":"train","step":1,"loss_by_masked_share":[1,2]}"#,
      "metrics.jsonl:2: loss_by_masked_share: found a list, expected a list of 10"
    ),
    ("[1]", "metrics.jsonl:2: found a list, expected an object"),
    ("", "metrics.jsonl:2:1: found"),
  ]

  @Test(arguments: damages)
  func damageNamesFileAndLine(line: String, sentence: String) throws {
    var run = RunSketch.trained()
    run.metrics.insert(line, at: 1)
    let error = #expect(throws: InputError.self) { try run.read() }
    #expect(error?.category == .badData)
    #expect(error?.description.contains(sentence) == true, "\(error?.description ?? "")")
  }

  @Test func damageInOtherFilesNamesThem() throws {
    var run = RunSketch.trained()
    run.samples = [#"{"step":1,"sample":0,"text":5}"#]
    #expect(throws: InputError.self) { try run.read() }
    run.samples = []
    run.sessions[0] = #"{"kind":"begin","step":null}"#
    let error = #expect(throws: InputError.self) { try run.read() }
    #expect(error?.subject.hasSuffix("sessions.jsonl:1: step") == true)
  }

  /// A process may be writing, or was killed: whole lines are read, whatever follows them.
  @Test func everyTruncationReadsTheWholeLines() throws {
    let run = RunSketch.trained(to: 6, every: 2)
    let whole = Array((run.metrics.joined(separator: "\n") + "\n").utf8)
    try run.write { directory in
      for count in 0..<whole.count {
        try Data(whole.prefix(count)).write(to: URL(filePath: directory.metricsPath))
        let lines = whole.prefix(count + 1).count { $0 == UInt8(ascii: "\n") }
        #expect(try RunHistory(directory: directory).training.count == lines, "\(count) bytes")
      }
    }
  }

  @Test func hugeLinesAreRefused() throws {
    var run = RunSketch()
    run.metrics = [#"{"kind":"\#(String(repeating: "x", count: 1 << 20))"}"#]
    let error = #expect(throws: InputError.self) { try run.read() }
    #expect(error?.found.hasSuffix("bytes in a line") == true)
  }

  /// The quick reader and the parser of all of JSON find the same doubles.
  @Test func numbersAreTheNearestDoubles() throws {
    var generator = SplitMix64(4)
    var run = RunSketch()
    var values: [Double] = [
      0, -0.5, 1e-30, 0.1, 1.0 / 3, 123456789.125, 1e22, .leastNonzeroMagnitude,
    ]
    for _ in 0..<2000 {
      values.append(Double.random(in: -10...10, using: &generator))
      values.append(pow(10, Double.random(in: -90...90, using: &generator)))
    }
    run.metrics = values.map { #"{"kind":"train","step":1,"loss":\#($0)}"# }
    #expect(try run.read().training.map(\.loss) == values)
    run.metrics = values.map { #"{"kind":"train","é":1,"step":1,"loss":\#($0)}"# }
    #expect(try run.read().training.map(\.loss) == values)
  }

  @Test(arguments: ["01", "+1", ".5", "1.", "-", "1e", "0x1", "NaN", "--1", "1 2"])
  func whatIsNoNumberIsRefused(text: String) throws {
    var run = RunSketch()
    run.metrics = [#"{"kind":"train","step":1,"loss":\#(text)}"#]
    #expect(throws: InputError.self) { try run.read() }
  }

  @Test func linesAreBroughtInOrder() throws {
    var run = RunSketch()
    run.metrics = [3, 1, 2].map { #"{"kind":"train","step":\#($0),"loss":\#($0)}"# }
    #expect(try run.read().training.map(\.step) == [1, 2, 3])
  }
}
