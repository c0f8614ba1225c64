/// What is fixed and what is free in a sequence that is to be drawn.
public struct SequenceTemplate: Sendable, Equatable {
  /// A stretch of a sequence.
  public enum Span: Sendable, Equatable {
    /// Tokens that stay as they are.
    case fixed([Int32])
    /// So many tokens of the model's choice.
    case free(Int)
  }

  /// The token of each position, nil where it is free.
  public private(set) var tokens: [Int32?]
  /// The tokens that a free position may have, where these are restricted.
  public private(set) var allowed: [Int: Set<Int32>] = [:]

  /// A sequence of `length` free positions.
  public init(length: Int) { self.init([.free(length)]) }

  /// Spans one after another.
  public init(_ spans: [Span]) {
    tokens = spans.flatMap { span -> [Int32?] in
      switch span {
      case .fixed(let tokens): tokens
      case .free(let count): Self.free(count)
      }
    }
  }

  private static func free(_ count: Int) -> [Int32?] {
    require(count >= 0, "[SequenceTemplate] a gap of \(count) tokens")
    return [Int32?](repeating: nil, count: count)
  }

  public var length: Int { tokens.count }

  /// The positions that are free, ascending.
  public var freePositions: [Int] { tokens.indices.filter { tokens[$0] == nil } }

  /// The stretches of free positions, from left to right.
  public var freeSpans: [Range<Int>] {
    freePositions.reduce(into: []) { spans, position in
      if let last = spans.last, last.upperBound == position {
        spans[spans.count - 1] = last.lowerBound..<position + 1
      } else {
        spans.append(position..<position + 1)
      }
    }
  }

  /// Restricts what a free position may become.
  ///
  /// Positions that have been restricted already keep what both sets have in common.
  ///
  /// - Parameters:
  ///   - tokens: The ids to choose from.
  ///   - position: A position of the sequence.
  public mutating func allow(_ tokens: Set<Int32>, at position: Int) {
    require(
      self.tokens.indices.contains(position),
      "[SequenceTemplate] position \(position) of \(length)")
    allowed[position] = allowed[position].map { $0.intersection(tokens) } ?? tokens
  }

  /// Refuses what no sequence of a model can satisfy.
  ///
  /// - Parameters:
  ///   - vocabularySize: The number of ids, the mask included.
  ///   - maskID: The mask.
  ///   - banned: Tokens that are never drawn.
  ///   - subject: What the error calls the template.
  /// - Throws: ``InputError`` of category `usage`.
  public func check(
    vocabularySize: Int, maskID: Int32, banned: Set<Int32> = [], subject: String = "the template"
  ) throws(InputError) {
    func refuse(_ found: String, _ expected: String, _ remedy: String) -> InputError {
      InputError(.usage, subject, found: found, expected: expected, remedy: remedy)
    }
    guard !freePositions.isEmpty else {
      throw refuse(
        length == 0 ? "no position at all" : "no free position in \(length)",
        "at least one token to draw", "Leave room for it")
    }
    for (position, token) in tokens.enumerated() {
      guard let token else { continue }
      guard token >= 0 && Int(token) < vocabularySize else {
        throw refuse(
          "token \(token) at position \(position)", "an id from 0 to \(vocabularySize - 1)",
          "Use the model's own tokenizer")
      }
      guard token != maskID else {
        throw refuse(
          "the mask as a fixed token at position \(position)", "a token of text",
          "Leave the position free")
      }
    }
    for (position, tokens) in allowed.sorted(by: { $0.key < $1.key }) {
      if let fixed = self.tokens[position], !tokens.contains(fixed) {
        throw refuse(
          "token \(fixed) fixed at position \(position), where it is not among the allowed ones",
          "one of the allowed tokens", "Allow the token or fix another")
      }
      let possible = tokens.filter { $0 >= 0 && Int($0) < vocabularySize && $0 != maskID }
      guard !possible.subtracting(banned).isEmpty else {
        throw refuse(
          "no token that is allowed at position \(position) and not banned", "at least one",
          "Allow more tokens there or ban fewer")
      }
    }
    guard (0..<Int32(vocabularySize)).contains(where: { $0 != maskID && !banned.contains($0) })
    else {
      throw refuse("every token banned", "at least one that may be drawn", "Ban fewer tokens")
    }
  }
}

extension SequenceTemplate {
  /// Refuses fixed tokens behind free ones, which a model that goes from left to right cannot know of.
  func checkIsPrompt() throws(InputError) {
    guard let last = tokens.lastIndex(where: { $0 != nil }),
      let free = tokens.firstIndex(where: { $0 == nil }), free < last
    else { return }
    throw InputError(
      .usage, "the template", found: "a fixed token at position \(last) behind a free one",
      expected: "a prompt alone, for an autoregressive model",
      remedy: "Give a prompt, or infill with a diffusion model")
  }
}
