import Foundation
import Testing

@testable import MDLM

struct LlamaNetworkTests {
  private let device = Device(threads: 2)

  /// Places of all tokens but the first of each sequence.
  private func places(_ sequences: Int, _ length: Int) -> [Int32] {
    (0..<Int32(sequences * length)).filter { $0 % Int32(length) != 0 }
  }

  @Test(arguments: [(true, 6, 3), (true, 6, 6), (false, 3, 1), (false, 2, 2)])
  func agreesWithTheOracle(isTied: Bool, heads: Int, keyHeads: Int) throws {
    let sketch = LlamaSketch(isTied: isTied, heads: Int32(heads), keyHeads: Int32(keyHeads))
    try withScratchDirectory { folder in
      try write(sketch.file, to: "\(folder)/a.bin")
      let network = try LlamaNetwork(try LlamaFile(path: "\(folder)/a.bin"), on: device)
      let rows: [[Int32]] = [[1, 270, 299, 0, 5, 5, 262, 280], [1, 3, 2, 298, 297, 260, 260, 7]]
      let found = network.negativeLogLikelihoods(
        Array(rows.joined()), length: 8, at: places(2, 8))
      let expected = rows.flatMap(sketch.negativeLogLikelihoods)
      #expect(relativeDeviation(found, expected) < 1e-5)
      #expect(expected.max() ?? 0 > (expected.min() ?? 0) + 1)
    }
  }

  /// Longer than a block of queries, so that blocks see the keys of those before them.
  @Test func longSequencesAgreeWithTheOracle() throws {
    var sketch = LlamaSketch()
    sketch.sizes[6] = 256
    sketch.weights = sketch.weights.map { weight in
      weight.name == "angles0" ? (weight.name, [512], [Float](repeating: 0, count: 512)) : weight
    }
    try withScratchDirectory { folder in
      try write(sketch.file, to: "\(folder)/a.bin")
      let network = try LlamaNetwork(try LlamaFile(path: "\(folder)/a.bin"), on: device)
      let tokens = (0..<230).map { Int32($0 * 37 % 300) }
      let found = network.negativeLogLikelihoods(tokens, length: 230, at: places(1, 230))
      #expect(relativeDeviation(found, sketch.negativeLogLikelihoods(tokens)) < 1e-5)
    }
  }

  @Test func whatFollowsChangesNothing() throws {
    try withScratchDirectory { folder in
      try write(LlamaSketch().file, to: "\(folder)/a.bin")
      let network = try LlamaNetwork(try LlamaFile(path: "\(folder)/a.bin"), on: device)
      let first = network.negativeLogLikelihoods([1, 5, 9, 11], length: 4, at: [1, 2])
      let other = network.negativeLogLikelihoods([1, 5, 9, 200], length: 4, at: [1, 2])
      #expect(first == other)
    }
  }

  @Test func everyCutIsNoticed() throws {
    let bytes = LlamaSketch().file
    try withScratchDirectory { folder in
      let path = "\(folder)/a.bin"
      for length in [0, 4, 27, 28, 29, bytes.count / 2, bytes.count - 4, bytes.count - 1] {
        try write(bytes.prefix(length), to: path)
        #expect(sentence { _ = try LlamaFile(path: path) }.contains("found \(length) bytes"))
      }
      try write(bytes + [0], to: path)
      #expect(sentence { _ = try LlamaFile(path: path) }.contains("expected \(bytes.count) bytes"))
    }
  }

  /// A flipped bit of a size gives another size of the file, or a number that is no size.
  @Test func everyFlippedBitOfTheHeaderIsNoticed() throws {
    let bytes = LlamaSketch().file
    try withScratchDirectory { folder in
      for bit in 0..<8 * 28 {
        var damaged = bytes
        damaged[bit / 8] ^= 1 << UInt8(bit % 8)
        try write(damaged, to: "\(folder)/a.bin")
        #expect(throws: InputError.self, "bit \(bit)") {
          try LlamaFile(path: "\(folder)/a.bin")
        }
      }
    }
  }

  @Test func valuesThatAreNoNumbersAreRefused() throws {
    var sketch = LlamaSketch()
    let place = try #require(sketch.weights.firstIndex { $0.name == "w21" })
    sketch.weights[place].values[7] = .infinity
    try withScratchDirectory { folder in
      try write(sketch.file, to: "\(folder)/a.bin")
      let text = sentence {
        _ = try LlamaNetwork(try LlamaFile(path: "\(folder)/a.bin"), on: device)
      }
      #expect(text.contains("a.bin: w2 of layer 1: found the value inf at element 7"))
    }
  }

  @Test func laterVersionIsNamed() throws {
    try withScratchDirectory { folder in
      try write(Array("24ka".utf8) + [UInt8](repeating: 1, count: 252), to: "\(folder)/a.bin")
      #expect(sentence { _ = try LlamaFile(path: "\(folder)/a.bin") }.contains("--version 0"))
    }
  }
}
