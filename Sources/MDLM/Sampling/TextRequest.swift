/// What somebody wants written, in words.
public enum TextRequest: Sendable, Equatable {
  /// Any text.
  case anything
  /// Text between a beginning and an end, either of which may be empty.
  case between(prompt: String, suffix: String)
  /// Text in the gaps of another one: `[MASK]` stands for one token, `[MASK:12]` for twelve.
  case infill(String)
}

extension TextRequest {
  /// The template of a model's tokens.
  ///
  /// Every piece of text is tokenized by itself, so no token reaches over the edge of a gap.
  ///
  /// - Parameters:
  ///   - length: Tokens in the sequence; an infill has a length of its own.
  ///   - begin: The token that opens rows of the model's data, which then stands before a prompt; nil
  ///     where there is none.
  ///   - encode: Returns the ids of a text.
  /// - Returns: Fixed and free spans.
  /// - Throws: ``InputError`` of category `usage`, whose subject is `prompt`, `suffix` or `infill`,
  ///   for text without a gap or without room for one, and what `encode` throws.
  public func template(
    length: Int, begin: Int32?, encode: (String) throws(InputError) -> [Int32]
  ) throws(InputError) -> SequenceTemplate {
    func ids(_ text: String, _ subject: String) throws(InputError) -> [Int32] {
      do throws(InputError) {
        return text.isEmpty ? [] : try encode(text)
      } catch {
        throw InputError(
          .usage, subject, found: error.found, expected: error.expected, remedy: error.remedy)
      }
    }
    let opening = begin.map { [$0] } ?? []
    switch self {
    case .anything: return SequenceTemplate(length: length)
    case .between(let prompt, let suffix):
      let start = opening + (try ids(prompt, "prompt"))
      let end = try ids(suffix, "suffix")
      let room = length - start.count - end.count
      guard room > 0 else {
        throw InputError(
          .usage, prompt.isEmpty ? "suffix" : "prompt",
          found:
            "\(start.count + end.count) fixed tokens\(opening.isEmpty ? "" : ", the opening one included,")",
          expected: "fewer than \(length), the tokens of a sample",
          remedy: "Shorten the text or raise the length")
      }
      return SequenceTemplate([.fixed(start), .free(room), .fixed(end)])
    case .infill(let text):
      var spans: [SequenceTemplate.Span] = [.fixed(opening)]
      for piece in try Self.pieces(of: text) {
        switch piece {
        case .text(let part): spans.append(.fixed(try ids(part, "infill")))
        case .gap(let count): spans.append(.free(count))
        }
      }
      return SequenceTemplate(spans)
    }
  }

  private enum Piece {
    case text(String)
    case gap(Int)
  }

  /// The most tokens of all gaps.
  private static let longestGap = 1_000_000

  /// Cuts an infill at its gaps, of which there must be one.
  private static func pieces(of text: String) throws(InputError) -> [Piece] {
    var pieces: [Piece] = []
    var rest = text[...]
    var hasGap = false
    var room = longestGap
    while let open = rest.firstRange(of: "[MASK") {
      let behind = rest[open.upperBound...]
      guard let next = behind.first, next == "]" || next == ":" else {
        throw mistake(String(rest[open.lowerBound...].prefix(12)))
      }
      guard let close = behind.firstIndex(of: "]") else {
        throw mistake(String(rest[open.lowerBound...].prefix(12)))
      }
      let count = next == "]" ? 1 : Int(behind[behind.index(after: behind.startIndex)..<close])
      guard let count, count >= 1, count <= room else {
        throw mistake(String(rest[open.lowerBound...close]))
      }
      room -= count
      pieces += [.text(String(rest[..<open.lowerBound])), .gap(count)]
      hasGap = true
      rest = rest[rest.index(after: close)...]
    }
    guard hasGap else {
      throw InputError(
        .usage, "infill", found: "text without a gap",
        expected: "[MASK] for a token that is to be filled in, or [MASK:12] for twelve",
        remedy: "Put one where text is missing")
    }
    return pieces + [.text(String(rest))]
  }

  private static func mistake(_ found: String) -> InputError {
    InputError(
      .usage, "infill", found: JSONValue.quoted(found),
      expected: "[MASK], or [MASK:N] with N from 1 to \(longestGap), all gaps together",
      remedy: "Write, for example, [MASK:12]")
  }
}

// MARK: - Many requests

extension TextRequest {
  /// Reads one request of a file: a prompt, or a JSON object with `prompt`, `suffix` or `infill`.
  ///
  /// - Parameter line: A line without its end.
  /// - Throws: ``InputError`` that names the file and the line.
  public init(line: SourceText) throws(InputError) {
    try line.checkCharacters()
    let text = String(decoding: line.bytes, as: UTF8.self)
    guard text.hasPrefix("{") else {
      self = text.isEmpty ? .anything : .between(prompt: text, suffix: "")
      return
    }
    let subject = line.line.map { "\(line.name):\($0)" } ?? line.name
    func refuse(_ found: String) -> InputError {
      InputError(
        .badData, subject, found: found,
        expected: #"a prompt, or an object like {"prompt": "…", "suffix": "…"} or {"infill": "…"}"#,
        remedy: "Correct the line")
    }
    let value = try JSONValue(parsing: line.bytes, name: line.name, line: line.line ?? 1)
    guard case .object(let members) = value else { throw refuse(value.summary) }
    var texts: [String: String] = [:]
    for member in members {
      guard ["prompt", "suffix", "infill"].contains(member.key) else {
        throw refuse("the key \(JSONValue.quoted(member.key))")
      }
      guard let text = member.value.string else {
        throw refuse("\(member.value.summary) for \(member.key)")
      }
      texts[member.key] = text
    }
    if let infill = texts["infill"] {
      guard texts.count == 1 else { throw refuse("infill together with another key") }
      self = .infill(infill)
    } else {
      self =
        texts.isEmpty
        ? .anything : .between(prompt: texts["prompt"] ?? "", suffix: texts["suffix"] ?? "")
    }
  }
}
