/// One line of what `mdlm sample --json` prints.
struct SampleLine {
  private let content: JSONValue
  /// The file and the line.
  private let place: String

  init(_ content: JSONValue, at place: String) {
    self.content = content
    self.place = place
  }

  func mistake(found: String, expected: String, remedy: String? = nil) -> InputError {
    InputError(
      .badData, place, found: found, expected: expected,
      remedy: remedy ?? "Use a file that mdlm sample --json wrote")
  }

  /// Reads the sample.
  ///
  /// - Parameter tokenizer: Completes what the line leaves out, and tells which ids there are.
  /// - Returns: The sample, and whether its tokens are ids and not code points.
  /// - Throws: ``InputError`` for the first member that cannot be used.
  func sample(_ tokenizer: (any Tokenizer)?) throws(InputError) -> (SampleRecord, Bool) {
    guard case .object = content else {
      throw mistake(found: content.summary, expected: "a JSON object in every line")
    }
    let text = try text()
    let ids = try ids(below: tokenizer?.vocabularySize)
    var record = SampleRecord(
      tokens: [], text: text, networkCalls: try number("nfe"), seconds: try number("seconds"),
      method: SamplingMethod(predictor: try name("predictor"), steps: try steps()))
    switch (ids, text) {
    case (let ids?, _):
      record.tokens = ids
      record.text = text ?? tokenizer?.decode(ids)
    case (nil, let text?):
      record.tokens = try tokenizer?.encode(text) ?? text.unicodeScalars.map { Int32($0.value) }
    case (nil, nil):
      throw mistake(found: "neither 'text' nor 'tokens'", expected: "one of them at least")
    }
    return (record, ids != nil || tokenizer != nil)
  }

  private func text() throws(InputError) -> String? { try name("text") }

  /// A string, or nil where the member is missing or null.
  private func name(_ key: String) throws(InputError) -> String? {
    guard let value = content[key], value != .null else { return nil }
    guard let text = value.string else {
      throw mistake(found: "\(value.summary) under '\(key)'", expected: "a string")
    }
    return text
  }

  /// A number of at least 0, or nil where the member is missing or null.
  private func number(_ key: String) throws(InputError) -> Double? {
    guard let value = content[key], value != .null else { return nil }
    guard let number = value.double, number >= 0, number.isFinite else {
      throw mistake(found: "\(value.summary) under '\(key)'", expected: "a number from 0 on")
    }
    return number
  }

  private func steps() throws(InputError) -> Int? {
    guard let value = content["steps"], value != .null else { return nil }
    guard let steps = value.integer(Int.self), steps > 0 else {
      throw mistake(found: "\(value.summary) under 'steps'", expected: "a whole number from 1 on")
    }
    return steps
  }

  private func ids(below limit: Int?) throws(InputError) -> [Int32]? {
    guard let value = content["tokens"], value != .null else { return nil }
    guard case .array(let elements) = value else {
      throw mistake(found: "\(value.summary) under 'tokens'", expected: "a list of token ids")
    }
    let limit = limit.map { Int32(clamping: $0) } ?? .max
    var ids: [Int32] = []
    ids.reserveCapacity(elements.count)
    for element in elements {
      guard let id = element.integer(Int32.self), id >= 0, id < limit else {
        throw mistake(
          found: "\(element.summary) under 'tokens'", expected: "token ids from 0 to \(limit - 1)",
          remedy: "Use the tokenizer of the model that drew the samples")
      }
      ids.append(id)
    }
    return ids
  }
}
