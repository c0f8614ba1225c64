/// In which pieces a sequence is generated, and what the network sees while it works on one.
public enum GenerationOrder: Sendable, Equatable {
  /// All positions at once; the sequence fits into the network.
  case whole
  /// Blocks of so many tokens from left to right, each from all masks to none.
  ///
  /// The network sees what comes before the block and, as far as the last fixed token after it, what
  /// comes behind. With `slides` it sees no more than its length of that, the latest tokens, so that a
  /// sequence may be longer.
  case blocks(size: Int, slides: Bool)
  /// The semi-autoregressive generation of the official code: a whole window of the network's length
  /// first, then `stride` tokens at a time, with as many of the latest tokens before them as fit.
  case strides(Int)
}

/// A piece of a sequence that is generated at once.
struct GenerationBlock: Sendable, Equatable {
  /// Its positions.
  let positions: Range<Int>
  /// The positions that the network sees.
  let window: Range<Int>
}

extension GenerationOrder {
  /// The blocks of a sequence.
  ///
  /// - Parameters:
  ///   - length: Tokens in the sequence.
  ///   - lastFixed: The last position that is fixed; nil where none is.
  ///   - limit: The most tokens that the network takes.
  /// - Returns: Blocks from left to right that cover the sequence.
  func blocks(of length: Int, lastFixed: Int?, limit: Int) -> [GenerationBlock] {
    func cut(first: Int, then size: Int, slides: Bool) -> [GenerationBlock] {
      require(first >= 1 && size >= 1, "[GenerationOrder] blocks of \(min(first, size)) tokens")
      var (blocks, start): ([GenerationBlock], Int) = ([], 0)
      while start < length {
        let end = min(length, start + (start == 0 ? first : size))
        let sees = max(end, (lastFixed ?? 0) + 1)
        // A window that slides never leaves the block itself.
        let right = slides ? min(sees, max(end, limit)) : sees
        blocks.append(
          GenerationBlock(
            positions: start..<end, window: (slides ? max(0, right - limit) : 0)..<right))
        start = end
      }
      return blocks
    }
    return switch self {
    case .whole: cut(first: length, then: length, slides: false)
    case .blocks(let size, let slides): cut(first: size, then: size, slides: slides)
    case .strides(let stride): cut(first: limit, then: stride, slides: true)
    }
  }

  /// How many blocks a sequence of `length` has, for a network that takes at most `limit` tokens.
  public func blockCount(of length: Int, limit: Int) -> Int {
    blocks(of: length, lastFixed: nil, limit: limit).count
  }

  /// Refuses a length that a network cannot generate in this order.
  ///
  /// - Parameters:
  ///   - length: Tokens in the sequence.
  ///   - limit: The most tokens that the network takes.
  /// - Throws: ``InputError`` of category `usage`.
  public func check(length: Int, limit: Int) throws(InputError) {
    func refuse(_ found: String, _ expected: String, _ remedy: String) -> InputError {
      InputError(.usage, "length", found: found, expected: expected, remedy: remedy)
    }
    switch self {
    case .whole, .blocks(_, slides: false):
      if case .blocks(let size, _) = self, size < 1 {
        throw refuse("blocks of \(size) tokens", "at least 1", "Make the blocks longer")
      }
      guard length <= limit else {
        throw refuse(
          "\(length) tokens", "at most \(limit), the model's length",
          "Shorten it, let a window slide (--sliding, or --stride for the official algorithm), or train a longer model"
        )
      }
    case .blocks(let size, slides: true), .strides(let size):
      guard 1 <= size && size <= limit else {
        throw refuse(
          "blocks of \(size) tokens", "1 to \(limit), the model's length", "Choose another size")
      }
    }
  }
}

/// Where a sequence ends before its length is reached.
public enum StopRule: String, CaseIterable, Sendable {
  /// Nowhere.
  case none
  /// Behind the first end-of-text token that was generated.
  case firstEnd = "first-eos"
  /// Behind the second one: rows of data that open and close with the token have two. One that stands
  /// at the very beginning counts, fixed or not.
  case secondEnd = "second-eos"

  /// The position behind which the sequence ends, or nil where it does not.
  func end(in tokens: ArraySlice<Int32>, isFree: (Int) -> Bool, endID: Int32?) -> Int? {
    guard self != .none, let endID else { return nil }
    let ends = tokens.indices.filter {
      tokens[$0] == endID && (isFree($0) || self == .secondEnd && $0 == 0)
    }
    return self == .firstEnd ? ends.first : ends.dropFirst().first
  }
}
