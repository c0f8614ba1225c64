import MDLM

/// `mdlm eval-ppl`: estimates the likelihood that a model gives to text.
struct EvaluatePerplexity: Command {
  /// A split of the data that the model was trained with.
  enum Split: String, CaseIterable, Sendable {
    case train, valid, test
  }

  /// Which of the two sets of weights in a checkpoint to measure.
  enum Weights: String, CaseIterable, Sendable {
    case ema, raw
  }

  static let definition = CommandDefinition(
    name: "eval-ppl",
    summary: "Estimate the perplexity of text under a model.",
    examples: [
      .init(
        "mdlm eval-ppl --checkpoint runs/quickstart",
        "Measure the run's latest checkpoint on its validation split."),
      .init(
        "mdlm eval-ppl --checkpoint runs/quickstart --data notes.txt --samples 8",
        "Measure a text, with eight draws of noise for each row."),
      .init(
        "mdlm eval-ppl --checkpoint runs/quickstart --estimator stratified --until 0.01",
        "Draw noise until the Monte-Carlo error is below 0.01 nats per token."),
      .init(
        "mdlm eval-ppl --checkpoint owt --tokenizer corpora/gpt2 --protocol zero-shot",
        "Measure the corpora of the paper's zero-shot table, as it did."),
      .init(
        "mdlm eval-ppl --checkpoint mdlm-owt --data owt.bin --raw-uint16 --json",
        "Measure token ids, without any tokenizer, and print JSON."),
    ],
    groups: [
      .init("Model", [checkpoint, weights, .tokenizer]),
      .init("Data", [protocolName, corpora, listProtocols, data, split, rawShards]),
      .init("Estimate", [estimator, samples, until, .seed]),
      .init("Computing", [.threads, batchSize]),
      .init("Output", [plot, dryRun, .json]),
    ],
    isLongRunning: true)

  private static let checkpoint = Option(
    "checkpoint", .value(.directory), metavar: "DIR",
    help: "A run, one checkpoint of it, or a Hugging Face style model directory. (required)")
  private static let protocolName = Option(
    "protocol", .value(.choice(DataProtocol.all.map(\.name) + [suiteName])), metavar: "NAME",
    help: "Measure as published: tokens, rows and split of that protocol. zero-shot is the suite.")
  private static let corpora = Option(
    "corpora", .value(.directory), metavar: "DIR", default: .value("corpora"),
    help: "Where the protocols look for their files.")
  private static let listProtocols = Option(
    "list-protocols", .flag, help: "Print every protocol, its rules and where to get its corpus.")
  private static let dryRun = Option(
    "dry-run", .flag, help: "Print what would be measured, without the network's work.")
  private static let weights = Option(
    "weights", .value(.choice(of: Weights.self)), metavar: "ema|raw", default: .value("ema"),
    help: "The averaged weights or those of the last step.")
  private static let data = Option(
    "data", .list(.file), metavar: "FILE",
    help:
      "Text (.txt, .jsonl, .csv), directories of it, or token shards (.bin) to measure in place "
      + "of a split.")
  private static let split = Option(
    "split", .value(.choice(of: Split.self)), metavar: "train|valid|test",
    default: .described("valid"), help: "A split of the data the model was trained with.")
  private static let rawShards = Option(
    "raw-uint16", .flag, help: "Read .bin files as little-endian uint16 ids without a header.")
  private static let estimator = Option(
    "estimator", .value(.choice(of: LikelihoodEstimator.self)), metavar: "NAME",
    default: .value("official"),
    help: """
      official: one noise level a row, as published. stratified: four numbers of masked tokens a \
      row, far more exact for its cost. importance: log-uniform noise levels. left-to-right and \
      confidence-order: exact -log p of these orders, a network call for each token. Models of d3pm \
      and sedd have official alone; those of ar have next-token, exact -log p, in its place.
      """)
  private static let samples = Option(
    "samples", .value(.integer(1...1_000_000)), metavar: "K",
    default: .described("1, or at most 1000 with --until"),
    help: "Repeat the estimate with K draws of noise; two and more tell the Monte-Carlo error.")
  private static let until = Option(
    "until", .value(.text), metavar: "ERR",
    help: """
      Draw noise, three times or more, until the Monte-Carlo error is at most ERR nats per token.
      """)
  private static let plot = Option(
    "plot", .value(.file), metavar: "FILE",
    help: "Write a picture (SVG) of the loss against the masked share.")
  private static let batchSize = Option(
    "batch-size", .value(.integer(1...1_000_000)), metavar: "N", default: .value("16"),
    help: "Sequences in a batch.")

  /// The model, or nil to list the protocols.
  let checkpoint: String?
  /// A protocol or the suite.
  let protocolName: String?
  let corpora: String
  let isDryRun: Bool
  let weights: Weights
  let tokenizer: String?
  /// Files to measure; empty to measure `split`.
  let data: [String]
  let split: Split
  let readsRawShards: Bool
  let estimator: LikelihoodEstimator
  /// Draws of noise, or the most of them with `until`.
  let samples: Int
  /// The Monte-Carlo error to reach, in nats per token.
  let until: Double?
  let seed: Int
  let threads: Int?
  let batchSize: Int
  let plot: String?
  let json: Bool

  init(_ arguments: ParsedArguments) throws(InputError) {
    try arguments.checkNotBoth("data", "split")
    try arguments.checkNotBoth("protocol", "split")
    try arguments.checkNotBoth("checkpoint", "list-protocols")
    checkpoint = arguments.optionalString("checkpoint")
    guard checkpoint != nil || arguments.flag("list-protocols") else {
      throw InputError(
        .usage, "--checkpoint", found: "nothing", expected: "the model to measure",
        remedy: "Name it with --checkpoint DIR")
    }
    protocolName = arguments.optionalString("protocol")
    corpora = arguments.string("corpora")
    isDryRun = arguments.flag("dry-run")
    weights = arguments.choice("weights")
    tokenizer = arguments.optionalString("tokenizer")
    data = arguments.strings("data")
    split = arguments.optionalChoice("split") ?? .valid
    readsRawShards = arguments.flag("raw-uint16")
    estimator = arguments.choice("estimator")
    until = try Self.errorGoal(arguments.optionalString("until"))
    samples = arguments.optionalInteger("samples") ?? (until == nil ? 1 : 1000)
    seed = arguments.integer("seed")
    threads = arguments.optionalInteger("threads")
    batchSize = arguments.integer("batch-size")
    plot = arguments.optionalString("plot")
    json = arguments.flag("json")
    try checkDraws()
    try checkProtocol()
    if readsRawShards && data.isEmpty {
      throw InputError(
        .usage, "--raw-uint16", found: "no --data", expected: "--data FILE…",
        remedy: "Name the shards with --data, or leave out --raw-uint16")
    }
  }

  /// Refuses what a protocol leaves no room for.
  private func checkProtocol() throws(InputError) {
    guard let protocolName else { return }
    if readsRawShards || data.count > 1 || protocolName == Self.suiteName && !data.isEmpty {
      throw InputError(
        .usage, "--protocol", found: "it together with other files than one of text",
        expected: protocolName == Self.suiteName ? "--corpora DIR" : "one --data FILE, or none",
        remedy: "Put the files where mdlm eval-ppl --list-protocols says")
    }
    if plot != nil && protocolName == Self.suiteName {
      throw InputError(
        .usage, "--plot", found: "it together with --protocol \(Self.suiteName)",
        expected: "one corpus for one picture", remedy: "Name one protocol of the suite")
    }
  }

  private static func errorGoal(_ text: String?) throws(InputError) -> Double? {
    guard let text else { return nil }
    guard let goal = Double(text), goal > 0, goal.isFinite else {
      throw InputError(
        .usage, "--until", found: text.quoted, expected: "a number of nats per token above 0",
        remedy: "Write, for example, --until 0.01")
    }
    return goal
  }

  /// Refuses an estimator, draws and a picture that mean nothing for a model.
  func checkEstimator(for parameterization: Parameterization) throws(InputError) {
    let official = LikelihoodEstimator.official(for: parameterization)
    guard estimator != .official, !estimator.measures(parameterization) else {
      if official.isDeterministic { try checkDraws(by: official) }
      if parameterization == .ar, plot != nil {
        throw InputError(
          .usage, "--plot", found: "it with a model of ar",
          expected: "a diffusion model: nothing is masked here", remedy: "Leave it out")
      }
      return
    }
    throw InputError(
      .usage, "--estimator",
      found: "\(estimator.rawValue) with a model of \(parameterization.rawValue)",
      expected: LikelihoodEstimator.allCases.filter { $0.measures(parameterization) }
        .map(\.rawValue).alternatives,
      remedy: "Leave it out for \(official.rawValue)")
  }

  /// Refuses numbers of draws that the estimator cannot use.
  private func checkDraws() throws(InputError) {
    try checkDraws(by: estimator)
    let fewest = PerplexityEvaluator.fewestForErrorGoal
    if until != nil && samples < fewest {
      throw InputError(
        .usage, "--samples", found: "\(samples) together with --until",
        expected: "at least \(fewest): fewer draws say too little of their error",
        remedy: "Raise it, or leave it out")
    }
  }

  private func checkDraws(by estimator: LikelihoodEstimator) throws(InputError) {
    guard estimator.isDeterministic, until != nil || samples > 1 else { return }
    throw InputError(
      .usage, until != nil ? "--until" : "--samples",
      found: "it together with --estimator \(estimator.rawValue)",
      expected: "an estimator that draws noise: this one follows a fixed order, so repeating it "
        + "changes nothing and its Monte-Carlo error is zero",
      remedy: estimator == .nextToken
        ? "Leave it out" : "Leave it out, or choose --estimator stratified")
  }
}
