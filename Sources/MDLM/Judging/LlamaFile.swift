/// A llama2.c checkpoint (version 0) open for reading: seven sizes, then all weights as floats.
///
/// The order of the weights: token embedding, then of all layers together the attention norms, wq,
/// wk, wv, wo, the feed-forward norms, w1, w2 and w3; the final norm, two tables of rotary angles
/// that nothing reads, and the classifier where it has weights of its own. The file's size must be
/// that of the sizes to the byte, and every value finite.
struct LlamaFile {
  let configuration: LlamaConfiguration
  private let file: InputFile
  private var offset = LlamaConfiguration.headerSize

  /// Opens the file and checks its size, before there is room for any weight.
  init(path: String) throws(InputError) {
    file = try InputFile(path: path)
    let headerSize = LlamaConfiguration.headerSize
    guard file.size >= headerSize else {
      throw InputError(
        .badData, path, found: "\(file.size) bytes",
        expected: "a llama2.c checkpoint, which begins with \(headerSize) bytes of sizes",
        remedy: "Fetch the file again")
    }
    let bytes = try file.read(headerSize, at: 0)
    let header = bytes.withUnsafeBytes { bytes in
      stride(from: 0, to: headerSize, by: 4).map {
        Int32(littleEndian: bytes.loadUnaligned(fromByteOffset: $0, as: Int32.self))
      }
    }
    configuration = try LlamaConfiguration(header: header, path: path)
    let expected = headerSize + 4 * configuration.storedValues
    guard file.size == expected else {
      throw InputError(
        .badData, path, found: "\(file.size) bytes",
        expected: "\(expected) bytes, as the sizes in the header say",
        remedy: "Fetch the file again, or check that it is a llama2.c checkpoint of version 0")
    }
  }

  /// Reads the next matrices of the file, `count` of the same shape.
  mutating func matrices(
    _ count: Int, _ name: String, shape: [Int], on device: Device
  ) throws(InputError) -> [Tensor] {
    var result: [Tensor] = []
    for index in 0..<count {
      let tensor = Tensor(uninitialized: shape, on: device)
      let values = UnsafeMutableBufferPointer(start: tensor.pointer, count: tensor.count)
      try file.read(into: UnsafeMutableRawBufferPointer(values), at: offset)
      offset += 4 * tensor.count
      if let place = values.firstIndex(where: { !$0.isFinite }) {
        throw InputError(
          .badData, "\(file.path): \(name)\(count > 1 ? " of layer \(index)" : "")",
          found: "the value \(values[place]) at element \(place)", expected: "finite numbers",
          remedy: "Fetch the file again")
      }
      result.append(tensor)
    }
    return result
  }

  /// Reads the next matrix of the file.
  mutating func matrix(
    _ name: String, shape: [Int], on device: Device
  ) throws(InputError) -> Tensor {
    try matrices(1, name, shape: shape, on: device)[0]
  }

  /// Passes over the tables of rotary angles, which are functions of the sizes.
  mutating func skipAngles() { offset += 4 * configuration.angleCount }
}

extension LlamaConfiguration {
  /// Cosines and sines of every position.
  fileprivate var angleCount: Int { contextLength * headSize }

  /// Floats in a file of this network.
  fileprivate var storedValues: Int {
    let attention = 2 * width * width + 2 * width * keyWidth
    let layer = 2 * width + attention + 3 * width * innerWidth
    let embedding = vocabularySize * width
    return embedding + layers * layer + width + angleCount + (hasClassifier ? embedding : 0)
  }
}
