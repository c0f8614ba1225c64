/// Some rows of a batch of sequences, in ascending order.
///
/// Only masked positions are asked for their tokens, so the last block and the output layer see no
/// others.
struct RowSelection: Equatable {
  /// Row numbers: sequence · length + position.
  let rows: [Int32]
  /// The first selected row of each sequence and, last, their number.
  let starts: [Int]
  /// Each row's place in its sequence.
  let positions: [Int32]

  init(_ rows: [Int32], sequences: Int, length: Int) {
    require(
      zip(rows, rows.dropFirst()).allSatisfy { $0 < $1 }
        && rows.allSatisfy { $0 >= 0 && Int($0) < sequences * length },
      "[RowSelection] rows must ascend within \(sequences) sequences of \(length)")
    self.rows = rows
    positions = rows.map { $0 % Int32(length) }
    var (starts, next) = ([0], 0)
    for sequence in 1...max(sequences, 1) {
      while next < rows.count, Int(rows[next]) < sequence * length { next += 1 }
      starts.append(next)
    }
    self.starts = starts
  }

  /// Every row.
  init(allOf sequences: Int, length: Int) {
    self.init(
      (0..<Int32(sequences * length)).map { $0 }, sequences: sequences, length: length)
  }

  /// The selected rows of one sequence, counted among the selected.
  subscript(sequence: Int) -> Range<Int> { starts[sequence]..<starts[sequence + 1] }
}
