/// Tokens laid out in lines of equal columns, broken between words.
package struct TokenLayout: Equatable {
  /// What a line shows of one token.
  package struct Cell: Equatable {
    /// The place of the token in the sequence.
    package let place: Int
    package let line: Int
    /// The column in which it begins, counted from 0.
    package fileprivate(set) var column: Int
    /// In columns, at least 1.
    package fileprivate(set) var width: Int
    package fileprivate(set) var text: String
  }

  /// In the order of the text; spaces around words have none, tokens of spaces alone do.
  package private(set) var cells: [Cell] = []
  package private(set) var lineCount = 1

  /// - Parameters:
  ///   - texts: What each token shows. A line feed shows as `⏎` and ends the line.
  ///   - columns: The width of a line; what does not fit goes to the next one.
  package init(_ texts: [String], columns: Int) {
    let characters = Self.characters(texts)
    var (line, column) = (0, 0)
    var index = 0
    func advance(to end: Int) {
      for character in characters[index..<end] {
        let width = max(character.text.displayWidth, 1)
        if column + width > columns, column > 0 {
          line += 1
          column = 0
        }
        add(character, line: line, column: column, width: width)
        column += width
      }
      index = end
    }
    while index < characters.count {
      let end = Self.wordEnd(characters, from: index)
      let width = characters[index..<end].reduce(0) { $0 + max($1.text.displayWidth, 1) }
      if characters[index].isSpace, column + width > columns {
        // A space at the end of a line hangs over it.
        index = end
        continue
      }
      if column + width > columns, column > 0, width <= columns {
        line += 1
        column = 0
      }
      let breaks = characters[end - 1].endsLine
      advance(to: end)
      if breaks {
        line += 1
        column = 0
      }
    }
    lineCount = line + (column > 0 || line == 0 ? 1 : 0)
    trimSpaces(of: texts)
  }

  /// A character and the token that it began in.
  private struct Piece {
    let text: Character
    let place: Int
    var endsLine = false
    var isSpace: Bool { text == " " }
    /// Whether a line may end behind it, as it may behind a mask, which is no part of a word.
    var endsWord: Bool { isSpace || endsLine || text == "░" }
  }

  /// The characters of all tokens; one that several tokens make up belongs to the first of them.
  private static func characters(_ texts: [String]) -> [Piece] {
    var owners: [Int] = []
    var whole = ""
    for (place, text) in texts.enumerated() {
      let visible = text.showingControls
      whole.unicodeScalars.append(contentsOf: visible.unicodeScalars)
      owners += repeatElement(place, count: visible.unicodeScalars.count)
    }
    var position = 0
    return whole.map { character in
      defer { position += character.unicodeScalars.count }
      return character.isNewline
        ? Piece(text: "⏎", place: owners[position], endsLine: true)
        : Piece(text: character, place: owners[position])
    }
  }

  /// Where the word, the space or the line end that begins at `start` ends.
  private static func wordEnd(_ characters: [Piece], from start: Int) -> Int {
    var end = start
    repeat {
      end += 1
    } while end < characters.count && !characters[end].isSpace && !characters[end - 1].endsWord
    return end
  }

  private mutating func add(_ character: Piece, line: Int, column: Int, width: Int) {
    if let last = cells.indices.last, cells[last].place == character.place,
      cells[last].line == line
    {
      cells[last].text.append(character.text)
      cells[last].width += width
    } else {
      cells.append(
        Cell(
          place: character.place, line: line, column: column, width: width,
          text: String(character.text)))
    }
  }

  /// Leaves the spaces around words out of their cells.
  private mutating func trimSpaces(of texts: [String]) {
    cells = cells.compactMap { cell in
      if texts[cell.place].allSatisfy({ $0 == " " }) { return cell }
      var cell = cell
      while cell.text.first == " " {
        cell.text.removeFirst()
        cell.column += 1
        cell.width -= 1
      }
      while cell.text.last == " " {
        cell.text.removeLast()
        cell.width -= 1
      }
      return cell.text.isEmpty ? nil : cell
    }
  }
}
