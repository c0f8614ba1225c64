/// How far numbers are from what they should be, relative to the largest of these.
///
/// Single-precision sums lose digits relative to their largest terms, so small entries of a tensor
/// are judged by its largest magnitude, never by their own.
func relativeDeviation(_ found: [Float], _ expected: [Double]) -> Double {
  guard found.count == expected.count else { return .infinity }
  let largest = expected.reduce(0) { max($0, abs($1)) }
  let deviation = zip(found, expected).reduce(0.0) { largest, pair in
    let difference = abs(Double(pair.0) - pair.1)
    return difference.isNaN ? .infinity : max(largest, difference)
  }
  return deviation == 0 ? 0 : deviation / largest
}

func relativeDeviation(_ found: Double, _ expected: Double) -> Double {
  abs(found - expected) / abs(expected)
}
