import MDLM

/// `mdlm bench`: measures how fast this machine trains, evaluates and samples a network.
struct Benchmark: Command {
  enum Task: String, CaseIterable, Sendable {
    case train, eval, sample
  }

  static let definition = CommandDefinition(
    name: "bench",
    summary: "Measure the speed of a network on this machine.",
    examples: [
      .init("mdlm bench char", "Measure training steps of a character network."),
      .init(
        "mdlm bench configs/text8-small.json5 --task sample --threads 1",
        "Measure sampling from the network of a configuration on one thread."),
    ],
    arguments: [
      Argument(
        "NAME|FILE", .file, isRequired: true,
        help:
          "A network by name (\(BenchmarkSubject.named.map { $0.name }.joined(separator: ", ")))"
          + " or a configuration (JSON5).")
    ],
    groups: [
      .init("Measurement", [task, parameterization, seconds]),
      .init("Sampling (--task sample)", [steps, sequences, length, stride]),
      .init("Computing", [.threads]),
      .init("Output", [.json]),
    ],
    isLongRunning: true)

  private static let task = Option(
    "task", .value(.choice(of: Task.self)), metavar: "train|eval|sample",
    default: .value("train"),
    help: "Whole optimizer steps, losses without gradients, or samples.")
  private static let parameterization = Option(
    "parameterization", .value(.choice(of: Parameterization.self)), metavar: "subs|d3pm|sedd|ar",
    default: .described("subs, or the configuration's"),
    help: "Measure a baseline on a network of the same size.")
  private static let seconds = Option(
    "seconds", .value(.integer(1...86_400)), metavar: "S", default: .value("20"),
    help: "Repeat for about this long, and three times at least; the median counts.")

  private static let steps = Option(
    "steps", .value(.integer(1...10_000_000)), metavar: "T", default: .value("128"),
    help: "Steps from all masked to none.")
  private static let sequences = Option(
    "sequences", .value(.integer(1...1_000_000)), metavar: "N",
    default: .described("8, or 1 for rows of 1024 and more"), help: "Samples drawn side by side.")
  private static let length = Option(
    "length", .value(.integer(1...1_000_000)), metavar: "L",
    default: .described("the network's"), help: "Tokens in a sample.")
  private static let stride = Option(
    "stride", .value(.integer(1...1_000_000)), metavar: "S",
    help: "Draw samples longer than the network S tokens at a time.")

  let subject: String
  let task: Task
  let parameterization: Parameterization?
  let seconds: Int
  let sampling: BenchmarkSubject.Sampling
  let threads: Int?
  let json: Bool

  init(_ arguments: ParsedArguments) throws(InputError) {
    subject = arguments.positional.first ?? ""
    task = arguments.choice("task")
    parameterization = arguments.optionalChoice("parameterization")
    seconds = arguments.integer("seconds")
    sampling = BenchmarkSubject.Sampling(
      steps: arguments.integer("steps"), sequences: arguments.optionalInteger("sequences"),
      length: arguments.optionalInteger("length"), stride: arguments.optionalInteger("stride"))
    threads = arguments.optionalInteger("threads")
    json = arguments.flag("json")
  }
}
