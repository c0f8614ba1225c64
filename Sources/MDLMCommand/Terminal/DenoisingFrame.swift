import MDLM

/// The rows of a terminal that show a sequence with masks, the newest tokens brightest.
struct DenoisingFrame {
  /// Rows with their escape codes, none wider than the terminal.
  let rows: [String]
  /// How many columns each row takes.
  let widths: [Int]
  /// Which rows of the text are shown, counted from 0.
  let shown: Range<Int>
  /// How many rows the text has.
  let total: Int

  /// - Parameters:
  ///   - texts: What every place shows; `░` for masks.
  ///   - ages: For every place how many frames ago its token appeared; nil for old ones.
  ///   - columns: The widest that a row may be.
  ///   - limit: The most rows to show.
  ///   - usesColor: Whether to use colours, or bold alone.
  init(texts: [String], ages: [Int?], columns: Int, limit: Int, usesColor: Bool) {
    let layout = TokenLayout(texts, columns: max(1, columns))
    total = layout.lineCount
    shown = Self.window(layout, texts, limit: limit)
    var lines = [[TokenLayout.Cell]](repeating: [], count: shown.count)
    for cell in layout.cells where shown.contains(cell.line) {
      lines[cell.line - shown.lowerBound].append(cell)
    }
    rows = lines.map { cells in
      var row = StyledRow()
      for cell in cells {
        row.pad(to: cell.column)
        let isMask = texts[cell.place] == "░"
        // The sign of a line end, which is no part of the text, is the last of its cell.
        let endsLine = cell.text.last == "⏎"
        let style = Self.style(ages[cell.place], usesColor: usesColor)
        row.add(
          String(cell.text.dropLast(endsLine ? 1 : 0)),
          style: isMask ? Self.quiet(usesColor) : style)
        if endsLine { row.add("⏎", style: Self.quiet(usesColor)) }
      }
      return row.text
    }
    widths = lines.map { cells in cells.last.map { $0.column + $0.width } ?? 0 }
  }

  /// The rows around the first mask where not all fit: what happens in order happens there.
  private static func window(
    _ layout: TokenLayout, _ texts: [String], limit: Int
  ) -> Range<Int> {
    guard layout.lineCount > limit else { return 0..<layout.lineCount }
    let first = layout.cells.first { texts[$0.place] == "░" }?.line ?? layout.lineCount
    let start = max(0, min(first - limit / 3, layout.lineCount - limit))
    return start..<start + max(0, limit)
  }

  private static func quiet(_ usesColor: Bool) -> String? { usesColor ? "2" : nil }

  /// The escape code's number for a token that appeared `age` frames ago.
  private static func style(_ age: Int?, usesColor: Bool) -> String? {
    switch age {
    case 0: usesColor ? "1;32" : "1"
    case 1: usesColor ? "32" : nil
    case 2: usesColor ? "2;32" : nil
    default: nil
    }
  }
}

/// A row that is put together from texts in several styles.
private struct StyledRow {
  private(set) var text = ""
  private var column = 0
  private var style: String?

  mutating func pad(to target: Int) {
    guard target > column else { return }
    add(String(repeating: " ", count: target - column), style: nil)
  }

  mutating func add(_ part: String, style: String?) {
    if part.isEmpty { return }
    text += style.map { "\u{1B}[\($0)m\(part)\u{1B}[0m" } ?? part
    column += part.displayWidth
  }
}
