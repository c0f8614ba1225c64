#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// Cosines and sines of rotary position embeddings (RoFormer, arXiv 2104.09864).
///
/// Position p turns the pair (j, j + d/2) of every head by the angle p · 10000^(−2j/d).
struct RotaryTable: Sendable {
  let headSize: Int
  /// `[length, headSize / 2]`.
  let cosine: [Float]
  let sine: [Float]

  init(length: Int, headSize: Int) {
    require(headSize % 2 == 0, "[RotaryTable] head size \(headSize) is odd")
    self.headSize = headSize
    let frequencies = Self.inverseFrequencies(headSize: headSize)
    var (cosine, sine) = ([Float](), [Float]())
    // A configuration may name a length that no memory holds twice.
    cosine.reserveCapacity(length * frequencies.count)
    sine.reserveCapacity(length * frequencies.count)
    for position in 0..<length {
      for frequency in frequencies {
        // Angles are rounded to single precision first, as the official code does.
        let angle = Double(Float(position) * frequency)
        cosine.append(Float(cos(angle)))
        sine.append(Float(sin(angle)))
      }
    }
    self.cosine = cosine
    self.sine = sine
  }

  /// 10000^(−2j/d) for j in 0 ..< d/2: the buffer `rotary_emb.inv_freq` of published checkpoints.
  static func inverseFrequencies(headSize: Int) -> [Float] {
    stride(from: 0, to: headSize, by: 2).map { j in
      let exponent = Float(j) / Float(headSize)
      return 1 / Float(pow(10000, Double(exponent)))
    }
  }
}
