/// Numbers as people read them; the same everywhere, whatever the locale.
package enum NumberFormat {
  /// A count in three digits: `999`, `12.3k`, `1.23M`, `4.56G`, `7.89T`.
  package static func count(_ value: Double) -> String {
    guard value.isFinite else { return fixed(value, digits: 0) }
    if value.magnitude < 999.5 { return fixed(value, digits: 0) }
    var scaled = value
    var unit = ""
    for next in ["k", "M", "G", "T"] where scaled.magnitude >= 999.5 {
      scaled /= 1000
      unit = next
    }
    let digits = scaled.magnitude < 9.995 ? 2 : scaled.magnitude < 99.95 ? 1 : 0
    return fixed(scaled, digits: digits) + unit
  }

  /// A span of time in its two largest units: `5s`, `4m 05s`, `1h 02m`, `3d 04h`, and years alone
  /// from two on.
  package static func duration(_ duration: Duration) -> String {
    let seconds = max(0, Int((duration / .seconds(1)).rounded()))
    let (minutes, hours) = (seconds / 60, seconds / 3600)
    if minutes == 0 { return "\(seconds)s" }
    if hours == 0 { return "\(minutes)m \(padded(seconds % 60))s" }
    if hours < 24 { return "\(hours)h \(padded(minutes % 60))m" }
    let days = hours / 24
    return days < 730 ? "\(days)d \(padded(hours % 24))h" : "\(days / 365) years"
  }

  /// Throughput: `12.3k tok/s`.
  package static func tokensPerSecond(_ rate: Double) -> String { count(rate) + " tok/s" }

  /// A number with `digits` decimals, rounded half away from zero: `fixed(2.5, digits: 2)` is `2.50`.
  ///
  /// Numbers too large for that many decimals come out as Swift prints them.
  package static func fixed(_ value: Double, digits: Int) -> String {
    guard !value.isNaN else { return "nan" }
    let unit = (0..<digits).reduce(1) { power, _ in power * 10 }
    guard let scaled = Int(exactly: (value.magnitude * Double(unit)).rounded()) else {
      return "\(value)"
    }
    let sign = value < 0 && scaled > 0 ? "-" : ""
    let decimals = String(scaled % unit)
    return digits == 0
      ? "\(sign)\(scaled)"
      : sign + "\(scaled / unit)." + String(repeating: "0", count: digits - decimals.count)
        + decimals
  }

  /// Two significant digits and a power of ten: `3.0e-3`.
  package static func scientific(_ value: Double) -> String {
    guard value.isFinite, value != 0 else { return "\(value == 0 ? "0" : "\(value)")" }
    // Tens are divided out one by one: no power of ten leaves the range of a number so.
    var (scaled, exponent) = (value.magnitude, 0)
    while scaled >= 9.95 { (scaled, exponent) = (scaled / 10, exponent + 1) }
    while scaled < 0.995 { (scaled, exponent) = (scaled * 10, exponent - 1) }
    return "\(value < 0 ? "-" : "")\(fixed(scaled, digits: 1))e\(exponent)"
  }

  private static func padded(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
