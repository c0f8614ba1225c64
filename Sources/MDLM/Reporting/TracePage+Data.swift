extension TracePage {
  /// What the page's script reads.
  var data: JSONValue { ["traces": .array(entries.map(\.json))] }
}

extension TracePage.Entry {
  /// The sample in the shape that the script works with.
  var json: JSONValue {
    [
      "title": .string(title), "mask": .number(trace.header.maskID),
      "steps": .number(sample.stepCount),
      "begin": .array(sample.beginning.map { .number($0) }),
      "changes": .array(sample.changes.map(\.json)),
      "length": sample.end.map { .number($0.count) } ?? .null,
      "names": .object(
        usedTokens.map { JSONMember(key: "\($0)", value: .string(trace.text(of: $0))) }),
    ]
  }

  /// The tokens that the page shows anywhere, in ascending order.
  private var usedTokens: [Int32] {
    var tokens = Set(sample.beginning)
    for case .revealed(let reveal) in sample.changes {
      tokens.insert(reveal.token)
      tokens.formUnion(reveal.belief.top.map(\.token))
    }
    tokens.remove(trace.header.maskID)
    return tokens.sorted()
  }
}

extension TraceChange {
  /// Step, time, position and token, which is -1 for one that is gone; then probability, entropy,
  /// and the likeliest tokens each with its probability.
  fileprivate var json: JSONValue {
    let place: [JSONValue] = [
      .number(step), .number(time.rounded(digits: 6)), .number(position),
    ]
    switch self {
    case .remasked: return .array(place + [.number(-1)])
    case .revealed(let reveal):
      let belief = reveal.belief
      let top = belief.top.map { candidate -> JSONValue in
        [.number(candidate.token), .number(candidate.probability.rounded(digits: 4))]
      }
      return .array(
        place + [
          .number(reveal.token), .number(belief.probability.rounded(digits: 4)),
          .number(belief.entropy.rounded(digits: 4)), .array(top),
        ])
    }
  }
}
