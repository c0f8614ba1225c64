#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Causal attention and the norms of autoregressive networks in double precision, as plain loops.
extension DoubleTensor {
  /// y · weight / √(mean y² + 1e-5), row by row.
  func rootMeanSquareNormalized(weight: DoubleTensor) -> DoubleTensor {
    DoubleTensor(shape: shape) { row, column in
      let squares = (0..<width).reduce(0.0) { $0 + self[row, $1] * self[row, $1] }
      return self[row, column] / (squares / Double(width) + 1e-5).squareRoot()
        * weight.values[column]
    }
  }

  /// Layer normalization with a bias.
  func layerNormalized(
    weight: DoubleTensor, bias: DoubleTensor, epsilon: Double
  ) -> DoubleTensor {
    DoubleTensor(shape: shape) { row, column in
      let values = (0..<width).map { self[row, $0] }
      let mean = values.reduce(0, +) / Double(width)
      let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(width)
      return (self[row, column] - mean) / (variance + epsilon).squareRoot() * weight.values[column]
        + bias.values[column]
    }
  }

  /// Every pair (2j, 2j + 1) of every head turned by position · 10000^(−2j/size).
  func turnedInPairs(size: Int) -> DoubleTensor {
    DoubleTensor(shape: shape) { row, column in
      let pair = column % size / 2
      let angle = Double(row) * pow(10000, -2 * Double(pair) / Double(size))
      let (even, odd) = (self[row, column - column % 2], self[row, column - column % 2 + 1])
      return column % 2 == 0
        ? even * cos(angle) - odd * sin(angle) : even * sin(angle) + odd * cos(angle)
    }
  }

  /// What each row of these queries gathers from its own row and those before it.
  func attending(
    keys: DoubleTensor, values: DoubleTensor, heads: Int, keyHeads: Int
  ) -> DoubleTensor {
    let size = width / heads
    return DoubleTensor(shape: shape) { row, column in
      let shared = column / size * keyHeads / heads * size
      let head = column / size * size
      let scores = (0...row).map { key in
        (0..<size).reduce(0.0) { $0 + self[row, head + $1] * keys[key, shared + $1] }
          / Double(size).squareRoot()
      }
      let largest = scores.reduce(-.infinity, max)
      let weights = scores.map { exp($0 - largest) }
      let total = weights.reduce(0, +)
      return (0...row).reduce(0.0) {
        $0 + weights[$1] / total * values[$1, shared + column % size]
      }
    }
  }

  func adding(_ other: DoubleTensor) -> DoubleTensor {
    DoubleTensor(shape: shape) { self[$0, $1] + other[$0, $1] }
  }

  func times(_ other: DoubleTensor) -> DoubleTensor {
    DoubleTensor(shape: shape) { self[$0, $1] * other[$0, $1] }
  }

  var transposed: DoubleTensor {
    DoubleTensor(shape: [width, rows]) { self[$1, $0] }
  }
}
