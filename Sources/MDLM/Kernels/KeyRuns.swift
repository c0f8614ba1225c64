/// Keys of a sequence in at most two runs, in ascending order.
struct KeyRuns: Equatable {
  let first: Range<Int>
  /// Empty where there is one run.
  let second: Range<Int>

  init(_ first: Range<Int>, _ second: Range<Int> = 0..<0) {
    require(
      second.isEmpty || second.lowerBound >= first.upperBound, "[KeyRuns] \(first), then \(second)")
    self.first = first
    self.second = second
  }

  var count: Int { first.count + second.count }

  /// Calls `body` with each run that is not empty and the number of keys in those before it.
  func forEach(_ body: (_ run: Range<Int>, _ before: Int) -> Void) {
    if !first.isEmpty { body(first, 0) }
    if !second.isEmpty { body(second, first.count) }
  }
}
