import Foundation

@testable import MDLM

/// Calls `body` with a new directory and removes it afterwards.
func withScratchDirectory<Result>(_ body: (String) throws -> Result) throws -> Result {
  let path = NSTemporaryDirectory() + "mdlm-\(UUID().uuidString)"
  try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(atPath: path) }
  return try body(path)
}

/// A tensor that owns its memory.
func makeTensor(_ name: String, _ shape: [Int], _ values: [Float]) -> NamedTensor {
  let buffer = OwnedBuffer(values)
  return NamedTensor(name: name, shape: shape, values: buffer.values, owner: buffer)
}

private final class OwnedBuffer {
  let values: UnsafeMutableBufferPointer<Float>

  init(_ content: [Float]) {
    values = .allocate(capacity: content.count)
    _ = values.initialize(from: content)
  }

  deinit { values.deallocate() }
}

/// The values of a tensor, whose memory lives at least until they are copied.
///
/// An optimized build releases an array of tensors after its last use, and their memory with it.
func values(of tensor: NamedTensor) -> [Float] {
  withExtendedLifetime(tensor) { Array($0.values) }
}

/// The bytes of a safetensors file with this header, whose length may be a lie.
func safetensors(_ header: String, data: [UInt8] = [], length: UInt64? = nil) -> [UInt8] {
  let length = length ?? UInt64(header.utf8.count)
  return (0..<8).map { UInt8(truncatingIfNeeded: length >> (8 * $0)) } + header.utf8 + data
}

func write(_ bytes: some Sequence<UInt8>, to path: String) throws {
  try Data(bytes).write(to: URL(filePath: path))
}

func appendBytes(_ bytes: some Sequence<UInt8>, to path: String) throws {
  let file = try FileHandle(forWritingTo: URL(filePath: path))
  try file.seekToEnd()
  try file.write(contentsOf: Data(bytes))
}

func bytes(of path: String) throws -> [UInt8] {
  Array(try Data(contentsOf: URL(filePath: path)))
}

func makeDirectory(_ path: String) throws {
  try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
}

/// The names in a directory, sorted, hidden ones included.
func names(in path: String) throws -> [String] {
  try FileManager.default.contentsOfDirectory(atPath: path).sorted()
}

/// Every file below a directory and its bytes.
func tree(_ path: String) throws -> [String: [UInt8]] {
  var files: [String: [UInt8]] = [:]
  for name in try FileManager.default.subpathsOfDirectory(atPath: path) {
    let file = "\(path)/\(name)"
    if !FileSystem.isDirectory(file) { files[name] = try bytes(of: file) }
  }
  return files
}

/// The sentence of the mistake that `body` throws, or a remark that it threw none.
func sentence(_ body: () throws -> Void) -> String {
  do {
    try body()
    return "no error"
  } catch {
    return "\(error)"
  }
}

/// A network of two parameters and enough settings to be written.
enum SmallNetwork {
  static let configuration = ModelConfigurationFile(
    network: NetworkConfiguration(
      vocabularySize: 5, length: 4, hiddenSize: 8, blockCount: 1, headCount: 2,
      conditioningSize: 3),
    diffusion: DiffusionSettings(maskID: 4))

  static func tensors(_ value: Float) -> [NamedTensor] {
    [
      makeTensor("vocab_embed.embedding", [2, 3], [value, 1, 2, 3, 4, 5]),
      makeTensor("blocks.0.norm1.weight", [2], [6, value]),
    ]
  }

  static func checkpointTensors(_ value: Float) -> Checkpoint.Tensors {
    Checkpoint.Tensors(
      values: tensors(value), averages: tensors(value + 1), firstMoments: tensors(value + 2),
      secondMoments: tensors(value + 3))
  }

  static func checkpoint(step: Int, value: Float = 0.5) -> Checkpoint {
    Checkpoint(
      configuration: configuration,
      progress: TrainingProgress(
        step: step, samplesConsumed: step * 8, seed: .max, bestMetric: 1.25),
      tokenizerJSON: "{}\n", tensors: checkpointTensors(value))
  }
}
