/// The course of a number in a few signs, as `▇▆▅▄▃▂▂▁`.
///
/// However long it runs, all of it is shown: when its places are full, each two neighbours become one.
struct Sparkline {
  private let width: Int
  private var values: [Double] = []
  /// Numbers that make up a value, and those of the value under way.
  private var group = 1
  private var pending: (sum: Double, count: Int) = (0, 0)

  /// - Parameter width: The most signs, an even number.
  init(width: Int = 12) { self.width = width }

  mutating func add(_ value: Double) {
    guard value.isFinite else { return }
    pending = (pending.sum + value, pending.count + 1)
    guard pending.count == group else { return }
    values.append(pending.sum / Double(group))
    pending = (0, 0)
    guard values.count == width else { return }
    values = stride(from: 0, to: width, by: 2).map { (values[$0] + values[$0 + 1]) / 2 }
    group *= 2
  }

  /// The signs; empty before there are two of them.
  var text: String {
    guard values.count > 1, let least = values.min(), let most = values.max() else { return "" }
    let signs = Array("▁▂▃▄▅▆▇█")
    guard most > least else { return String(repeating: signs[0], count: values.count) }
    let highest = Double(signs.count - 1)
    return String(values.map { signs[Int((($0 - least) / (most - least) * highest).rounded())] })
  }
}
