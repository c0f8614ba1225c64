/// Which keys of its sequence a query sees.
///
/// Products are made for a block of queries and the runs of keys that any of them sees; the scores
/// in these runs that a query must not have are then overwritten. ``keys(seenFrom:length:)`` is all
/// that tells patterns apart: another one is a case more there, as long as every query sees some key.
enum AttentionPattern: Hashable, Sendable {
  /// Every key.
  case full
  /// The key at its own position and those before it.
  case causal

  /// Returns the keys that queries at some positions see.
  ///
  /// - Parameters:
  ///   - positions: Of the queries, from the first to the last.
  ///   - length: Keys in a sequence.
  /// - Returns: For one position, what it sees; for several, all that any of them sees.
  func keys(seenFrom positions: ClosedRange<Int>, length: Int) -> KeyRuns {
    switch self {
    case .full: KeyRuns(0..<length)
    case .causal: KeyRuns(0..<positions.upperBound + 1)
    }
  }

  /// A score beside which any other is so much larger that it takes the whole softmax.
  static let hiddenScore: Float = -1e30

  /// Writes `value` over the scores that queries must not have.
  ///
  /// - Parameters:
  ///   - scores: A row for each query, with a column for each of `keys`.
  ///   - value: ``hiddenScore`` before the softmax. After it 0: exponentials of the least numbers are
  ///     not quite that.
  ///   - positions: Of the queries, ascending.
  ///   - keys: What these positions see together.
  ///   - length: Keys in a sequence.
  func overwriteHidden(
    _ scores: UnsafeMutablePointer<Float>, with value: Float, positions: some Collection<Int32>,
    keys: KeyRuns, length: Int
  ) {
    guard self != .full else { return }
    var row = scores
    for position in positions {
      let seen = self.keys(seenFrom: Int(position)...Int(position), length: length)
      keys.forEach { run, before in
        func hide(_ range: Range<Int>) {
          (row + before + range.lowerBound - run.lowerBound).update(
            repeating: value, count: range.count)
        }
        var next = run.lowerBound
        seen.forEach { visible, _ in
          let visible = visible.clamped(to: run)
          guard !visible.isEmpty else { return }
          hide(next..<visible.lowerBound)
          next = visible.upperBound
        }
        hide(next..<run.upperBound)
      }
      row += keys.count
    }
  }
}
