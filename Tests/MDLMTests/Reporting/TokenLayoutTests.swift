import Testing

@testable import MDLM

struct TokenLayoutTests {
  /// The lines as they would look, spaces filled in.
  private func lines(_ texts: [String], _ columns: Int) -> [String] {
    let layout = TokenLayout(texts, columns: columns)
    var lines = [String](repeating: "", count: layout.lineCount)
    for cell in layout.cells {
      let gap = cell.column - lines[cell.line].displayWidth
      lines[cell.line] += String(repeating: " ", count: max(0, gap)) + cell.text
    }
    return lines
  }

  @Test(arguments: [
    (["one", " two", " three"], 8, ["one two", "three"]),
    (["one", " two", " three"], 7, ["one two", "three"]),
    (["un", "believ", "able", " it"], 12, ["unbelievable", "it"]),
    (["abcdefgh"], 3, ["abc", "def", "gh"]),
    (["a\nb"], 9, ["a⏎", "b"]),
    (["a", "\n\n", "b"], 9, ["a⏎", "⏎", "b"]),
    (["漢字", "漢字"], 5, ["漢字", "漢字"]),
    (["漢字漢字"], 5, ["漢字", "漢字"]),
    (["░", "░", "░", "░"], 3, ["░░░", "░"]),
    (["ab", "░", "░", "░", "░"], 4, ["ab░░", "░░"]),
    (["a\u{1B}[2J"], 9, ["a␛[2J"]),
    (["tab\there"], 9, ["tab⇥here"]),
    ([], 9, [""]), ([""], 9, [""]),
  ])
  func breaksBetweenWords(texts: [String], columns: Int, expected: [String]) {
    #expect(lines(texts, columns) == expected)
  }

  @Test func cellsLeaveOutTheSpacesAroundWords() {
    let cells = TokenLayout(["a", " b", "  "], columns: 20).cells
    #expect(cells.map(\.text) == ["a", "b", "  "])
    #expect(cells.map(\.column) == [0, 2, 3] && cells.map(\.width) == [1, 1, 2])
  }

  /// An accent on its own joins the letter before it; the letter's token shows both.
  @Test func charactersOfSeveralTokensBelongToTheFirst() {
    let cells = TokenLayout(["e", "\u{301}", "x"], columns: 20).cells
    #expect(cells.map(\.text) == ["e\u{301}", "x"])
    #expect(cells.map(\.place) == [0, 2] && cells.map(\.column) == [0, 1])
  }

  /// No line is wider than it may be, cells do not overlap, and no letter is lost.
  @Test(arguments: 0..<50)
  func everyLetterHasItsPlace(seed: UInt64) {
    var generator = SplitMix64(seed)
    let parts = ["a", " b", "cde", " ", "\n", "漢", "🎉", "e\u{301}", "░", " longword", "\t"]
    let texts = (0..<Int.random(in: 0..<60, using: &generator)).map { _ in
      parts.randomElement(using: &generator) ?? ""
    }
    let columns = Int.random(in: 2..<30, using: &generator)
    let layout = TokenLayout(texts, columns: columns)
    var ends = [Int](repeating: 0, count: layout.lineCount)
    for cell in layout.cells {
      #expect(cell.column >= ends[cell.line] && cell.width >= 1)
      ends[cell.line] = cell.column + cell.width
    }
    #expect(ends.allSatisfy { $0 <= columns })
    let shown = layout.cells.map(\.text).joined().filter { $0 != " " }
    let whole = texts.joined().showingControls.filter { $0 != " " }.map { $0 == "\n" ? "⏎" : $0 }
    #expect(shown == String(whole))
  }

  @Test(arguments: [
    ("", 0), ("abc", 3), ("é", 1), ("e\u{301}", 1), ("漢字", 4), ("한글", 4), ("\u{1112}\u{1161}", 2),
    ("ｱ", 1), ("Ａ", 2), ("🎉", 2), ("🇫🇷", 2), ("░⏎", 2), ("\u{200B}", 0), ("ไก่", 2), ("—…", 2),
  ])
  func widthsAreThoseOfTerminals(text: String, columns: Int) {
    #expect(text.displayWidth == columns)
  }
}
