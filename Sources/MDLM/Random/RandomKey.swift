/// What a random number is for; numbers of different streams never meet.
public enum RandomStream: UInt32, Sendable {
  case initialization = 1
  case order = 2
  case times = 3
  case masks = 4
  case attentionDropout = 5
  case feedForwardDropout = 6
  case reveals = 7
  case tokens = 8
  case strata = 9
  case evaluationTimes = 10
  case evaluationMasks = 11
  case maskCounts = 12
  case maskRanks = 13
  case revealOrder = 14
  case publishedNoise = 15
}

/// The address of a family of random numbers: a seed, a stream and a step.
///
/// A number is a pure function of its address, its row and its position (Philox4x32-10), so draws
/// depend on neither the number of threads nor how a batch is split, and resuming needs no state.
public struct RandomKey: Sendable, Equatable {
  public let seed: UInt64
  public let stream: RandomStream
  /// The optimizer step, the replicate of an evaluation or the step of a sampler.
  public let step: UInt32

  public init(seed: UInt64, stream: RandomStream, step: Int = 0) {
    self.seed = seed
    self.stream = stream
    self.step = UInt32(truncatingIfNeeded: step)
  }

  var words: SIMD2<UInt32> {
    SIMD2(UInt32(truncatingIfNeeded: seed), UInt32(truncatingIfNeeded: seed >> 32))
  }

  /// Returns 64 random bits for one position of one row.
  public func bits(row: Int, position: Int = 0) -> UInt64 {
    let four = philox(
      SIMD4(
        UInt32(truncatingIfNeeded: position), UInt32(truncatingIfNeeded: row), step,
        stream.rawValue),
      key: words)
    return UInt64(four.x) | UInt64(four.y) << 32
  }

  /// Returns a number in [0, 1) with 53 random bits for one position of one row.
  public func uniform(row: Int, position: Int = 0) -> Double {
    Double(bits(row: row, position: position) >> 11) * 0x1p-53
  }

  /// The numbers of one row as a sequence, for shuffles and initial values.
  public func generator(row: Int = 0) -> RandomSequence { RandomSequence(key: self, row: row) }
}

/// The random numbers of one row of a ``RandomKey``, position by position.
public struct RandomSequence: RandomNumberGenerator, Sendable {
  let key: RandomKey
  let row: Int
  private var position = 0

  init(key: RandomKey, row: Int) {
    self.key = key
    self.row = row
  }

  public mutating func next() -> UInt64 {
    defer { position += 1 }
    return key.bits(row: row, position: position)
  }

  /// Returns the next number in [0, 1).
  public mutating func nextUniform() -> Double { Double(next() >> 11) * 0x1p-53 }
}
