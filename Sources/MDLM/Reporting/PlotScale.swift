#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// One axis without its place in a picture: which values it spans, and which of them are marked.
struct PlotScale {
  /// A value that is marked, and what stands there.
  struct Tick: Equatable {
    let value: Double
    let label: String
  }

  /// The values at its ends.
  let range: ClosedRange<Double>
  let ticks: [Tick]
  let isLogarithmic: Bool

  /// A linear axis from 0 to a round number that is not below `highest`.
  static func linear(to highest: Double) -> PlotScale {
    let highest = isPlain(highest) && highest > 0 ? highest : 1
    let step = roundStep(highest / 5)
    let limit = step * (highest / step).rounded(.up)
    return PlotScale(range: 0...limit, ticks: ticks(step, in: 0...limit), isLogarithmic: false)
  }

  /// A linear axis between round numbers around all of `values`, with room at both ends.
  static func linear(around values: [Double]) -> PlotScale {
    let values = values.filter(isPlain)
    let (least, greatest) = (values.min() ?? 0, values.max() ?? 1)
    // What is less than rounding makes is none.
    let difference = greatest - least
    let spread = difference > 1e-12 * max(abs(least), abs(greatest)) ? difference : 0
    let step = roundStep((spread > 0 ? spread : max(abs(greatest) / 5, 0.5)) / 4)
    let start = step * ((least / step).rounded(.down) - (spread > 0 ? 0 : 1))
    let end = step * ((greatest / step).rounded(.up) + (spread > 0 ? 0 : 1))
    let range = start...max(end, start + step)
    return PlotScale(range: range, ticks: ticks(step, in: range), isLogarithmic: false)
  }

  /// A logarithmic axis around all of `values` that are above 0, with room at both ends.
  ///
  /// It is marked at 1, 2 and 5 times powers of ten; where it spans decades, at these alone.
  static func logarithmic(around values: [Double]) -> PlotScale {
    let values = values.filter { isPlain($0) && $0 > 0 }
    let (least, greatest) = (values.min() ?? 1, values.max() ?? 10)
    // Never so narrow that fewer than two values are marked.
    let room = max(1.25, (5 * least / greatest).squareRoot())
    let range = least / room...greatest * room
    let factors: [Double] = greatest / least > 300 ? [1] : [1, 2, 5]
    let powers = Int(floor(log10(range.lowerBound)))...Int(ceil(log10(range.upperBound)))
    let marks = powers.flatMap { power in factors.map { $0 * pow(10, Double(power)) } }
    let ticks = marks.filter { range.contains($0) }.map { value in
      Tick(value: value, label: value.fixed(max(0, Int(-floor(log10(value) + 1e-9)))))
    }
    return PlotScale(range: range, ticks: ticks, isLogarithmic: true)
  }

  /// The same heights read in another unit, of which `unit` of this one make one.
  func read(in unit: Double) -> PlotScale {
    let (low, high) = (range.lowerBound / unit, range.upperBound / unit)
    let step = Self.roundStep((high - low) / 6)
    let others = Self.ticks(step, in: low...high).map { tick in
      Tick(value: tick.value * unit, label: tick.label)
    }
    return PlotScale(range: range, ticks: others, isLogarithmic: isLogarithmic)
  }

  /// A linear axis of shares from 0 to 1, marked in percent.
  static let shares = PlotScale(
    range: 0...1,
    ticks: stride(from: 0, through: 100, by: 20).map {
      Tick(value: Double($0) / 100, label: "\($0)")
    }, isLogarithmic: false)

  /// Where a value lies: 0 at the axis' start, 1 at its end.
  func place(_ value: Double) -> Double {
    func along(_ value: Double) -> Double { isLogarithmic ? log(value) : value }
    let (start, end) = (along(range.lowerBound), along(range.upperBound))
    return (along(value) - start) / (end - start)
  }

  /// Whether a value can be marked.
  ///
  /// Files may hold any number, and a scale divides and multiplies.
  private static func isPlain(_ value: Double) -> Bool {
    value == 0 || (1e-100...1e100).contains(value.magnitude)
  }

  /// The smallest of 1, 2 and 5 times a power of ten that is not below `value`.
  static func roundStep(_ value: Double) -> Double {
    let power = pow(10, floor(log10(value)))
    return ([1, 2, 5].first { $0 * power >= value } ?? 10) * power
  }

  /// The multiples of `step` in `range`, with as many decimals as the step has.
  static func ticks(_ step: Double, in range: ClosedRange<Double>) -> [Tick] {
    let decimals = max(0, Int(-floor(log10(step) + 1e-9)))
    let first = Int((range.lowerBound / step - 1e-9).rounded(.up))
    let last = Int((range.upperBound / step + 1e-9).rounded(.down))
    guard first <= last else { return [] }
    return (first...last).map { index in
      let value = Double(index) * step
      return Tick(value: value, label: value.fixed(decimals))
    }
  }
}
