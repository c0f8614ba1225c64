extension SourceText {
  /// Reads all bytes of the file or pipe at `path` as they are, UTF-8 or not.
  ///
  /// - Throws: ``InputError`` where it cannot be read.
  public init(contentsOf path: String) throws(InputError) {
    self.init(try InputFile.contents(of: path)[...], name: path)
  }

  /// Reads the lines of the text file at `path`, without their ends and without a byte-order mark.
  ///
  /// - Throws: ``InputError`` where it cannot be read, or has line ends that are nothing but CR.
  static func lines(of path: String) throws(InputError) -> [SourceText] {
    let bytes = try InputFile.contents(of: path)
    let lines = SourceText(bytes[(bytes.starts(with: byteOrderMark) ? 3 : 0)...], name: path).lines
    if let line = lines.first(where: { $0.bytes.contains(0x0D) }) {
      throw InputError(
        .badData, "\(path):\(line.line ?? 1)", found: "a carriage return within a line",
        expected: "lines that end in LF or CR LF",
        remedy: "Convert the line ends (tr '\\r' '\\n'), or fetch the file again")
    }
    return lines
  }

  /// What some programs put in front of UTF-8 text.
  static let byteOrderMark: [UInt8] = [0xEF, 0xBB, 0xBF]

  /// The lines without their ends, which are LF or CR LF.
  public var lines: [SourceText] {
    var lines: [SourceText] = []
    forEachLine { line, _ in lines.append(line) }
    return lines
  }
}

extension SourceText {
  /// Reads the token ids that the text lists in decimal digits, separated by white space.
  ///
  /// - Parameter vocabularySize: The number of ids there are.
  /// - Returns: The ids in their order.
  /// - Throws: ``InputError`` that names the first word that is no id below `vocabularySize`.
  public func tokenIDs(vocabularySize: Int) throws(InputError) -> [Int32] {
    var ids: [Int32] = []
    var index = bytes.startIndex
    while index < bytes.endIndex {
      if Self.isSpace(bytes[index]) {
        index += 1
        continue
      }
      let end = bytes[index...].firstIndex(where: Self.isSpace) ?? bytes.endIndex
      guard let id = Self.number(bytes[index..<end]), id < vocabularySize else {
        let word = String(decoding: bytes[index..<end].prefix(40), as: UTF8.self)
        throw mistake(
          at: index, found: JSONValue.quoted(word), expected: "a token id below \(vocabularySize)",
          remedy: "Give ids of this tokenizer in decimal digits, separated by white space")
      }
      ids.append(Int32(id))
      index = end
    }
    return ids
  }

  /// The number that `digits` spell, or nil where they are others or more than ten.
  private static func number(_ digits: ArraySlice<UInt8>) -> Int? {
    guard digits.count <= 10 else { return nil }
    var number = 0
    for digit in digits {
      guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) else { return nil }
      number = 10 * number + Int(digit - UInt8(ascii: "0"))
    }
    return number
  }
}
