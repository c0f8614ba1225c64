/// How a kind of value is read from JSON5 and written to it.
struct ConfigurationForm<Value: Sendable>: Sendable {
  /// What is read, as an error says it: "true or false".
  let expected: String
  let decode: @Sendable (JSONValue) throws(ConfigurationRefusal) -> Value
  let encode: @Sendable (Value) -> String

  /// Creates a form from a conversion that is nil where a value does not fit.
  ///
  /// - Parameters:
  ///   - expected: What the conversion takes.
  ///   - hint: What to do about a value that it refuses, where there is something to say.
  ///   - convert: Returns the value, or nil.
  ///   - encode: Returns the value as JSON5.
  fileprivate init(
    _ expected: String, hint: @escaping @Sendable (JSONValue) -> String? = { _ in nil },
    convert: @escaping @Sendable (JSONValue) -> Value?,
    encode: @escaping @Sendable (Value) -> String
  ) {
    self.init(
      expected: expected,
      decode: { value throws(ConfigurationRefusal) in
        if let result = convert(value) { return result }
        throw ConfigurationRefusal(
          found: value.summary, expected: expected, remedy: hint(value))
      }, encode: encode)
  }

  fileprivate init(
    expected: String,
    decode: @escaping @Sendable (JSONValue) throws(ConfigurationRefusal) -> Value,
    encode: @escaping @Sendable (Value) -> String
  ) {
    self.expected = expected
    self.decode = decode
    self.encode = encode
  }
}

// MARK: Numbers

extension ConfigurationForm where Value: FixedWidthInteger {
  /// Whole numbers in `range`.
  static func integer(_ range: ClosedRange<Value>) -> Self {
    Self(
      "a whole number from \(range.lowerBound) to \(range.upperBound)", hint: unquotedNumber,
      convert: { value in
        value.integer(Value.self).flatMap { range.contains($0) ? $0 : nil }
      }, encode: { "\($0)" })
  }
}

extension ConfigurationForm<Double> {
  /// Numbers in `range`, which `expected` puts in words; never NaN or infinite.
  static func number(_ range: some RangeExpression<Double> & Sendable, _ expected: String) -> Self {
    Self(
      expected, hint: unquotedNumber,
      convert: { value in
        value.double.flatMap { $0.isFinite && range.contains($0) ? $0 : nil }
      },
      encode: { $0.isNaN ? "NaN" : $0.isFinite ? "\($0)" : $0 < 0 ? "-Infinity" : "Infinity" })
  }

  /// A share that may be nothing but not everything.
  static var fraction: Self { number(0..<1, "a number from 0 to below 1") }

  static var nonnegative: Self { number(0..., "a number of at least 0") }

  /// A number above 0 that is of use: neither it nor its inverse leaves single precision.
  static var positive: Self { number(1e-30...1e30, "a number above 0") }
}

private func unquotedNumber(_ value: JSONValue) -> String? {
  guard let text = value.string, Double(text) != nil else { return nil }
  return "Write the number without quotes"
}

// MARK: Truth values

extension ConfigurationForm<Bool> {
  static var boolean: Self {
    Self(
      "true or false",
      hint: { value in
        guard let text = value.string else { return nil }
        return ["true", "false"].contains(text.lowercased())
          ? "Write true or false without quotes" : nil
      },
      convert: { $0.boolean }, encode: { "\($0)" })
  }
}

// MARK: Texts

extension ConfigurationForm<String> {
  /// Text that is not empty.
  static func text(_ expected: String) -> Self {
    Self(
      expected, hint: quotedText, convert: { $0.fileName }, encode: { JSONValue.quoted($0) })
  }
}

extension ConfigurationForm<[String]> {
  /// One path or a list of paths.
  static var paths: Self {
    Self(
      "a path or a list of paths", hint: quotedText,
      convert: { value in
        guard case .array(let elements) = value else { return value.fileName.map { [$0] } }
        let paths = elements.compactMap(\.fileName)
        return paths.isEmpty || paths.count < elements.count ? nil : paths
      },
      encode: { paths in
        let texts = paths.map { JSONValue.quoted($0) }
        return texts.count == 1 ? texts[0] : "[\(texts.joined(separator: ", "))]"
      })
  }
}

extension JSONValue {
  /// The text where it is one that can name a file.
  var fileName: String? {
    guard let text = string, !text.isEmpty, !text.utf8.contains(0) else { return nil }
    return text
  }
}

private func quotedText(_ value: JSONValue) -> String? {
  if case .number = value { "Put the text in quotes" } else { nil }
}

// MARK: Times

extension ConfigurationForm<Duration> {
  /// A length of time as `days:hours:minutes:seconds`.
  static var clock: Self {
    Self(
      "a time as days:hours:minutes:seconds, such as \"00:11:50:00\"", hint: quotedText,
      convert: { value in
        let parts = value.string?.split(separator: ":", omittingEmptySubsequences: false) ?? []
        let numbers = parts.compactMap { part in
          part.allSatisfy(\.isWholeNumber) ? Int(part) : nil
        }
        guard parts.count == 4, numbers.count == 4, numbers[0] <= 100_000, numbers[1] < 24,
          numbers[2] < 60, numbers[3] < 60
        else { return nil }
        let seconds = ((numbers[0] * 24 + numbers[1]) * 60 + numbers[2]) * 60 + numbers[3]
        return seconds > 0 ? .seconds(seconds) : nil
      },
      encode: { duration in
        let seconds = Int(duration.components.seconds)
        let parts = [seconds / 86_400, seconds / 3600 % 24, seconds / 60 % 60, seconds % 60]
        return JSONValue.quoted(
          parts.map { $0 < 10 ? "0\($0)" : "\($0)" }.joined(separator: ":"))
      })
  }
}

// MARK: Names

extension ConfigurationForm
where Value: RawRepresentable & CaseIterable, Value.RawValue == String {
  /// One of the names of the cases.
  static func choice() -> Self {
    let names = Value.allCases.map(\.rawValue)
    let quotedNames = names.map { JSONValue.quoted($0) }.joined(separator: " or ")
    return Self(
      quotedNames,
      hint: { value in
        guard let text = value.string else { return nil }
        return nearest(to: text, among: names).map {
          "Did you mean \(JSONValue.quoted($0))? Correct the value"
        }
      },
      convert: { $0.string.flatMap { Value(rawValue: $0) } },
      encode: { JSONValue.quoted($0.rawValue) })
  }
}

// MARK: Modifiers

extension ConfigurationForm {
  /// The same form, with null for "not set".
  static func optional<Wrapped>(_ form: ConfigurationForm<Wrapped>) -> Self
  where Value == Wrapped? {
    let expected = form.expected + ", or null"
    return ConfigurationForm(
      expected: expected,
      decode: { value throws(ConfigurationRefusal) in
        if value == .null { return nil }
        do throws(ConfigurationRefusal) {
          return try form.decode(value)
        } catch {
          throw ConfigurationRefusal(
            found: error.found, expected: expected, remedy: error.remedy)
        }
      },
      encode: { $0.map(form.encode) ?? "null" })
  }
}
