import Synchronization

@testable import MDLM

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// A denoiser that looks its logits up by the whole noised sequence, so that everything about its
/// samples can be enumerated.
final class TableDenoiser: Denoiser {
  let vocabularySize: Int
  let length: Int
  let conditionsOnTime: Bool
  let maskID: Int32
  /// Sequences that it was called for.
  let sequencesSeen = Atomic(0)
  /// `[contexts, vocabulary]`, one row for every position of every sequence.
  private let table: [Float]
  private let identity: Tensor

  /// Makes a table of random logits.
  ///
  /// `vocabularySize` includes the mask, the last id; its logits are the largest of all, and must
  /// not matter but for D3PM. With `conditionsOnTime` logits are sharper the less noise there is.
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
    for context in 0..<contexts { table[(context + 1) * vocabularySize - 1] = 5 }
    self.table = table
    identity = Tensor(
      (0..<vocabularySize * vocabularySize).map { $0 % (vocabularySize + 1) == 0 ? 1 : 0 },
      shape: [vocabularySize, vocabularySize], on: device)
  }

  /// What logits are multiplied with.
  private func sharpness(_ noiseLevel: Float) -> Float {
    conditionsOnTime ? 0.3 + 2 / (1 + noiseLevel) : 1
  }

  /// The logits for one position of a sequence.
  private func logits(
    _ sequence: ArraySlice<Int32>, position: Int, noiseLevel: Float
  ) -> [Float] {
    let context = sequence.reduce(position) { $0 * vocabularySize + Int($1) }
    return table[context * vocabularySize..<(context + 1) * vocabularySize].map {
      $0 * sharpness(noiseLevel)
    }
  }

  func features(
    _ tokens: [Int32], length: Int, noiseLevels: [Float], _ pass: ForwardPass
  ) -> Features {
    sequencesSeen.add(tokens.count / length, ordering: .relaxed)
    let logits = tokens.indices.flatMap { row in
      let start = row / length * length
      return self.logits(
        tokens[start..<start + length], position: row % length,
        noiseLevel: noiseLevels[row / length])
    }
    return Features(
      rows: Tensor(logits, shape: [tokens.count, vocabularySize], on: identity.device),
      conditioning: Tensor(repeating: 0, shape: [1, 1], on: identity.device),
      selection: RowSelection(allOf: tokens.count / length, length: length), length: length)
  }

  func head(_ features: Features, rows: [Int32], _ pass: ForwardPass) -> OutputHead {
    OutputHead(
      input: features.rows.gatheringRows(rows), weight: identity,
      bias: Tensor(repeating: 0, shape: [vocabularySize], on: identity.device))
  }

  /// Σ e^logit over all tokens but the mask, and e^logit of the mask.
  func weights(
    _ sequence: [Int32], position: Int, noiseLevel: Double = 0
  ) -> (tokens: Double, mask: Double) {
    let weights = logits(sequence[...], position: position, noiseLevel: Float(noiseLevel))
      .map { exp(Double($0)) }
    return (weights.dropLast().reduce(0, +), weights.last ?? 0)
  }

  /// p(x_0 | x_t) at a masked position of `sequence`.
  func probabilities(
    _ sequence: [Int32], position: Int, noiseLevel: Double = 0
  ) -> [Double] {
    SubstitutionParameterization(maskID: maskID).probabilities(
      logits: logits(sequence[...], position: position, noiseLevel: Float(noiseLevel)))
  }
}
