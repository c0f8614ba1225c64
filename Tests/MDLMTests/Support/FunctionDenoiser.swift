@testable import MDLM

/// A denoiser whose logits are a function of the whole sequence, the position and the noise level.
final class FunctionDenoiser: Denoiser {
  typealias Logits =
    @Sendable (_ sequence: [Int32], _ position: Int, _ noiseLevel: Float) -> [Float]

  let vocabularySize: Int
  let length: Int
  let conditionsOnTime = true
  private let logits: Logits
  private let device = Device(threads: 1)

  init(vocabularySize: Int, length: Int, _ logits: @escaping Logits) {
    self.vocabularySize = vocabularySize
    self.length = length
    self.logits = logits
  }

  func features(
    _ tokens: [Int32], length: Int, noiseLevels: [Float], _ pass: ForwardPass
  ) -> Features {
    let values = tokens.indices.flatMap { row in
      let start = row / length * length
      return logits(
        Array(tokens[start..<start + length]), row % length, noiseLevels[row / length])
    }
    return Features(
      rows: Tensor(values, shape: [tokens.count, vocabularySize], on: device), conditioning: nil,
      selection: RowSelection(allOf: tokens.count / length, length: length), length: length)
  }

  func head(_ features: Features, rows: [Int32], _ pass: ForwardPass) -> OutputHead {
    let size = vocabularySize
    let identity = (0..<size * size).map { Float($0 % (size + 1) == 0 ? 1 : 0) }
    return OutputHead(
      input: features.rows.gatheringRows(rows),
      weight: Tensor(identity, shape: [size, size], on: device),
      bias: Tensor(repeating: 0, shape: [size], on: device))
  }
}
