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

  enum Estimator: String, CaseIterable, Sendable {
    /// One noise level and one noised copy for each row, as the official code evaluates.
    case official
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
        "mdlm eval-ppl --checkpoint mdlm-owt --data owt.bin --raw-uint16 --json",
        "Measure token ids, without any tokenizer, and print JSON."),
    ],
    groups: [
      .init("Model", [.checkpoint, weights, .tokenizer]),
      .init("Data", [data, split, rawShards]),
      .init("Estimate", [estimator, samples, .seed]),
      .init("Computing", [.threads, batchSize]),
      .init("Output", [.json]),
    ],
    isLongRunning: true)

  private static let weights = Option(
    "weights", .value(.choice(of: Weights.self)), metavar: "ema|raw", default: .value("ema"),
    help: "The averaged weights or those of the last step.")
  private static let data = Option(
    "data", .list(.file), metavar: "FILE",
    help: "Text (.txt, .jsonl) or token shards (.bin) to measure in place of a split.")
  private static let split = Option(
    "split", .value(.choice(of: Split.self)), metavar: "train|valid|test",
    default: .described("valid"), help: "A split of the data the model was trained with.")
  private static let rawShards = Option(
    "raw-uint16", .flag, help: "Read .bin files as little-endian uint16 ids without a header.")
  private static let estimator = Option(
    "estimator", .value(.choice(of: Estimator.self)), metavar: "NAME",
    default: .value("official"),
    help: "official: one noise level a row, stratified over the batch.")
  private static let samples = Option(
    "samples", .value(.integer(1...1_000_000)), metavar: "K", default: .value("1"),
    help: "Repeat the estimate with K draws of noise; two and more tell the Monte-Carlo error.")
  private static let batchSize = Option(
    "batch-size", .value(.integer(1...1_000_000)), metavar: "N", default: .value("16"),
    help: "Rows in a batch.")

  let checkpoint: String
  let weights: Weights
  let tokenizer: String?
  /// Files to measure; empty to measure `split`.
  let data: [String]
  let split: Split
  let readsRawShards: Bool
  let estimator: Estimator
  let samples: Int
  let seed: Int
  let threads: Int?
  let batchSize: Int
  let json: Bool

  init(_ arguments: ParsedArguments) throws(InputError) {
    try arguments.checkNotBoth("data", "split")
    checkpoint = arguments.string("checkpoint")
    weights = arguments.choice("weights")
    tokenizer = arguments.optionalString("tokenizer")
    data = arguments.strings("data")
    split = arguments.optionalChoice("split") ?? .valid
    readsRawShards = arguments.flag("raw-uint16")
    estimator = arguments.choice("estimator")
    samples = arguments.integer("samples")
    seed = arguments.integer("seed")
    threads = arguments.optionalInteger("threads")
    batchSize = arguments.integer("batch-size")
    json = arguments.flag("json")
    if readsRawShards && data.isEmpty {
      throw InputError(
        .usage, "--raw-uint16", found: "no --data", expected: "--data FILE…",
        remedy: "Name the shards with --data, or leave out --raw-uint16")
    }
  }

}
