/// What stood at one place of a sequence, and over which steps.
struct PlaceHistory: Equatable {
  /// A token or the mask, from one change to the next.
  struct Span: Equatable {
    let token: Int32
    /// The step that put it there; nil for what the sequence began with.
    let start: Int?
    /// The step that took it away; nil for what stands there at the end.
    var end: Int?
  }

  private(set) var spans: [Span]

  /// The history of every place, in the order of the places.
  static func all(of sample: TraceSample) -> [PlaceHistory] {
    var histories = sample.beginning.map {
      PlaceHistory(spans: [Span(token: $0, start: nil, end: nil)])
    }
    for change in sample.changes { histories[change.position].add(change) }
    return histories
  }

  private mutating func add(_ change: TraceChange) {
    if let last = spans.indices.last { spans[last].end = change.step }
    spans.append(Span(token: change.result, start: change.step, end: nil))
  }
}
