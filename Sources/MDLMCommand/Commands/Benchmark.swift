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
      .init("Measurement", [task, seconds]),
      .init("Computing", [.threads]),
      .init("Output", [.json]),
    ],
    isLongRunning: true)

  private static let task = Option(
    "task", .value(.choice(of: Task.self)), metavar: "train|eval|sample",
    default: .value("train"),
    help: "Whole optimizer steps, losses without gradients, or samples in 128 steps.")
  private static let seconds = Option(
    "seconds", .value(.integer(1...86_400)), metavar: "S", default: .value("20"),
    help: "Repeat for about this long, and three times at least; the median counts.")

  let subject: String
  let task: Task
  let seconds: Int
  let threads: Int?
  let json: Bool

  init(_ arguments: ParsedArguments) throws(InputError) {
    subject = arguments.positional.first ?? ""
    task = arguments.choice("task")
    seconds = arguments.integer("seconds")
    threads = arguments.optionalInteger("threads")
    json = arguments.flag("json")
  }
}
