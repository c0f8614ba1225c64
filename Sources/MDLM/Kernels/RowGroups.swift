/// Which rows of a matrix share one row of conditioning: consecutive runs, one per group.
///
/// Without time conditioning all rows form one group; with it each sequence is a group.
struct RowGroups: Equatable {
  /// The first row of each group and, last, the number of rows.
  let starts: [Int]

  var count: Int { starts.count - 1 }
  var rows: Int { starts[count] }

  init(starts: [Int]) { self.starts = starts }

  /// `rows` rows in `groups` equal groups.
  init(rows: Int, groups: Int) {
    require(groups > 0 && rows % groups == 0, "[RowGroups] \(rows) rows in \(groups) groups")
    let size = rows / groups
    starts = (0...groups).map { $0 * size }
  }

  /// One block of rows inside one group.
  struct Block {
    let group: Int
    let rows: Range<Int>
  }

  /// The rows in blocks of at most `largest`, none of which crosses a group's border.
  func blocks(largest: Int = 64) -> [Block] {
    (0..<count).flatMap { group in
      stride(from: starts[group], to: starts[group + 1], by: largest).map {
        Block(group: group, rows: $0..<min($0 + largest, starts[group + 1]))
      }
    }
  }
}
