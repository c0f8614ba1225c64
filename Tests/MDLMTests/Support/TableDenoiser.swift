import Synchronization

@testable import MDLM

/// A denoiser that looks its logits up by the whole noised sequence, so that everything about its
/// samples can be enumerated.
final class TableDenoiser: Denoiser {
  let vocabularySize: Int
  let length: Int
  let conditionsOnTime: Bool
  let maskID: Int32
  /// Sequences that it was called for.
  let sequencesSeen = Atomic(0)
  private let weight: Tensor
  private let bias: Tensor

  /// Makes a table of random logits.
  ///
  /// `vocabularySize` includes the mask, the last id; its logits are the largest of all, and must
  /// not matter. With `conditionsOnTime` logits are sharper the less noise there is.
  init(
    vocabularySize: Int, length: Int, seed: UInt64, conditionsOnTime: Bool = false,
    on device: Device = Device(threads: 1)
  ) {
    self.conditionsOnTime = conditionsOnTime
    self.vocabularySize = vocabularySize
    self.length = length
    maskID = Int32(vocabularySize - 1)
    let contexts = (0..<length).reduce(length) { count, _ in count * vocabularySize }
    var random = SplitMix64(seed)
    var table = random.floats(vocabularySize * contexts, in: -1.5...1.5)
    for context in 0..<contexts { table[(vocabularySize - 1) * contexts + context] = 5 }
    weight = Tensor(table, shape: [vocabularySize, contexts], on: device)
    bias = Tensor(repeating: 0, shape: [vocabularySize], on: device)
  }

  /// What logits are multiplied with.
  private func sharpness(_ noiseLevel: Float) -> Float {
    conditionsOnTime ? 0.3 + 2 / (1 + noiseLevel) : 1
  }

  /// The column of the table for one position of a sequence.
  private func context(_ sequence: ArraySlice<Int32>, position: Int) -> Int {
    sequence.reduce(position) { $0 * vocabularySize + Int($1) }
  }

  func features(
    _ tokens: [Int32], length: Int, noiseLevels: [Float], _ pass: ForwardPass
  ) -> Features {
    sequencesSeen.add(tokens.count / length, ordering: .relaxed)
    var oneHot = [Float](repeating: 0, count: tokens.count * weight.width)
    for row in tokens.indices {
      let start = row / length * length
      let context = context(tokens[start..<start + length], position: row % length)
      oneHot[row * weight.width + context] = sharpness(noiseLevels[row / length])
    }
    let rows = Tensor(oneHot, shape: [tokens.count, weight.width], on: weight.device)
    let conditioning = Tensor(repeating: 0, shape: [1, 1], on: weight.device)
    return Features(
      rows: rows, conditioning: conditioning,
      selection: RowSelection(allOf: tokens.count / length, length: length), length: length)
  }

  func head(_ features: Features, rows: [Int32], _ pass: ForwardPass) -> OutputHead {
    OutputHead(input: features.rows.gatheringRows(rows), weight: weight, bias: bias)
  }

  /// p(x_0 | x_t) at a masked position of `sequence`.
  func probabilities(
    _ sequence: [Int32], position: Int, noiseLevel: Double = 0
  ) -> [Double] {
    let column = context(sequence[...], position: position)
    let values = weight.values
    return SubstitutionParameterization(maskID: maskID).probabilities(
      logits: (0..<vocabularySize).map {
        values[$0 * weight.width + column] * sharpness(Float(noiseLevel))
      })
  }
}
