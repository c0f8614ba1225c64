/// Reads comma-separated records: columns may be in double quotes, which are doubled inside them.
///
/// Records are those that Python's `csv` reads: a quote counts only where a column begins, and CR, LF
/// or both end a record.
struct CSVParser {
  /// Where in a record a byte stands.
  enum State {
    case columnStart, column, quoted, quoteInQuoted

    /// What a byte does.
    enum Effect {
      case content, columnEnd, recordEnd, none
    }

    mutating func take(_ byte: UInt8) -> Effect {
      switch (self, byte) {
      case (.columnStart, Self.quote):
        self = .quoted
        return .none
      case (.quoted, Self.quote):
        self = .quoteInQuoted
        return .none
      case (.quoted, _): return .content
      case (.quoteInQuoted, Self.quote):
        self = .quoted
        return .content
      case (_, UInt8(ascii: ",")):
        self = .columnStart
        return .columnEnd
      case (_, 0x0A), (_, 0x0D):
        self = .columnStart
        return .recordEnd
      default:
        self = .column
        return .content
      }
    }

    private static let quote = UInt8(ascii: "\"")
  }

  /// Where the record read last begins.
  private(set) var start: Int
  private let text: SourceText
  private var index: Int

  init(_ text: SourceText) {
    self.text = text
    index = text.bytes.startIndex
    start = index
  }

  /// Returns the columns of the next record that is not blank, or nil at the end.
  ///
  /// - Throws: ``InputError`` where a quote is not closed.
  mutating func next() throws(InputError) -> [[UInt8]]? {
    let bytes = text.bytes
    while index < bytes.endIndex, bytes[index] == 0x0A || bytes[index] == 0x0D { index += 1 }
    guard index < bytes.endIndex else { return nil }
    start = index
    var columns: [[UInt8]] = [[]]
    var (state, columnStart) = (State.columnStart, index)
    while index < bytes.endIndex {
      let byte = bytes[index]
      index += 1
      switch state.take(byte) {
      case .content: columns[columns.count - 1].append(byte)
      case .columnEnd:
        columns.append([])
        columnStart = index
      case .recordEnd: return columns
      case .none: break
      }
    }
    guard state != .quoted else {
      throw text.mistake(
        at: columnStart, found: "a quote that nothing closes",
        expected: "comma-separated records",
        remedy: "Close it, or double the quotes inside of quotes")
    }
    return columns
  }
}
