/// Checks that the files of a checkpoint are those that were written.
///
/// `training/state.json` has the SHA-256 of every other file. Checkpoints of version 1 and models from
/// elsewhere have none, and nothing of them can be checked.
extension ModelDirectory {
  /// The files of a checkpoint that `state.json` vouches for.
  enum CheckpointFile: String, CaseIterable {
    case configuration = "config.json"
    case model = "model.safetensors"
    case tokenizer = "tokenizer.json"
    case weights = "training/weights.safetensors"
    case firstMoment = "training/first_moment.safetensors"
    case secondMoment = "training/second_moment.safetensors"

    /// What measuring and sampling read.
    static let ofModel: [CheckpointFile] = [.configuration, .model, .tokenizer]
  }

  static func statePath(in checkpoint: String) -> String { "\(checkpoint)/training/state.json" }

  /// The digests of the files in the directory of a checkpoint, by their names.
  ///
  /// - Throws: ``InputError`` where one cannot be read.
  static func checksums(in checkpoint: String) throws(InputError) -> [String: String] {
    var checksums: [String: String] = [:]
    for file in CheckpointFile.allCases {
      let path = "\(checkpoint)/\(file.rawValue)"
      guard FileSystem.exists(path) else { continue }
      checksums[file.rawValue] = try SHA256.digest(ofFile: path)
    }
    return checksums
  }

  /// Checks some files of the checkpoint at `path` against its `state.json`.
  ///
  /// - Parameters:
  ///   - files: Which.
  ///   - path: A checkpoint, or another model directory, of which nothing can be checked.
  /// - Throws: ``InputError`` or ``InputErrors`` that name what is missing or altered.
  static func verify(_ files: [CheckpointFile], in path: String) throws {
    guard FileSystem.isDirectory("\(path)/training") else { return }
    guard let checksums = try TrainingProgress(path: statePath(in: path)).checksums else { return }
    for file in files {
      let name = "\(path)/\(file.rawValue)"
      switch (checksums[file.rawValue], FileSystem.exists(name)) {
      case (nil, false) where file == .tokenizer: continue
      case (let expected?, true):
        let found = try SHA256.digest(ofFile: name)
        if found != expected {
          throw InputError(
            .badData, name, found: "content with the SHA-256 \(found.prefix(12))…",
            expected: "\(expected.prefix(12))…, as training/state.json says",
            remedy: "Use another checkpoint; this one is damaged or was edited")
        }
      case (let expected, let isThere):
        throw InputError(
          .badData, name, found: isThere ? "a file that was added" : "nothing there",
          expected: expected == nil
            ? "the files that training/state.json lists" : "the file that was written",
          remedy: "Use another checkpoint; files of this one were \(isThere ? "added" : "removed")")
      }
    }
  }
}
