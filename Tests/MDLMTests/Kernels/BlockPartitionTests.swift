import Testing

@testable import MDLM

struct BlockPartitionTests {
  @Test(arguments: [(256, 32), (128, 16), (16, 4), (512, 128), (1 << 16, 1 << 12)])
  func blocksCoverEveryRowOnce(largest: Int, smallest: Int) {
    for count in Array(0...700) + [4095, 4096, 4097, 100_003] {
      let partition = BlockPartition(count, largest: largest, smallest: smallest)
      let blocks = (0..<partition.blocks).map { partition[$0] }
      #expect(blocks.allSatisfy { !$0.isEmpty && $0.count <= max(largest, smallest) })
      #expect(blocks.map(\.lowerBound) + [count] == [0] + blocks.map(\.upperBound))
    }
  }

  @Test func allBlocksButTheLastAreEqual() {
    let partition = BlockPartition(1000)
    for block in 0..<partition.blocks - 1 { #expect(partition[block].count == partition.size) }
  }

  @Test func twoThreadsFinishTogether() {
    #expect(BlockPartition(512).blocks == 2)
    #expect(BlockPartition(1024).blocks == 4)
    #expect(BlockPartition(300).blocks == 2)
  }

  @Test func fewRowsAreNotSplit() { #expect(BlockPartition(32).blocks == 1) }
}

struct RowGroupsTests {
  static let groups = [
    RowGroups(rows: 0, groups: 1), RowGroups(rows: 130, groups: 1), RowGroups(rows: 12, groups: 3),
    RowGroups(starts: [0, 0, 5, 5, 200, 200]),
  ]

  @Test(arguments: groups) func blocksCoverEveryRowInsideItsGroup(_ groups: RowGroups) {
    var next = 0
    for block in groups.blocks(largest: 64) {
      #expect(block.rows.lowerBound == next && !block.rows.isEmpty && block.rows.count <= 64)
      #expect(groups.starts[block.group] <= block.rows.lowerBound)
      #expect(block.rows.upperBound <= groups.starts[block.group + 1])
      next = block.rows.upperBound
    }
    #expect(next == groups.rows)
  }

  @Test func equalGroups() {
    #expect(RowGroups(rows: 12, groups: 3) == RowGroups(starts: [0, 4, 8, 12]))
  }
}
