import MDLM

/// A terminal that understands what views write: it keeps its screen, and notes what it does not know.
struct TerminalScreen {
  let width: Int
  let height: Int
  /// Rows of cells; a character of two columns is followed by an empty cell.
  private var cells: [[String]] = [[]]
  private var row = 0
  private var column = 0
  /// Codes that were not understood.
  private(set) var unknown: [String] = []
  /// The styles in which text was written, with the text.
  private(set) var styled: [(style: String, text: String)] = []
  private var style = ""
  private(set) var isSynchronizing = false
  /// Whether a character went beyond the last column.
  private(set) var hasWrapped = false

  init(width: Int, height: Int) {
    self.width = width
    self.height = height
  }

  /// The text of every row, without what is empty at the ends.
  var lines: [String] {
    var lines = cells.map { row in
      let text = row.joined()
      return String(text.reversed().drop { $0 == " " }.reversed())
    }
    while lines.last == "" { lines.removeLast() }
    return lines
  }

  mutating func write(_ text: String) {
    // Escape codes begin where a scalar is, which may lie inside a character.
    var rest = Substring(text)
    while let first = rest.unicodeScalars.first {
      if first == "\u{1B}" {
        let code = rest.unicodeScalars.dropFirst(2).prefix { !$0.properties.isAlphabetic }
        let length = 2 + code.count
        let final = rest.unicodeScalars.dropFirst(length).first.map(String.init) ?? ""
        perform(String(String.UnicodeScalarView(code)), final)
        rest.unicodeScalars.removeFirst(length + 1)
      } else {
        let character = rest.removeFirst()
        for part in String(character).split(separator: "\r\n", omittingEmptySubsequences: false) {
          for character in part { put(character) }
        }
        if character == "\r\n" { put("\n") }
      }
    }
  }

  private mutating func perform(_ parameter: String, _ final: String) {
    switch final {
    case "A": row -= min(row, Int(parameter) ?? 1)
    case "K": cells[row] = Array(cells[row].prefix(column))
    case "J": cells = Array(cells.prefix(row)) + [Array(cells[row].prefix(column))]
    case "m": style = parameter == "0" ? "" : parameter
    case "h" where parameter == "?2026": isSynchronizing = true
    case "l" where parameter == "?2026": isSynchronizing = false
    default: unknown.append(parameter + final)
    }
  }

  private mutating func put(_ character: Character) {
    switch character {
    case "\r": column = 0
    case "\n":
      row += 1
      column = 0
      if row == cells.count { cells.append([]) }
    default:
      let columns = character.displayWidth
      if column + columns > width { hasWrapped = true }
      while cells[row].count < column + columns { cells[row].append(" ") }
      if columns > 0 { cells[row][column] = String(character) }
      if columns == 2 { cells[row][column + 1] = "" }
      column += columns
      if styled.last?.style == style {
        styled[styled.count - 1].text.append(character)
      } else {
        styled.append((style, String(character)))
      }
    }
  }

  mutating func forgetStyles() { styled = [] }
}
