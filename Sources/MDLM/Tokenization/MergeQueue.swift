/// Merges that may be done, lowest rank and then leftmost first: a binary heap.
struct MergeQueue {
  struct Entry {
    var rankAndID: UInt64
    var place: Int

    static func < (first: Entry, second: Entry) -> Bool {
      first.rankAndID == second.rankAndID
        ? first.place < second.place : first.rankAndID < second.rankAndID
    }
  }

  private var heap: [Entry]

  init(_ entries: some Sequence<Entry>) {
    heap = Array(entries)
    for index in (0..<heap.count / 2).reversed() { sink(index) }
  }

  mutating func push(_ entry: Entry) {
    heap.append(entry)
    var index = heap.count - 1
    while index > 0, heap[index] < heap[(index - 1) / 2] {
      heap.swapAt(index, (index - 1) / 2)
      index = (index - 1) / 2
    }
  }

  mutating func pop() -> Entry? {
    guard let first = heap.first, let last = heap.popLast() else { return nil }
    if !heap.isEmpty {
      heap[0] = last
      sink(0)
    }
    return first
  }

  private mutating func sink(_ start: Int) {
    var index = start
    while true {
      var child = 2 * index + 1
      guard child < heap.count else { return }
      if child + 1 < heap.count, heap[child + 1] < heap[child] { child += 1 }
      guard heap[child] < heap[index] else { return }
      heap.swapAt(index, child)
      index = child
    }
  }
}
