import MDLM

/// `mdlm train`: trains a model, from the start or from where a run has stopped.
struct Train: Command {
  static let definition = CommandDefinition(
    name: "train",
    summary: "Train a model as a configuration says.",
    examples: [
      .init("mdlm train --config configs/quickstart.json5", "Train a small character model."),
      .init(
        "mdlm train --config configs/text8-small.json5 --dry-run",
        "Check what is there and report sizes and cost, without training."),
      .init(
        "mdlm train --config configs/quickstart.json5 --resume",
        "Go on from the run's latest checkpoint."),
      .init(
        "mdlm train --config configs/quickstart.json5 --set optim.lr=1e-3 --output b",
        "Try another learning rate in a run of its own."),
    ],
    groups: [
      .init(
        "Configuration",
        [
          Option(
            "config", .value(.file), metavar: "FILE", isRequired: true,
            help: "The configuration (JSON5)."),
          .set,
          Option(
            "init", .value(.directory), metavar: "DIR", default: .described("random weights"),
            help: "Start from the weights of a run, a checkpoint or a model directory."),
        ]),
      .init(
        "Run",
        [
          Option(
            "output", .value(.directory), metavar: "DIR",
            default: .described("runs/NAME for a configuration NAME.json5"),
            help: "The directory of the run: metrics and checkpoints."),
          Option(
            "resume", .flag,
            help:
              "Go on from the latest checkpoint in the run's directory, or begin where there is none."
          ),
          Option(
            "accept-changes", .flag,
            help:
              "Resume with settings or data other than the run has had, though they change its numbers."
          ),
          Option(
            "stop-at", .value(.integer(1...Int.max)), metavar: "STEP",
            default: .described("trainer.max_steps"),
            help: "Save a checkpoint after this step and end there; --resume goes on."),
          Option(
            "dry-run", .flag,
            help:
              "Check the configuration, and the data where they are there; report sizes and cost; write "
              + "nothing."),
        ]),
      .init("Computing", [.threads]),
      .init(
        "Output",
        [
          Option(
            "tensorboard", .flag,
            help: "Write files for TensorBoard, too, in the run's folder tensorboard."),
          .json,
        ]),
    ],
    isLongRunning: true)

  let configuration: String
  let overrides: [String]
  let initialWeights: String?
  let output: String
  let resumes: Bool
  let acceptsChanges: Bool
  let stopStep: Int?
  let isDryRun: Bool
  let threads: Int?
  let writesTensorBoard: Bool
  let json: Bool

  init(_ arguments: ParsedArguments) throws(InputError) {
    configuration = arguments.string("config")
    overrides = arguments.strings("set")
    initialWeights = arguments.optionalString("init")
    output = arguments.optionalString("output") ?? Self.defaultOutput(for: configuration)
    resumes = arguments.flag("resume")
    acceptsChanges = arguments.flag("accept-changes")
    guard resumes || !acceptsChanges else {
      throw InputError(
        .usage, "--accept-changes", found: "the flag without --resume", expected: "both",
        remedy: "Add --resume, or leave it out: a new run has no settings that could change")
    }
    stopStep = arguments.optionalInteger("stop-at")
    isDryRun = arguments.flag("dry-run")
    threads = arguments.optionalInteger("threads")
    writesTensorBoard = arguments.flag("tensorboard")
    json = arguments.flag("json")
  }

  /// `runs/quickstart` for `configs/quickstart.json5`.
  private static func defaultOutput(for configuration: String) -> String {
    let file = configuration.split(separator: "/").last ?? "run"
    let stem = file.lastIndex(of: ".").map { file[..<$0] } ?? file
    return "runs/\(stem.isEmpty ? file : stem)"
  }
}
