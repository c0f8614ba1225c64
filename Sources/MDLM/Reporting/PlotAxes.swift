#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// Axes of a picture of nats against a share: where values lie, and the lines and words around.
///
/// The right axis reads the same heights in bits.
struct PlotAxes {
  static let width = 760.0
  static let height = 460.0
  static let left = 68.0
  static let right = width - 68
  private static let top = 94.0
  private static let bottom = height - 62

  /// The greatest value on the left axis.
  private let limit: Double
  private let step: Double

  /// Axes from 0 to a round number that is not below `highest`.
  init(highest: Double) {
    let highest = highest > 0 ? highest : 1
    step = Self.roundStep(highest / 5)
    limit = step * (highest / step).rounded(.up)
  }

  /// The smallest of 1, 2 and 5 times a power of ten that is not below `value`.
  private static func roundStep(_ value: Double) -> Double {
    let power = pow(10, floor(log10(value)))
    return ([1, 2, 5].first { $0 * power >= value } ?? 10) * power
  }

  func x(_ share: Double) -> Double { Self.left + (Self.right - Self.left) * share }

  func y(_ nats: Double) -> Double { Self.bottom - (Self.bottom - Self.top) * nats / limit }

  /// `x,y` as SVG writes it.
  func point(_ share: Double, _ nats: Double) -> String {
    "\(x(share).fixed(1)),\(y(nats).fixed(1))"
  }

  /// Grid, ticks and titles.
  var elements: [String] {
    ticks(step, to: limit).flatMap { value in
      let y = y(value).fixed(1)
      return [
        line("grid", Self.left, y, Self.right, y),
        text(label(value, step), "tick", Self.left - 8, y, anchor: "end", shift: "0.35em"),
      ]
    } + bits + shares
      + [
        title("cross-entropy of a masked token (nats)", x: 20, angle: -90),
        title("(bits)", x: Self.width - 18, angle: 90),
        text(
          "masked share of the row (%)", "", (Self.left + Self.right) / 2,
          (Self.height - 18).fixed(1), anchor: "middle"),
      ]
  }

  private var bits: [String] {
    let limit = limit / log(2)
    let step = Self.roundStep(limit / 6)
    return ticks(step, to: limit).flatMap { value in
      let y = y(value * log(2)).fixed(1)
      return [
        line("axis", Self.right, y, Self.right + 4, y),
        text(label(value, step), "tick", Self.right + 8, y, anchor: "start", shift: "0.35em"),
      ]
    }
  }

  private var shares: [String] {
    let bottom = Self.bottom.fixed(1)
    return stride(from: 0, through: 100, by: 20).flatMap { percent in
      let x = x(Double(percent) / 100)
      return [
        line("axis", x, bottom, x, (Self.bottom + 5).fixed(1)),
        text("\(percent)", "tick", x, (Self.bottom + 20).fixed(1), anchor: "middle"),
      ]
    } + [line("axis", Self.left, bottom, Self.right, bottom)]
  }

  private func ticks(_ step: Double, to limit: Double) -> [Double] {
    (0...Int((limit / step + 1e-9).rounded(.down))).map { Double($0) * step }
  }

  /// As many decimals as the step has.
  private func label(_ value: Double, _ step: Double) -> String {
    value.fixed(max(0, Int(-floor(log10(step) + 1e-9))))
  }

  private func line(_ kind: String, _ x1: Double, _ y1: String, _ x2: Double, _ y2: String)
    -> String
  {
    """
    <line class="\(kind)" x1="\(x1.fixed(1))" y1="\(y1)" x2="\(x2.fixed(1))" y2="\(y2)"/>
    """
  }

  private func text(
    _ words: String, _ kind: String, _ x: Double, _ y: String, anchor: String, shift: String = "0"
  ) -> String {
    """
    <text class="\(kind)" x="\(x.fixed(1))" y="\(y)" dy="\(shift)" text-anchor="\(anchor)">\
    \(words)</text>
    """
  }

  /// The title of an upright axis.
  private func title(_ words: String, x: Double, angle: Int) -> String {
    let y = ((Self.top + Self.bottom) / 2).fixed(1)
    return """
      <text x="\(x.fixed(1))" y="\(y)" text-anchor="middle" \
      transform="rotate(\(angle) \(x.fixed(1)) \(y))">\(words)</text>
      """
  }
}

extension Double {
  /// The number with so many decimals, the same everywhere, whatever the locale.
  func fixed(_ digits: Int) -> String {
    let unit = pow(10, Double(digits))
    guard let scaled = Int(exactly: (magnitude * unit).rounded()) else { return "\(self)" }
    let decimals = String(scaled % Int(unit))
    let sign = self < 0 && scaled > 0 ? "-" : ""
    let whole = sign + String(scaled / Int(unit))
    return digits == 0
      ? whole
      : whole + "." + String(repeating: "0", count: digits - decimals.count) + decimals
  }
}
