extension PlotScale {
  /// A linear axis that ends at the last step, marked at round numbers.
  static func steps(to last: Int) -> PlotScale {
    let limit = Double(max(1, last))
    let ticks = ticks(max(1, roundStep(limit / 8)), in: 0...limit).map { tick in
      Tick(value: tick.value, label: Self.short(tick.value))
    }
    return PlotScale(range: 0...limit, ticks: ticks, isLogarithmic: false)
  }

  /// A linear axis from 0 that ends at `highest`, whatever its unit.
  static func amounts(to highest: Double) -> PlotScale {
    let scale = linear(to: highest)
    let ticks = scale.ticks.map { Tick(value: $0.value, label: short($0.value)) }
    return PlotScale(range: scale.range, ticks: ticks, isLogarithmic: false)
  }

  /// A linear axis around most of `values`: of many, a few of the outermost may lie beyond.
  ///
  /// - Parameters:
  ///   - values: What may lie beyond.
  ///   - inner: What may not.
  /// - Returns: An axis with narrow room at its ends.
  static func linear(aroundMost values: [Double], andAll inner: [Double]) -> PlotScale {
    let sorted = values.filter(\.isFinite).sorted()
    let cut = min((sorted.count + 100) / 200, 10 + sorted.count / 2000)
    let shown = sorted.dropFirst(cut).dropLast(cut) + inner.filter(\.isFinite)
    guard let least = shown.min(), let greatest = shown.max(),
      greatest - least > 1e-6 * max(abs(least), abs(greatest))
    else { return linear(around: Array(shown.prefix(1))) }
    let step = roundStep((greatest - least) / 7)
    let (start, end) = ((least / step).rounded(.down), (greatest / step).rounded(.up))
    let range = step * start...step * max(end, start + 1)
    return PlotScale(range: range, ticks: ticks(step, in: range), isLogarithmic: false)
  }

  /// `1500` as `1.5k`; as many digits as it takes to tell round numbers apart.
  private static func short(_ value: Double) -> String {
    for (unit, name) in [(1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k")] where value >= unit {
      let scaled = value / unit
      let digits = scaled == scaled.rounded() ? 0 : (10 * scaled) == (10 * scaled).rounded() ? 1 : 2
      return scaled.fixed(digits) + name
    }
    return value == value.rounded() ? value.fixed(0) : "\(value)"
  }
}

extension Int {
  /// The number with commas between its thousands, from 10,000 on.
  var grouped: String {
    let digits = String(self)
    guard self >= 10_000 else { return digits }
    let head = digits.count % 3
    return digits.enumerated().reduce(into: "") { text, digit in
      if digit.offset > 0, digit.offset % 3 == head { text += "," }
      text.append(digit.element)
    }
  }
}
