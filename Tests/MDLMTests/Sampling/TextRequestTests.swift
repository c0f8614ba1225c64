import Testing

@testable import MDLM

struct TextRequestTests {
  /// One token for each byte.
  private func template(
    _ request: TextRequest, length: Int = 10, begin: Int32? = nil
  ) throws(InputError) -> SequenceTemplate {
    try request.template(length: length, begin: begin) { text throws(InputError) in
      text.utf8.map(Int32.init)
    }
  }

  private func ids(_ text: String) -> [Int32] { text.utf8.map(Int32.init) }

  @Test func anythingIsFree() throws {
    #expect(try template(.anything, begin: 1) == SequenceTemplate(length: 10))
  }

  @Test func promptAndSuffixStandAtTheEnds() throws {
    #expect(
      try template(.between(prompt: "ab", suffix: "z"))
        == SequenceTemplate([.fixed(ids("ab")), .free(7), .fixed(ids("z"))]))
    // Rows of the data open with a token of their own.
    #expect(
      try template(.between(prompt: "ab", suffix: ""), begin: 1)
        == SequenceTemplate([.fixed([1] + ids("ab")), .free(7)]))
  }

  @Test func infillHasItsOwnLength() throws {
    #expect(
      try template(.infill("the [MASK:3] sat[MASK]"))
        == SequenceTemplate([
          .fixed(ids("the ")), .free(3), .fixed(ids(" sat")), .free(1),
        ]))
    #expect(try template(.infill("[MASK:2]"), begin: 1).tokens == [1, nil, nil])
  }

  @Test(arguments: [
    "no gap", "", "[MASK:0]", "[MASK:x]", "[MASK:3", "[MASKED]", "[MASK:-2]", "[MASK: 2]",
    "[MASK:1000001]", "[MASK:999999] and [MASK:2]",
  ])
  func gapsThatAreNoneAreRefused(text: String) {
    let error = #expect(throws: InputError.self) { try template(.infill(text)) }
    #expect(error?.subject == "infill" && error?.category == .usage)
  }

  @Test(arguments: [
    TextRequest.between(prompt: "0123456789", suffix: ""),
    .between(prompt: "", suffix: "0123456789"), .between(prompt: "01234", suffix: "56789"),
  ])
  func textWithoutRoomIsRefused(request: TextRequest) {
    let error = #expect(throws: InputError.self) { try template(request) }
    #expect(error?.found.contains("10 fixed tokens") ?? false)
  }

  private func request(_ line: String) throws(InputError) -> TextRequest {
    try TextRequest(line: SourceText(Array(line.utf8)[...], name: "prompts.txt", line: 7))
  }

  @Test func linesArePromptsOrObjects() throws {
    #expect(try request("Once upon") == .between(prompt: "Once upon", suffix: ""))
    #expect(try request("") == .anything)
    #expect(try request("{}") == .anything)
    #expect(
      try request(#"{"prompt": "a", "suffix": "b"}"#) == .between(prompt: "a", suffix: "b"))
    #expect(try request(#"{"infill": "[MASK]"}"#) == .infill("[MASK]"))
  }

  @Test(arguments: [
    #"{"prompt": 3}"#, #"{"text": "a"}"#, #"{"infill": "[MASK]", "prompt": "a"}"#, "{",
    "{\"prompt\"}",
  ])
  func badLinesAreNamed(line: String) {
    let error = #expect(throws: InputError.self) { try request(line) }
    #expect(error?.subject.hasPrefix("prompts.txt:7") ?? false, "\(String(describing: error))")
  }

  // MARK: Templates

  @Test func contradictionsAreRefused() {
    func error(_ template: SequenceTemplate, banned: Set<Int32> = []) -> String? {
      do throws(InputError) {
        try template.check(vocabularySize: 4, maskID: 3, banned: banned)
        return nil
      } catch {
        return error.found
      }
    }
    var restricted = SequenceTemplate(length: 2)
    restricted.allow([0, 1], at: 1)
    #expect(error(restricted) == nil)
    #expect(error(restricted, banned: [0, 1]) != nil)
    restricted.allow([2], at: 1)
    #expect(error(restricted)?.contains("position 1") ?? false)
    var fixed = SequenceTemplate([.fixed([0]), .free(1)])
    fixed.allow([1], at: 0)
    #expect(error(fixed)?.contains("token 0 fixed at position 0") ?? false)
    #expect(error(SequenceTemplate([.fixed([0, 1])]))?.contains("no free position") ?? false)
    #expect(error(SequenceTemplate(length: 0)) != nil)
    #expect(error(SequenceTemplate([.fixed([4]), .free(1)]))?.contains("token 4") ?? false)
    #expect(error(SequenceTemplate([.fixed([3]), .free(1)]))?.contains("mask") ?? false)
    #expect(error(SequenceTemplate(length: 1), banned: [0, 1, 2]) != nil)
  }

  @Test func freeSpansAreStretches() {
    let template = SequenceTemplate([.free(2), .fixed([1]), .free(1), .free(1), .fixed([2])])
    #expect(template.freeSpans == [0..<2, 3..<5])
  }

  @Test func settingsThatMeanNothingAreRefused() {
    let changes: [(String, (inout SamplerSettings) -> Void)] = [
      ("steps", { $0.steps = 0 }), ("threshold", { $0.confidenceThreshold = 1.5 }),
      ("temperature", { $0.controls.temperature = -1 }), ("top-p", { $0.controls.topP = 0 }),
      ("top-k", { $0.controls.topK = 0 }), ("eta", { $0.remaskingStrength = 2 }),
      ("repetition-penalty", { $0.controls.repetitionPenalty = 0.5 }),
      ("order-temperature", { $0.orderTemperature = .infinity }),
      ("entropy-bound", { $0.entropyBound = -0.1 }), ("stop", { $0.stopRule = .firstEnd }),
      (
        "gumbel",
        {
          $0.usesPublishedNoise = true; $0.predictor = .tau
        }
      ),
      (
        "gumbel",
        {
          $0.usesPublishedNoise = true; $0.controls.topK = 3
        }
      ),
    ]
    for (subject, change) in changes {
      var settings = SamplerSettings()
      change(&settings)
      let error = #expect(throws: InputError.self) { try settings.check() }
      #expect(error?.subject == subject)
    }
    #expect(throws: Never.self) { try SamplerSettings().check() }
  }
}
