/// The rows of a step whose loss or gradient was not finite, as a file for people to look into.
struct SkippedBatch {
  let report: TrainingStepReport
  /// The numbers of the rows among the training rows.
  let rows: [Int]
  /// `[rows, length]`.
  let tokens: [Int32]
  let length: Int
  let tokenizer: (any Tokenizer)?

  /// The file of a step in the directory of a run, or relative to it.
  static func path(ofStep step: Int, in directory: String? = nil) -> String {
    (directory.map { "\($0)/" } ?? "") + "\(folder)/\(CheckpointStore.name(of: step)).json"
  }

  private static let folder = "trouble"

  /// Writes the file.
  ///
  /// - Parameter directory: The run's directory.
  /// - Returns: The file's path, relative to the run.
  /// - Throws: ``InputError`` with the reason of the operating system.
  func write(in directory: String) throws(InputError) -> String {
    try FileSystem.makeDirectories("\(directory)/\(Self.folder)")
    try AtomicReplacement.writeFile(
      Self.path(ofStep: report.step, in: directory), text: document + "\n")
    return Self.path(ofStep: report.step)
  }

  private var document: String {
    let content = rows.enumerated().map { index, row -> JSONValue in
      let tokens = Array(tokens[index * length..<(index + 1) * length])
      var fields = [JSONMember(key: "row", value: .number(row))]
      if let tokenizer {
        fields.append(JSONMember(key: "text", value: .string(tokenizer.decode(tokens))))
      }
      fields.append(JSONMember(key: "tokens", value: .array(tokens.map { .number($0) })))
      return .object(fields)
    }
    return
      ([
        "step": .number(report.step), "loss": .string("\(report.loss)"),
        "grad_norm": .string("\(report.gradientNorm)"), "lr": .number(report.learningRate),
        "rows": .array(content),
      ] as JSONValue).line()
  }
}
