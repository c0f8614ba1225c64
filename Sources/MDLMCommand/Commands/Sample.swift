import MDLM

/// `mdlm sample`: draws text from a model.
struct Sample: Command {
  static let definition = CommandDefinition(
    name: "sample",
    summary: "Draw text from a model.",
    examples: [
      .init("mdlm sample --checkpoint runs/quickstart", "Write one sample."),
      .init(
        "mdlm sample --checkpoint runs/quickstart --num-samples 4 --steps 64 --seed 7",
        "Write four samples in few steps."),
      .init(
        "mdlm sample --checkpoint runs/quickstart --num-samples 100 --json > out.jsonl",
        "Keep text, token ids and network calls, one JSON object a line."),
    ],
    groups: [
      .init("Model", [.checkpoint, .tokenizer]),
      .init(
        "Sampling",
        [
          Option(
            "num-samples", .value(.integer(1...Int.max)), metavar: "N", default: .value("1"),
            help: "How many samples to draw."),
          Option(
            "length", .value(.integer(1...Int.max)), metavar: "L",
            default: .described("the model's"),
            help: "Tokens in a sample, at most the model's length."),
          Option(
            "steps", .value(.integer(1...10_000_000)), metavar: "T",
            default: .described("the model's"), help: "Steps from all masked to none."),
          Option(
            "predictor", .value(.choice(of: Predictor.self)), metavar: "NAME",
            default: .described("the model's"),
            help: "ddpm, or ddpm_cache: the same samples with fewer network calls."),
          .seed,
        ]),
      .init(
        "Computing",
        [
          .threads,
          Option(
            "batch-size", .value(.integer(1...1_000_000)), metavar: "N", default: .value("8"),
            help: "Samples drawn side by side."),
        ]),
      .init("Output", [.json]),
    ],
    isLongRunning: true)

  let checkpoint: String
  let tokenizer: String?
  let count: Int
  let length: Int?
  let steps: Int?
  let predictor: Predictor?
  let seed: Int
  let threads: Int?
  let batchSize: Int
  let json: Bool

  init(_ arguments: ParsedArguments) throws(InputError) {
    checkpoint = arguments.string("checkpoint")
    tokenizer = arguments.optionalString("tokenizer")
    count = arguments.integer("num-samples")
    length = arguments.optionalInteger("length")
    steps = arguments.optionalInteger("steps")
    predictor = arguments.optionalChoice("predictor")
    seed = arguments.integer("seed")
    threads = arguments.optionalInteger("threads")
    batchSize = arguments.integer("batch-size")
    json = arguments.flag("json")
  }

}
