/// The fields of a line of metrics that readers know, of whatever kind the line is.
struct MetricFields {
  var kind: Kind?
  var step = 0
  var loss: Double?
  var meanLoss: Double?
  var learningRate: Double?
  var gradientNorm: Double?
  var tokens: Double?
  var seconds: Double?
  var tokensPerSecond: Double?
  var memory: Double?
  var nll: Double?
  var standardError: Double?
  var expected: Double?
  var deviation: Double?
  var batch: String?
  var lossByMaskedShare: MaskedShareLosses?

  /// The kinds of lines that readers know.
  enum Kind: String, CaseIterable { case train, validation, skipped, spike }

  /// Reads a line in one pass, or else with the parser that takes all of JSON and names mistakes.
  ///
  /// - Parameters:
  ///   - bytes: The line without its end.
  ///   - name: The file's name in errors.
  ///   - number: The number of the line.
  /// - Throws: ``InputError`` that names the file and the line.
  init(_ bytes: JSONLineFile.Line, name: String, number: Int) throws(InputError) {
    var scanner = MetricLineScanner(bytes)
    if let fields = scanner.fields() {
      self = fields
    } else {
      try self.init(RunLine(bytes, name: name, number: number))
    }
  }

  init() {}

  private init(_ line: RunLine) throws(InputError) {
    kind = try line.string("kind").flatMap(Kind.init)
    // A kind that is not known may mean anything by the other names.
    guard kind != nil else { return }
    step = try line.requiredCount("step")
    loss = try line.number("loss")
    meanLoss = try line.number("loss_mean")
    learningRate = try line.number("lr")
    gradientNorm = try line.number("grad_norm")
    tokens = try line.number("tokens")
    seconds = try line.number("seconds")
    tokensPerSecond = try line.number("tokens_per_s")
    memory = try line.number("rss_mb")
    nll = try line.number("nll")
    standardError = try line.number("stderr")
    expected = try line.number("expected")
    deviation = try line.number("deviation")
    batch = try line.string("batch")
    lossByMaskedShare = try line.losses("loss_by_masked_share")
  }
}
