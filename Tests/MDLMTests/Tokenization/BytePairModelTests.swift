import Testing

@testable import MDLM

@Suite struct BytePairModelTests {
  /// The textbook loop over strings: join the leftmost pair of the lowest rank until none is left.
  private func oracle(_ piece: String, _ merges: [(String, String)]) -> [String] {
    var parts = piece.map { String($0) }
    while true {
      var best: (rank: Int, place: Int)?
      for place in parts.indices.dropLast() {
        let rank = merges.firstIndex { $0.0 == parts[place] && $0.1 == parts[place + 1] }
        if let rank, rank < best?.rank ?? .max { best = (rank, place) }
      }
      guard let best else { return parts }
      parts.replaceSubrange(
        best.place...best.place + 1, with: [parts[best.place...best.place + 1].joined()])
    }
  }

  /// A random BPE of the letters a … c: what joins, and the name of every id from 256 on.
  private func randomModel(
    _ random: inout SplitMix64
  ) -> (model: BytePairModel, merges: [(String, String)], names: [String]) {
    let bytes = (0..<256).map { String(Unicode.Scalar(UInt8($0))) }
    var names = bytes
    var merges: [(String, String)] = []
    var table: [MergeTable.Merge] = []
    for _ in 0..<Int.random(in: 0...25, using: &random) {
      let known = Array(97...99) + Array(256..<names.count)
      let left = known.randomElement(using: &random) ?? 97
      let right = known.randomElement(using: &random) ?? 97
      let joined = names[left] + names[right]
      // One token may come of several pairs, as in tiktoken's files, but a pair merges once.
      guard !merges.contains(where: { $0.0 == names[left] && $0.1 == names[right] }) else {
        continue
      }
      let id = names.firstIndex(of: joined) ?? names.count
      if id == names.count { names.append(joined) }
      merges.append((names[left], names[right]))
      table.append(MergeTable.Merge(left: Int32(left), right: Int32(right), joined: Int32(id)))
    }
    // Ranks in an order of their own, so that a late token can have the first rank.
    let order = merges.indices.shuffled(using: &random)
    let model = BytePairModel(byteIDs: Array(0..<256), merges: order.map { table[$0] })
    return (model, order.map { merges[$0] }, names)
  }

  private func ids(_ model: BytePairModel, _ piece: String) -> [Int32] {
    var ids: [Int32] = []
    Array(piece.utf8).withUnsafeBufferPointer { model.append($0, to: &ids) }
    return ids
  }

  /// Lengths on both sides of the one from which a heap finds the next merge.
  @Test(arguments: [1...12, 40...60, 90...120])
  func mergesEqualTheTextbook(lengths: ClosedRange<Int>) {
    var random = SplitMix64(UInt64(lengths.lowerBound))
    for _ in 0..<60 {
      let (model, merges, names) = randomModel(&random)
      for _ in 0..<4 {
        let piece = String(
          (0..<Int.random(in: lengths, using: &random)).map { _ in
            ["a", "b", "c"].randomElement(using: &random) ?? "a"
          })
        let parts = ids(model, piece).map { names[Int($0)] }
        #expect(parts == oracle(piece, merges), "\(piece) \(merges)")
      }
    }
  }

  /// A quadratic loop would take hours.
  @Test func aMegabyteOfOneLetterIsMerged() {
    let doubling = (0..<5).map { power in
      let id = power == 0 ? 97 : Int32(255 + power)
      return MergeTable.Merge(left: id, right: id, joined: Int32(256 + power))
    }
    let model = BytePairModel(byteIDs: Array(0..<256), merges: doubling)
    let result = ids(model, String(repeating: "a", count: 1 << 20) + "aaa")
    #expect(result == [Int32](repeating: 260, count: 1 << 15) + [256, 97])
  }

  @Test func aPieceInTheVocabularyIsTakenWhole() {
    var pieces = ByteStrings()
    for text in ["", "abc", "ab"] { pieces.append(text.utf8) }
    let merges = [MergeTable.Merge(left: 97, right: 98, joined: 2)]
    let model = BytePairModel(byteIDs: Array(0..<256), merges: merges, wholePieces: pieces)
    #expect(ids(model, "abc") == [1])
    #expect(ids(model, "abcc") == [2, 99, 99])
  }
}
