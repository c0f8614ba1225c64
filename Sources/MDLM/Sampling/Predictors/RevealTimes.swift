/// When each mask of a block turns into a token, in the absorbing process run backward.
///
/// Without remasking a position is a mask until one moment, and then a token. Seen from t = 1, where
/// a share m(1) is masked, the moment lies before time s with probability 1 − m(s) / m(1), whatever
/// happens elsewhere. So one uniform number u for each position tells it: the position is revealed
/// where the masked share falls to u · m(1). All predictors that take positions at random use these
/// numbers, so with one seed they reveal in the same order.
struct RevealTimes: Sendable {
  /// Positions with their numbers, the next one last.
  private var pending: [(number: Double, position: Int)]

  init(_ positions: [Int], _ draws: SampleDraws) {
    pending = positions.map { (draws.uniform(.reveals, position: $0), $0) }
      .sorted { ($0.number, $0.position) < ($1.number, $1.position) }
  }

  var count: Int { pending.count }

  /// Takes all positions whose number is at least `number`, ascending.
  mutating func take(from number: Double) -> [Int] {
    var count = 0
    while count < pending.count && pending[pending.count - 1 - count].number >= number {
      count += 1
    }
    return take(count)
  }

  /// Takes the next `count` positions, ascending.
  mutating func take(_ count: Int) -> [Int] {
    defer { pending.removeLast(count) }
    return pending.suffix(count).map(\.position).sorted()
  }

  /// The number of the position that comes next.
  var next: Double? { pending.last?.number }
}
