/// A row to be scored.
struct EvaluationRow {
  let index: Int
  let tokens: ArraySlice<Int32>
  /// Tokens before its padding.
  let unpaddedLength: Int
}

extension TokenRows {
  /// Reads some rows: the one place where an evaluation does.
  func evaluationRows(_ range: Range<Int>) throws(InputError) -> [EvaluationRow] {
    let tokens = try tokens(of: range)
    return range.map { row in
      let start = (row - range.lowerBound) * length
      return EvaluationRow(
        index: row, tokens: tokens[start..<start + length],
        unpaddedLength: unpaddedLength(of: row))
    }
  }
}
