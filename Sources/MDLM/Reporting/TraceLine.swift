/// One line of a trace, whose fields are checked as they are asked for.
struct TraceLine {
  /// Steps are below this; pictures make room for each of them.
  static let stepLimit = 1 << 31

  let content: JSONValue
  /// The file and the line, as errors name them.
  private let subject: String

  /// Reads one line.
  ///
  /// - Parameters:
  ///   - bytes: The line without its end.
  ///   - name: The file's name in errors.
  ///   - line: The number of the line.
  /// - Throws: ``InputError`` where it is no JSON object.
  init(parsing bytes: ArraySlice<UInt8>, name: String, line: Int) throws(InputError) {
    content = try JSONValue(parsing: bytes, name: name, line: line)
    subject = "\(name):\(line)"
    guard case .object = content else {
      throw mistake(
        found: content.summary, expected: "an object", remedy: "Write a JSON object on each line")
    }
  }

  func has(_ key: String) -> Bool { content[key] != nil }

  func integer<Value: FixedWidthInteger>(
    _ key: String, in range: ClosedRange<Value>
  ) throws(InputError) -> Value {
    try value(key, "a whole number from \(range.lowerBound) to \(range.upperBound)") { value in
      value.integer(Value.self).flatMap { range.contains($0) ? $0 : nil }
    }
  }

  func number(_ key: String, in range: ClosedRange<Double>) throws(InputError) -> Double {
    try value(key, Self.describe(range)) { Self.number($0, in: range) }
  }

  func string(_ key: String) throws(InputError) -> String {
    try value(key, "a text in quotes") { $0.string }
  }

  /// A list of token ids.
  func ids(_ key: String) throws(InputError) -> [Int32] {
    try value(key, "a list of token ids from 0 to \(Int32.max)") { value in
      guard case .array(let elements) = value else { return nil }
      let ids = elements.compactMap(Self.id)
      return ids.count == elements.count ? ids : nil
    }
  }

  /// At most five pairs of a token id and its probability.
  func candidates(_ key: String) throws(InputError) -> [TokenBelief.Candidate] {
    try value(key, "at most five pairs of a token id and a probability") { value in
      guard case .array(let elements) = value, elements.count <= 5 else { return nil }
      let candidates = elements.compactMap { pair -> TokenBelief.Candidate? in
        guard case .array(let parts) = pair, parts.count == 2, let id = Self.id(parts[0]),
          let probability = Self.number(parts[1], in: 0...1)
        else { return nil }
        return TokenBelief.Candidate(token: id, probability: probability)
      }
      return candidates.count == elements.count ? candidates : nil
    }
  }

  func members(_ key: String) throws(InputError) -> [JSONMember] {
    try value(key, "an object") { value in
      if case .object(let members) = value { members } else { nil }
    }
  }

  /// Returns the error that something in this line is wrong.
  func mistake(found: String, expected: String, remedy: String) -> InputError {
    InputError(.badData, subject, found: found, expected: expected, remedy: remedy)
  }

  /// Returns the error that the field `key` is wrong.
  func mistake(_ key: String, found: String, expected: String) -> InputError {
    InputError(
      .badData, "\(subject): \(key)", found: found, expected: expected,
      remedy: "Draw the trace anew, or take the line out with all later ones of its sample")
  }

  private func value<Value>(
    _ key: String, _ expected: String, read: (JSONValue) -> Value?
  ) throws(InputError) -> Value {
    guard let value = content[key] else {
      throw mistake(key, found: "no such field", expected: expected)
    }
    guard let result = read(value) else {
      throw mistake(key, found: value.summary, expected: expected)
    }
    return result
  }

  private static func id(_ value: JSONValue) -> Int32? {
    value.integer(Int32.self).flatMap { $0 >= 0 ? $0 : nil }
  }

  private static func number(_ value: JSONValue, in range: ClosedRange<Double>) -> Double? {
    value.double.flatMap { range.contains($0) ? $0 : nil }
  }

  private static func describe(_ range: ClosedRange<Double>) -> String {
    "a number from \(range.lowerBound) to \(range.upperBound)"
  }
}
