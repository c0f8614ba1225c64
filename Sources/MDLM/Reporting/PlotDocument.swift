#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// The SVG around a picture: a document that needs nothing else and follows the reader's light or
/// dark colours.
struct PlotDocument {
  let width: Double
  let height: Double
  let title: String
  /// What the picture shows, for readers who do not see it.
  let description: String
  /// A hue for every series of the picture, beyond the first one that all pictures have.
  var series: [Hue] = []

  /// A colour on a light page and on a dark one.
  struct Hue {
    let light: String
    let dark: String
  }

  /// The whole document around `elements`.
  func svg(_ elements: [String]) -> String {
    ([opening, style] + elements + ["</svg>"]).filter { !$0.isEmpty }.joined(separator: "\n")
      + "\n"
  }

  private var opening: String {
    """
    <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(width.fixed(0)) \(height.fixed(0))" \
    role="img" aria-labelledby="title description">
    <title id="title">\(Self.escaped(title))</title>
    <desc id="description">\(Self.escaped(description))</desc>
    """
  }

  // Colours stand as they are: readers outside browsers know no variables and would paint it black.
  private var style: String {
    let light = Self.colours(
      page: "#ffffff", ink: "#1f2328", quiet: "#59636e", grid: "#d8dee4", hue: "#0969da")
    let dark = Self.colours(
      page: "#0d1117", ink: "#f0f6fc", quiet: "#9198a1", grid: "#30363d", hue: "#4493f8")
    return """
      <style>
      svg { font: 13px system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif; }
      .title { font-size: 17px; font-weight: 600; }
      .note, .tick { font-size: 12px; }
      .band { fill-opacity: 0.2; }
      .line { fill: none; stroke-width: 2; stroke-linejoin: round; }
      .level { stroke-dasharray: 5 4; }
      .error { stroke-width: 1; }
      \((light + rules(\.light)).joined(separator: "\n"))
      @media (prefers-color-scheme: dark) {
      \((dark + rules(\.dark)).joined(separator: "\n"))
      }
      </style>
      <rect class="page" width="100%" height="100%"/>
      """
  }

  private static func colours(
    page: String, ink: String, quiet: String, grid: String, hue: String
  ) -> [String] {
    [
      ".page { fill: \(page); }", "text { fill: \(ink); }", ".note, .tick { fill: \(quiet); }",
      ".grid { stroke: \(grid); }", ".axis, .level { stroke: \(quiet); }",
      ".band { fill: \(hue); }", ".line { stroke: \(hue); }",
      ".point { fill: \(hue); stroke: \(page); }",
    ]
  }

  /// The rules of the classes `series0`, `series1` and so on.
  private func rules(_ colour: KeyPath<Hue, String>) -> [String] {
    series.enumerated().flatMap { index, hue in
      [
        ".line.series\(index) { stroke: \(hue[keyPath: colour]); }",
        ".point.series\(index) { fill: \(hue[keyPath: colour]); }",
      ]
    }
  }

  /// Text as the content of an element.
  static func escaped(_ text: String) -> String {
    text.replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing(">", with: "&gt;")
  }
}

extension Double {
  /// The number with so many decimals, the same everywhere, whatever the locale.
  ///
  /// Numbers too large for that many decimals, and decimals that no whole number holds, come out as
  /// Swift prints them.
  func fixed(_ digits: Int) -> String {
    let unit = pow(10, Double(digits))
    guard unit < 1e18, let scaled = Int(exactly: (magnitude * unit).rounded()) else {
      return "\(self)"
    }
    let decimals = String(scaled % Int(unit))
    let sign = self < 0 && scaled > 0 ? "-" : ""
    let whole = sign + String(scaled / Int(unit))
    return digits == 0
      ? whole
      : whole + "." + String(repeating: "0", count: digits - decimals.count) + decimals
  }
}
