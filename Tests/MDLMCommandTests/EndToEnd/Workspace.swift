import Foundation
import MDLM

@testable import MDLMCommand

/// A temporary directory with a short text and a configuration, removed with its last reference.
///
/// In the words of a command line `@` stands for the directory.
final class Workspace {
  let path: String

  static let text = (1...60).map { "verse \($0 % 10): the cat sat on the mat.\n" }.joined()

  static let configuration = """
    {
      data: {
        train: "@/text.txt", tokenizer_name_or_path: "char", documents: "stream",
        insert_bos_eos: false, valid_fraction: 0.1, test_fraction: 0.1,
      },
      model: { hidden_size: 16, n_blocks: 1, n_heads: 2, cond_dim: 8, length: 8 },
      loader: { global_batch_size: 4 },
      optim: { lr: 1e-2 }, lr_scheduler: { num_warmup_steps: 0 }, training: { ema: 0.5 },
      trainer: { max_steps: 4, val_check_interval: 2, log_every_n_steps: 1 },
      sampling: { steps: 8 },
    }
    """

  init() throws {
    path = NSTemporaryDirectory() + "mdlm-workspace-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    try write(Self.text, to: "text.txt")
    try write(Self.configuration, to: "tiny.json5")
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  /// Runs the words after `mdlm`.
  func run(_ line: String, input: [UInt8] = []) -> CommandRun {
    CommandRun(line.split(separator: " ").map { expanded(String($0)) }, input: input)
  }

  func expanded(_ text: String) -> String { text.replacingOccurrences(of: "@", with: path) }

  func write(_ text: String, to name: String) throws {
    try write(Array(expanded(text).utf8), to: name)
  }

  func write(_ bytes: [UInt8], to name: String) throws {
    try Data(bytes).write(to: URL(filePath: "\(path)/\(name)"))
  }

  func bytes(of name: String) throws -> [UInt8] {
    Array(try Data(contentsOf: URL(filePath: "\(path)/\(name)")))
  }

  func makeDirectory(_ name: String) throws {
    try FileManager.default.createDirectory(
      atPath: "\(path)/\(name)", withIntermediateDirectories: true)
  }

  /// The names of everything below the directory, hidden files included.
  var names: [String] {
    get throws { try FileManager.default.subpathsOfDirectory(atPath: path).sorted() }
  }

  /// Trains the configuration's four steps as the run `run`.
  func train(_ options: String = "") -> CommandRun {
    run("train --config @/tiny.json5 --output @/run --threads 1 \(options)")
  }

  /// Copies the network of the run to a directory as published ones are: no tokenizer, no state.
  func publish(as name: String) throws {
    try makeDirectory(name)
    for file in ["config.json", "model.safetensors"] {
      try write(try bytes(of: "run/checkpoints/latest/\(file)"), to: "\(name)/\(file)")
    }
  }
}

/// Token ids as little-endian uint16, as nanoGPT writes them.
func rawShard(_ ids: [UInt16]) -> [UInt8] {
  ids.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8($0 >> 8)] }
}

/// The members of a JSON object.
func object(_ json: some StringProtocol) throws -> [String: Any] {
  let value = try JSONSerialization.jsonObject(with: Data(json.utf8))
  return value as? [String: Any] ?? [:]
}
