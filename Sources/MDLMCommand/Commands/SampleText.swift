import MDLM

/// The options of `mdlm sample` that say what is to be written, and how long it is.
struct SampleText: Sendable {
  static let options = [
    Option(
      "prompt", .value(.text), metavar: "TEXT",
      help: "What the text begins with. A model without tokenizer takes ids."),
    Option("suffix", .value(.text), metavar: "TEXT", help: "What it ends with."),
    Option(
      "infill", .value(.text), metavar: "TEXT",
      help: "A text with gaps: [MASK] is one token, [MASK:12] twelve."),
    Option(
      "prompts", .value(.file), metavar: "FILE",
      help: """
        Prompts, one a line, or JSON objects with "prompt", "suffix" or "infill"; - is standard \
        input.
        """),
    Option(
      "num-samples", .value(.integer(1...1_000_000)), metavar: "N", default: .value("1"),
      help: "How many samples to draw, for each prompt."),
    Option(
      "length", .value(.integer(1...1_000_000)), metavar: "L", default: .described("the model's"),
      help: "Tokens in a sample, fixed ones included."),
    Option(
      "block-size", .value(.integer(1...Int.max)), metavar: "B",
      help: "Write from left to right, B tokens at a time, each block in --steps steps."),
    Option(
      "sliding", .flag,
      help: "Let blocks see the latest tokens only, so that a sample may outgrow the model."),
    Option(
      "stride", .value(.integer(1...Int.max)), metavar: "S",
      help: "The official semi-autoregressive way: a whole window, then S tokens at a time."),
    Option(
      "stop", .value(.choice(of: StopRule.self)), metavar: "none|first-eos|second-eos",
      default: .value("none"), help: "End a sample behind an end-of-text token."),
  ]

  enum Source: Sendable {
    case one(TextRequest)
    case file(String)
  }

  let source: Source
  let count: Int
  let length: Int?
  let order: GenerationOrder
  let stop: StopRule

  init(_ arguments: ParsedArguments) throws(InputError) {
    for name in ["prompt", "suffix", "infill"] { try arguments.checkNotBoth(name, "prompts") }
    for name in ["prompt", "suffix", "length"] { try arguments.checkNotBoth(name, "infill") }
    try arguments.checkNotBoth("block-size", "stride")
    try arguments.checkNotBoth("sliding", "stride")
    let (prompt, suffix) = (
      arguments.optionalString("prompt"), arguments.optionalString("suffix")
    )
    if let file = arguments.optionalString("prompts") {
      source = .file(file)
    } else if let infill = arguments.optionalString("infill") {
      source = .one(.infill(infill))
    } else if prompt != nil || suffix != nil {
      source = .one(.between(prompt: prompt ?? "", suffix: suffix ?? ""))
    } else {
      source = .one(.anything)
    }
    count = arguments.integer("num-samples")
    length = arguments.optionalInteger("length")
    stop = arguments.choice("stop")
    if let size = arguments.optionalInteger("block-size") {
      order = .blocks(size: size, slides: arguments.flag("sliding"))
    } else if let stride = arguments.optionalInteger("stride") {
      order = .strides(stride)
    } else {
      order = .whole
      if arguments.flag("sliding") {
        throw InputError(
          .usage, "--sliding", found: "it without --block-size",
          expected: "the size of the blocks that see a window", remedy: "Add --block-size 64, say")
      }
    }
  }

  /// Refuses, by the names of the options, what a model that writes from left to right cannot do.
  func check(for model: MaskedDiffusionModel) throws(InputError) {
    guard model.diffusion.parameterization == .ar else { return }
    let blocks: String? =
      switch order {
      case .whole: nil
      case .blocks: "--block-size"
      case .strides: "--stride"
      }
    if let blocks {
      throw InputError(
        .usage, blocks, found: "it with a model of ar",
        expected: "a diffusion model: this one writes token by token already",
        remedy: "Leave it out")
    }
    let gap: String? =
      switch source {
      case .one(.infill): "--infill"
      case .one(.between(_, let suffix)) where !suffix.isEmpty: "--suffix"
      default: nil
      }
    if let gap {
      throw InputError(
        .usage, gap, found: "it with a model of ar",
        expected:
          "--prompt alone: this model writes from left to right and sees nothing behind a gap",
        remedy: "Leave it out, or take a diffusion model")
    }
    if let length, length > model.network.length {
      throw InputError(
        .usage, "--length", found: "\(length) tokens",
        expected: "at most \(model.network.length), the model's length",
        remedy: "Shorten it, or train a longer model")
    }
  }

  /// The requests in their order.
  func requests(in context: CommandContext) throws -> [TextRequest] {
    switch source {
    case .one(let request): return [request]
    case .file(let path):
      let file = try path == "-" ? context.readInput() : SourceText(contentsOf: path)
      let requests = try file.lines.map(TextRequest.init(line:))
      guard !requests.isEmpty else {
        throw InputError(
          .badData, path == "-" ? "standard input" : path, found: "no line",
          expected: "a prompt, one a line", remedy: "Write one")
      }
      return requests
    }
  }
}
