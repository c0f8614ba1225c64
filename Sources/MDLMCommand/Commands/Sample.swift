import MDLM

/// `mdlm sample`: draws text from a model.
struct Sample: Command {
  static let definition = CommandDefinition(
    name: "sample",
    summary: "Draw text from a model: free, continued, or filled in.",
    examples: [
      .init("mdlm sample --checkpoint runs/quickstart", "Write one sample."),
      .init(
        "mdlm sample --checkpoint runs/quickstart --prompt And --nfe 64 --watch",
        "Continue a text in about 64 calls of the network, and watch it appear."),
      .init(
        "mdlm sample --checkpoint runs/quickstart --infill \"[MASK:20]light[MASK:20]\"",
        "Fill gaps of twenty tokens."),
      .init(
        "mdlm sample --checkpoint runs/quickstart --prompts prompts.txt --json",
        "Continue every line of a file."),
      .init(
        "mdlm sample --checkpoint runs/quickstart --num-samples 100 --json > out.jsonl",
        "Keep text, token ids and network calls, one JSON object a line."),
    ],
    groups: [
      .init("Model", [.checkpoint, .tokenizer]),
      .init("Text", SampleText.options),
      .init("Predictor", SamplePredictor.options),
      .init("Tokens", SampleTokens.options),
      .init(
        "Computing",
        [
          .seed, .threads,
          Option(
            "batch-size", .value(.integer(1...1_000_000)), metavar: "N", default: .value("8"),
            help: "Samples drawn side by side."),
        ]),
      .init("Output", SampleViews.options + SampleScore.options + [.json]),
    ],
    isLongRunning: true)

  let checkpoint: String
  let tokenizer: String?
  let text: SampleText
  let predictor: SamplePredictor
  let tokens: SampleTokens
  let seed: Int
  let threads: Int?
  let batchSize: Int
  let views: SampleViews
  let score: SampleScore
  let json: Bool

  init(_ arguments: ParsedArguments) throws(InputError) {
    checkpoint = arguments.string("checkpoint")
    tokenizer = arguments.optionalString("tokenizer")
    text = try SampleText(arguments)
    predictor = try SamplePredictor(arguments)
    tokens = SampleTokens(arguments)
    seed = arguments.integer("seed")
    threads = arguments.optionalInteger("threads")
    batchSize = arguments.integer("batch-size")
    views = SampleViews(arguments)
    score = try SampleScore(arguments)
    json = arguments.flag("json")
  }
}
