#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// One chart of a page about runs: a figure with axes, lines, marks and a legend.
///
/// Lines stretch with the page while words and strokes keep their size, so words are no part of the
/// SVG: they stand around it, at shares of its width and height.
struct RunChart {
  /// A word for the script, with letters only.
  let id: String
  let title: String
  /// What there is to say beyond the legend.
  var note = ""
  let horizontal: PlotScale
  /// What the values below are.
  var horizontalTitle = "step"
  let vertical: PlotScale
  var series: [ChartSeries]
  var marks: [ChartMark] = []
  /// A value with a dashed line of its own, and what it is.
  var level: (value: Double, name: String)?
  /// Whether the chart takes the whole width of the page.
  var isWide = false
  /// A legend in place of the names of the series.
  var legend: String?

  /// Columns that points are thinned to in charts of half the page's width and of all of it.
  static let columns = 300
  static let wideColumns = 600

  /// The chart with everything around it, as far as there is something to show.
  var figure: String {
    guard series.contains(where: { !$0.isEmpty }) else { return "" }
    let label = "\(title), over \(horizontalTitle)"
    return """
      <figure class="chart\(isWide ? " wide" : "")">
      <figcaption><b>\(title.escapedForMarkup)</b> \(legend ?? seriesLegend)\(isWide ? markLegend : "")\
      \(note.isEmpty ? "" : "<span class=\"note\">\(note.escapedForMarkup)</span>")</figcaption>
      <div class="plot" id="\(id)">
      <svg viewBox="0 0 \(Self.size) \(Self.size)" preserveAspectRatio="none" role="img" \
      aria-label="\(label.escapedForMarkup)">
      \(([grid, levelLine] + markLines + lines).filter { !$0.isEmpty }.joined(separator: "\n"))
      </svg>
      \(ticks)
      </div>
      </figure>
      """
  }

  /// What the script tells about the point under the pointer.
  var data: JSONValue {
    [
      "id": .string(id), "x": .string(horizontalTitle),
      "from": .number(horizontal.range.lowerBound), "to": .number(horizontal.range.upperBound),
      "low": .number(vertical.range.lowerBound), "high": .number(vertical.range.upperBound),
      "log": .boolean(vertical.isLogarithmic),
      "series": .array(series.filter { !$0.name.isEmpty }.map(\.json)),
    ]
  }

  // MARK: Lines

  private static let size = 1000

  private func x(_ value: Double) -> String { (1000 * horizontal.place(value)).fixed(1) }

  /// Values beyond the axis lie on its end.
  private func y(_ value: Double) -> String {
    (1000 * (1 - min(1, max(0, vertical.place(value))))).fixed(1)
  }

  private var grid: String {
    let lines = vertical.ticks.map { "M0 \(y($0.value))H1000" }.joined()
    return #"<path class="grid" d="\#(lines)"/>"#
  }

  private var levelLine: String {
    guard let level, vertical.range.contains(level.value) else { return "" }
    return #"<path class="level" d="M0 \#(y(level.value))H1000"/>"#
  }

  private var lines: [String] {
    series.filter { !$0.isEmpty }.flatMap { series -> [String] in
      switch series.form {
      case .line:
        // One value alone would be a line without length.
        guard series.points.count > 1 else { return [dots(series)] }
        let places = series.points.map { "\(x($0.x)) \(y($0.y))" }
        return [#"<path class="line \#(series.kind)" d="M\#(places.joined(separator: "L"))"/>"#]
      case .dots: return [intervals(series), dots(series)]
      }
    }
  }

  /// Lines of no length with round ends, which stay round however the picture is stretched.
  private func dots(_ series: ChartSeries) -> String {
    let places = series.points.map { "M\(x($0.x)) \(y($0.y))h0" }
    return #"<path class="dot \#(series.kind)" d="\#(places.joined())"/>"#
  }

  private func intervals(_ series: ChartSeries) -> String {
    let lines = series.points.compactMap { point in
      point.halfInterval.map { "M\(x(point.x)) \(y(point.y - $0))V\(y(point.y + $0))" }
    }
    return lines.isEmpty
      ? "" : #"<path class="interval \#(series.kind)" d="\#(lines.joined())"/>"#
  }

  /// Marks that fall in one column share a line.
  private var markLines: [String] {
    let columnCount = isWide ? Self.wideColumns : Self.columns
    return ChartMark.Kind.allCases.compactMap { kind in
      let own = marks.filter { $0.kind == kind }
      let columns = Set(own.map { Int(Double(columnCount) * horizontal.place(Double($0.step))) })
      let height = kind == .resumed ? 1000 : 45
      let lines = columns.sorted().map { column in
        "M\((1000 * Double(column) / Double(columnCount)).fixed(1)) 0v\(height)"
      }
      return lines.isEmpty
        ? nil : #"<path class="mark \#(kind.rawValue)" d="\#(lines.joined())"/>"#
    }
  }

  // MARK: Words

  private var ticks: String {
    let left = vertical.ticks.map { tick in
      let place = (100 * (1 - vertical.place(tick.value))).fixed(2)
      return #"<span class="tick y" style="top:\#(place)%">\#(tick.label)</span>"#
    }
    let below = horizontal.ticks.map { tick in
      let place = (100 * horizontal.place(tick.value)).fixed(2)
      return #"<span class="tick x" style="left:\#(place)%">\#(tick.label)</span>"#
    }
    return (left + below + [#"<span class="axis">\#(horizontalTitle.escapedForMarkup)</span>"#])
      .joined()
  }

  private var seriesLegend: String {
    let shown = series.filter { !$0.isEmpty && !$0.name.isEmpty }
    let names = shown.map { key($0.kind + ($0.form == .dots ? " dots" : ""), $0.name) }
    let levels = level.map { [key("level", $0.name)] } ?? []
    return shown.count + levels.count > 1 ? (names + levels).joined(separator: " ") : ""
  }

  private var markLegend: String {
    ChartMark.Kind.allCases.map { kind in
      let count = marks.count { $0.kind == kind }
      return count == 0 ? "" : " " + key("mark \(kind.rawValue)", "\(kind.name) (\(count))")
    }.joined()
  }

  private func key(_ kind: String, _ name: String) -> String {
    #"<span class="key"><i class="\#(kind)"></i>\#(name.escapedForMarkup)</span>"#
  }
}

extension ChartSeries {
  /// Name, classes and points in the shape that the script works with.
  fileprivate var json: JSONValue {
    [
      "name": .string(name), "kind": .string(kind),
      "points": .array(
        points.map { point in
          let values = [point.x, point.y] + (point.halfInterval.map { [$0] } ?? [])
          return .array(values.map { .number($0.shortened) })
        }),
    ]
  }
}

extension Double {
  /// The number as it is written with five digits, which is all that a picture shows; whole numbers
  /// keep theirs.
  var shortened: String {
    if self == rounded(), magnitude < 1e15 { return fixed(0) }
    let exponent = magnitude > 0 ? Int(floor(log10(magnitude))) : 0
    guard (-6...4).contains(exponent) else { return "\(self)" }
    var text = fixed(4 - exponent)
    while text.last == "0" { text.removeLast() }
    if text.last == "." { text.removeLast() }
    return text
  }
}
