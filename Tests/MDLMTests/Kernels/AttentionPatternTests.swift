import Testing

@testable import MDLM

struct AttentionPatternTests {
  private static let length = 40

  @Test func queryOfACausalPatternSeesItselfAndThoseBefore() {
    let pattern = AttentionPattern.causal
    #expect(pattern.keys(seenFrom: 0...0, length: 5) == KeyRuns(0..<1))
    #expect(pattern.keys(seenFrom: 1...3, length: 5) == KeyRuns(0..<4))
    #expect(pattern.keys(seenFrom: 4...4, length: 5) == KeyRuns(0..<5))
  }

  @Test func queryOfTheFullPatternSeesEveryKey() {
    for position in 0..<5 {
      let keys = AttentionPattern.full.keys(seenFrom: position...position, length: 5)
      #expect(keys == KeyRuns(0..<5))
    }
  }

  @Test func runsKnowHowManyKeysComeBeforeThem() {
    var found: [[Int]] = []
    KeyRuns(2..<5, 7..<8).forEach { run, before in found += [Array(run), [before]] }
    KeyRuns(0..<0, 3..<5).forEach { run, before in found += [Array(run), [before]] }
    #expect(found == [[2, 3, 4], [0], [7], [3], [3, 4], [0]])
    #expect(KeyRuns(2..<5, 7..<8).count == 4)
  }

  /// Any ascending queries; a score says where it is, so that a wrong place shows.
  @Test(
    arguments: [AttentionPattern.full, .causal], [[0], [39], [3, 4, 5], [0, 7, 8, 30], [20, 21]])
  func hiddenScoresAloneAreOverwritten(pattern: AttentionPattern, positions: [Int32]) {
    let keys = pattern.keys(
      seenFrom: Int(positions[0])...Int(positions[positions.count - 1]), length: Self.length)
    let before = (0..<positions.count * keys.count).map(Float.init)
    var scores = before + [-7]
    _ = scores.withPointer {
      pattern.overwriteHidden(
        $0, with: -1, positions: positions, keys: keys, length: Self.length)
    }
    let expected = positions.enumerated().flatMap { row, position in
      keys.first.enumerated().map { column, key in
        pattern == .full || key <= position ? before[row * keys.count + column] : -1
      }
    }
    #expect(scores == expected + [-7])
  }
}
