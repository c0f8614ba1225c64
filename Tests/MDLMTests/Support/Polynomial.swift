import Testing

/// A polynomial without a constant, which stands for the cross-entropy as a function of the masked share.
struct Polynomial: Sendable, CustomTestStringConvertible {
  /// The factors of m, m², ….
  let coefficients: [Double]

  var testDescription: String { "\(coefficients)" }

  /// A constant entropy for each mask, ever more for a mask among others, and two that bend.
  static let bounds = [[1], [0, 2], [1, -1, 0.5], [3, -3, 1]].map(Polynomial.init)

  func value(at argument: Double) -> Double {
    coefficients.reversed().reduce(0) { ($0 + $1) * argument }
  }

  /// ∫ g(m)/m dm.
  func integralOverArgument(from low: Double, to high: Double) -> Double {
    var (lows, highs, sum) = (1.0, 1.0, 0.0)
    for (index, coefficient) in coefficients.enumerated() {
      (lows, highs) = (lows * low, highs * high)
      sum += coefficient * (highs - lows) / Double(index + 1)
    }
    return sum
  }

  /// The integral of a smooth function over [0, 1], by the three-point rule of Gauss in many panels.
  static func integral(_ function: (Double) -> Double) -> Double {
    let panels = 4000
    let offset = 0.6.squareRoot() / 2
    return (0..<panels).reduce(0) { sum, panel in
      let values = [-offset, 0, offset].map {
        function((Double(panel) + 0.5 + $0) / Double(panels))
      }
      return sum + (5 * (values[0] + values[2]) + 8 * values[1]) / (18 * Double(panels))
    }
  }
}
