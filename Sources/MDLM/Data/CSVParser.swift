/// Reads comma-separated records: columns may be in double quotes, which are doubled inside them.
struct CSVParser {
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
    while index < bytes.endIndex {
      switch bytes[index] {
      case 0x0A:
        index += 1
        return columns
      case 0x0D where index + 1 < bytes.endIndex && bytes[index + 1] == 0x0A: break
      case UInt8(ascii: ","): columns.append([])
      case UInt8(ascii: "\""):
        columns[columns.count - 1] += try quoted()
        continue
      case let byte: columns[columns.count - 1].append(byte)
      }
      index += 1
    }
    return columns
  }

  /// Reads from the quote at the index to behind the one that closes it.
  private mutating func quoted() throws(InputError) -> [UInt8] {
    let quote = UInt8(ascii: "\"")
    let opening = index
    var content: [UInt8] = []
    index += 1
    while index < text.bytes.endIndex {
      let byte = text.bytes[index]
      index += 1
      guard byte == quote else {
        content.append(byte)
        continue
      }
      guard index < text.bytes.endIndex, text.bytes[index] == quote else { return content }
      content.append(quote)
      index += 1
    }
    throw text.mistake(
      at: opening, found: "a quote that nothing closes", expected: "comma-separated records",
      remedy: "Close it, or double the quotes inside of quotes")
  }
}
