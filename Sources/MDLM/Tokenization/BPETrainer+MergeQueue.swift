extension BPETrainer {
  /// A pair that may be merged, and where.
  struct Candidate {
    /// The count when the candidate was last looked at; the true one may have changed since.
    var count: Int
    let pair: Pair
    /// The pair's number in the table.
    let number: Int32
    /// The places, as a range of the corpus's list of them.
    let places: Range<Int>

    /// Whether this one is merged first: the more frequent pair, of two the one with smaller ids.
    func precedes(_ other: Candidate) -> Bool {
      count == other.count ? pair < other.pair : count > other.count
    }
  }

  /// A binary heap of candidates.
  struct MergeQueue {
    private var heap: [Candidate] = []

    var top: Candidate? { heap.first }

    mutating func insert(_ candidate: Candidate) {
      var index = heap.count
      heap.append(candidate)
      while index > 0 {
        let parent = (index - 1) / 2
        guard candidate.precedes(heap[parent]) else { break }
        heap[index] = heap[parent]
        index = parent
      }
      heap[index] = candidate
    }

    /// Gives the top candidate another count, which moves it to its place.
    mutating func correctTop(count: Int) {
      heap[0].count = count
      sink(heap[0])
    }

    mutating func removeTop() {
      let last = heap.removeLast()
      if !heap.isEmpty { sink(last) }
    }

    /// Puts `candidate` where the top was and moves it down to its place.
    private mutating func sink(_ candidate: Candidate) {
      var index = 0
      while true {
        var child = 2 * index + 1
        guard child < heap.count else { break }
        if child + 1 < heap.count, heap[child + 1].precedes(heap[child]) { child += 1 }
        guard heap[child].precedes(candidate) else { break }
        heap[index] = heap[child]
        index = child
      }
      heap[index] = candidate
    }
  }
}
