#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The oracle: the network's operations in double precision, as plain loops straight from their
/// definitions, sharing nothing with the library.
struct DoubleTensor {
  var shape: [Int]
  var values: [Double]

  init(shape: [Int], values: [Double]) {
    self.shape = shape
    self.values = values
  }

  init(shape: [Int], _ value: (_ row: Int, _ column: Int) -> Double) {
    let width = shape[shape.count - 1]
    let rows = shape.dropLast().reduce(1, *)
    self.shape = shape
    values = (0..<rows).flatMap { row in (0..<width).map { value(row, $0) } }
  }

  var width: Int { shape.last ?? 1 }
  var rows: Int { width == 0 ? 0 : values.count / width }

  subscript(row: Int, column: Int) -> Double { values[row * width + column] }

  func map(_ f: (Double) -> Double) -> DoubleTensor {
    DoubleTensor(shape: shape, values: values.map(f))
  }

  func sum() -> DoubleTensor { DoubleTensor(shape: [], values: [values.reduce(0, +)]) }

  /// Combines elements; missing leading axes and axes of length 1 repeat.
  func combined(
    with other: DoubleTensor, shape: [Int], _ f: (Double, Double) -> Double
  ) -> DoubleTensor {
    let count = shape.reduce(1, *)
    let values = (0..<count).map { index -> Double in
      var (rest, place) = (index, [Int](repeating: 0, count: shape.count))
      for axis in shape.indices.reversed() {
        place[axis] = rest % shape[axis]
        rest /= shape[axis]
      }
      return f(self.value(at: place), other.value(at: place))
    }
    return DoubleTensor(shape: shape, values: values)
  }

  private func value(at place: [Int]) -> Double {
    var index = 0
    for (axis, length) in shape.enumerated() {
      index = index * length + (length == 1 ? 0 : place[place.count - shape.count + axis])
    }
    return values[index]
  }

  /// x · weightᵀ + bias.
  func linear(_ weight: DoubleTensor, bias: DoubleTensor? = nil) -> DoubleTensor {
    DoubleTensor(shape: shape.dropLast() + [weight.shape[0]]) { row, column in
      var sum = bias?.values[column] ?? 0
      for k in 0..<width { sum += self[row, k] * weight[column, k] }
      return sum
    }
  }

  func silu() -> DoubleTensor { map { $0 / (1 + exp(-$0)) } }

  func gelu() -> DoubleTensor {
    map { 0.5 * $0 * (1 + tanh((2 / Double.pi).squareRoot() * ($0 + 0.044715 * $0 * $0 * $0))) }
  }

  func gatheringRows(_ indices: [Int32]) -> DoubleTensor {
    DoubleTensor(shape: [indices.count, width]) { self[Int(indices[$0]), $1] }
  }

  /// Columns `chunk · width ..< (chunk + 1) · width`.
  func columns(chunk: Int, width: Int) -> DoubleTensor {
    DoubleTensor(shape: [rows, width]) { self[$0, chunk * width + $1] }
  }

  /// Layer normalization, then y · (1 + scale) + shift with one shift and scale for each group of
  /// rows.
  func normalized(
    weight: DoubleTensor, shift: DoubleTensor? = nil, scale: DoubleTensor? = nil,
    group: (Int) -> Int = { _ in 0 }
  ) -> DoubleTensor {
    let statistics = (0..<rows).map { row -> (mean: Double, deviation: Double) in
      let row = values[row * width..<(row + 1) * width]
      let mean = row.reduce(0, +) / Double(width)
      let variance = row.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(width)
      return (mean, (variance + 1e-5).squareRoot())
    }
    return DoubleTensor(shape: shape) { row, column in
      let (mean, deviation) = statistics[row]
      let y = (self[row, column] - mean) / deviation * weight.values[column]
      return y * (1 + (scale?[group(row), column] ?? 0)) + (shift?[group(row), column] ?? 0)
    }
  }

  /// self + gate · branch, with one gate for each group of rows.
  func adding(
    _ branch: DoubleTensor, gate: DoubleTensor, group: (Int) -> Int
  ) -> DoubleTensor {
    DoubleTensor(shape: shape) { self[$0, $1] + gate[group($0), $1] * branch[$0, $1] }
  }

  /// Multi-head attention with rotary positions over q | k | v columns, where a query at one position
  /// has the keys at others for which `sees` says so.
  func selfAttention(
    length: Int, heads: Int, sees: (_ query: Int, _ key: Int) -> Bool = { _, _ in true }
  ) -> DoubleTensor {
    let (width, size) = (self.width / 3, self.width / 3 / heads)
    let rotated = rotated(length: length, size: size)
    func value(_ part: Int, _ row: Int, _ head: Int, _ column: Int) -> Double {
      rotated[row, part * width + head * size + column]
    }
    var result = DoubleTensor(shape: [rows, width]) { _, _ in 0 }
    for row in 0..<rows {
      let keys = (row / length * length..<(row / length + 1) * length).filter {
        sees(row % length, $0 % length)
      }
      for head in 0..<heads {
        let scores = keys.map { key in
          (0..<size).reduce(0) { $0 + value(0, row, head, $1) * value(1, key, head, $1) }
            / Double(size).squareRoot()
        }
        let largest = scores.reduce(-.infinity, max)
        let weights = scores.map { exp($0 - largest) }
        let total = weights.reduce(0, +)
        for column in 0..<size {
          result.values[row * width + head * size + column] =
            zip(keys, weights).reduce(0) { $0 + $1.1 / total * value(2, $1.0, head, column) }
        }
      }
    }
    return result
  }

  /// q and k with pairs (j, j + size/2) of every head turned by position · 10000^(−2j/size).
  private func rotated(length: Int, size: Int) -> DoubleTensor {
    DoubleTensor(shape: shape) { row, column in
      guard column < 2 * width / 3 else { return self[row, column] }
      let (j, half) = (column % size, size / 2)
      let angle = Double(row % length) * pow(10000, -2 * Double(j % half) / Double(size))
      let partner = self[row, j < half ? column + half : column - half]
      return self[row, column] * cos(angle) + (j < half ? -partner : partner) * sin(angle)
    }
  }

  /// −log softmax(logits)[target] of every row, with the column `excluded` left out.
  func crossEntropies(targets: [Int32], excluded: Int?) -> [Double] {
    (0..<rows).map { row in
      let scores = (0..<width).filter { $0 != excluded }.map { self[row, $0] }
      let largest = scores.reduce(-.infinity, max)
      let sum = scores.reduce(0) { $0 + exp($1 - largest) }
      return largest + log(sum) - self[row, Int(targets[row])]
    }
  }
}
