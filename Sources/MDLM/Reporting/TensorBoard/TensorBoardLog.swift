/// A log that TensorBoard reads: curves and texts by the steps of a run.
///
/// Each process that goes on with a run adds a file of its own to the directory. Every record is
/// written whole at once, so that TensorBoard can read while a run is going on.
public final class TensorBoardLog {
  /// The file that this process writes.
  public let path: String
  private let file: OutputFile
  /// Bytes written, all of whole records.
  private var size = 0

  /// Begins a file in `directory`, which is made if it is not there.
  ///
  /// What earlier files say about later steps than `step` is void from now on.
  ///
  /// - Parameters:
  ///   - directory: Where TensorBoard looks, such as `runs/first/tensorboard`.
  ///   - step: Steps that the run has done: 0, or more when it is resumed.
  ///   - time: Now, in seconds since 1970.
  /// - Throws: ``InputError`` of category `cannotWrite`.
  public init(directory: String, step: Int, at time: Double) throws(InputError) {
    try FileSystem.makeDirectories(directory)
    path = "\(directory)/\(Self.fileName(in: directory, time: time))"
    file = try OutputFile(creating: path)
    try write(.init(time: time, step: 0, content: .fileVersion))
    try write(.init(time: time, step: step == 0 ? 0 : step + 1, content: .sessionStart))
  }

  /// Adds a value of a curve.
  ///
  /// - Parameters:
  ///   - name: Such as `train/loss`; what stands before the slash groups curves.
  ///   - value: May be NaN or infinite, which TensorBoard shows as such.
  ///   - step: Of the run.
  ///   - time: In seconds since 1970.
  /// - Throws: ``InputError`` of category `cannotWrite`.
  public func scalar(
    _ name: String, _ value: Double, step: Int, at time: Double
  ) throws(InputError) {
    let content = TensorBoardEvent.Content.scalar(name: name, value: Float(value))
    try write(.init(time: time, step: step, content: content))
  }

  /// Adds a text, which TensorBoard then shows as it is.
  ///
  /// Its lines are indented by four spaces, since TensorBoard takes texts for Markdown.
  ///
  /// - Parameters:
  ///   - name: Such as `samples/0`.
  ///   - text: Of any kind.
  ///   - step: Of the run.
  ///   - time: In seconds since 1970.
  /// - Throws: ``InputError`` of category `cannotWrite`.
  public func text(
    _ name: String, _ text: String, step: Int, at time: Double
  ) throws(InputError) {
    let lines = text.showingControls.split(separator: "\n", omittingEmptySubsequences: false)
    let block = lines.map { "    " + $0 }.joined(separator: "\n")
    try write(
      .init(time: time, step: step, content: .text(name: name, text: block)))
  }

  /// Waits until everything is on the disk.
  ///
  /// - Throws: ``InputError`` of category `cannotWrite`.
  public func flush() throws(InputError) { try file.synchronize() }

  /// Writes a record whole; where there is no room for it, nothing of it stays.
  private func write(_ event: TensorBoardEvent) throws(InputError) {
    let record = event.record
    do throws(InputError) {
      try file.write(record)
    } catch {
      // Readers stop at a record that is cut off, and would miss what follows.
      try? file.truncate(to: size)
      throw error
    }
    size += record.count
  }

  // MARK: Name

  /// What names of event files begin with; a time in seconds follows, by which readers sort them.
  private static let prefix = "events.out.tfevents."

  /// A name behind those of all files that are there, even where the clock was set back.
  private static func fileName(in directory: String, time: Double) -> String {
    let times = FileSystem.names(in: directory).filter { $0.hasPrefix(prefix) }
      .compactMap { $0.dropFirst(prefix.count).split(separator: ".").first.flatMap { Int($0) } }
    let now = Int(exactly: time.rounded(.down)) ?? 0
    let second = max(now, (times.max() ?? -1).addingReportingOverflow(1).partialValue, 0)
    let digits = String(repeating: "0", count: max(0, 10 - "\(second)".count)) + "\(second)"
    return "\(prefix)\(digits).\(host).\(HostDescription.process)"
  }

  private static var host: String { HostDescription.name.replacing("/", with: "-") }
}
