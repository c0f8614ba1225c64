/// A row to be scored.
struct EvaluationRow {
  let index: Int
  let tokens: ArraySlice<Int32>
  /// Tokens before its padding.
  let unpaddedLength: Int
}

extension TokenRows {
  /// Reads some rows: the one place where an evaluation does.
  func evaluationRows(_ range: Range<Int>) -> [EvaluationRow] {
    range.map {
      EvaluationRow(index: $0, tokens: row($0), unpaddedLength: unpaddedLength(of: $0))
    }
  }
}
