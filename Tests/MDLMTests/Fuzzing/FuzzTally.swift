import Foundation

/// What became of the inputs of a target.
struct FuzzTally {
  let name: String
  var accepted = 0
  var refused = 0
  var failed = 0
  var duration = Duration.zero
  /// The input that took longest.
  var slowest = (duration: Duration.zero, number: 0)

  init(name: String) { self.name = name }

  mutating func add(_ other: FuzzTally) {
    accepted += other.accepted
    refused += other.refused
    failed += other.failed
    duration += other.duration
    if other.slowest.duration > slowest.duration { slowest = other.slowest }
  }

  static let heading = line(
    "target", "inputs", "accepted", "refused", "failed", "seconds", "slowest", "number")

  var row: String {
    func seconds(_ duration: Duration, _ digits: Int) -> String {
      String(format: "%.\(digits)f", duration / .seconds(1))
    }
    return Self.line(
      name, "\(accepted + refused + failed)", "\(accepted)", "\(refused)", "\(failed)",
      seconds(duration, 1), seconds(slowest.duration, 3), "\(slowest.number)")
  }

  private static func line(_ name: String, _ numbers: String...) -> String {
    func blanks(_ count: Int) -> String { String(repeating: " ", count: max(0, count)) }
    return name + blanks(20 - name.count)
      + numbers.map { blanks(10 - $0.count) + $0 }.joined() + "\n"
  }
}
