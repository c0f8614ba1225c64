/// Noised copies of rows that go through the network together.
///
/// Copies are added row by row; a row may begin in one batch and end in the next.
struct DrawBatch {
  private struct Entry {
    let row: Int
    let draw: MaskDraw
    /// Its tokens among all that are scored.
    let scored: Range<Int>
    let isLastOfRow: Bool
  }

  let length: Int
  let maskID: Int32
  private var entries: [Entry] = []
  private var noisy: [Int32] = []
  private var targets: [Int32] = []
  private var places: [Int] = []
  /// The loss of the row whose copies were not all scored yet.
  private var partialLoss = 0.0

  init(length: Int, maskID: Int32) {
    self.length = length
    self.maskID = maskID
  }

  /// Copies that wait.
  var count: Int { entries.count }

  mutating func append(_ draw: MaskDraw, of row: EvaluationRow, isLast: Bool) {
    let (start, first) = (noisy.count, places.count)
    noisy += row.tokens
    for position in draw.masked {
      let token = row.tokens[row.tokens.startIndex + position]
      noisy[start + position] = maskID
      guard position < row.unpaddedLength, token != maskID else { continue }
      if draw.scoresFirstOnly && places.count > first { continue }
      places.append(start + position)
      targets.append(token)
    }
    entries.append(
      Entry(row: row.index, draw: draw, scored: first..<places.count, isLastOfRow: isLast))
  }

  /// Scores the copies that wait and adds what they tell to `tally`.
  mutating func score(_ denoiser: some Denoiser, into tally: inout EvaluationTally) {
    let nll = denoiser.losses(
      of: targets, at: places, in: noisy, length: length,
      noiseLevels: entries.map { Float($0.draw.noiseLevel) },
      weights: [Float](repeating: 1, count: targets.count), excluding: maskID, .inference
    ).losses
    tally.networkCalls += entries.count
    for entry in entries {
      let losses = nll[entry.scored]
      partialLoss += losses.reduce(0) { $0 + Double($1) * entry.draw.weight }
      tally.curve.add(
        losses.reduce(0) { $0 + Double($1) }, tokens: losses.count,
        masked: entry.draw.masked.count, row: entry.row)
      if entry.isLastOfRow {
        tally.add(partialLoss, row: entry.row)
        partialLoss = 0
      }
    }
    entries.removeAll(keepingCapacity: true)
    noisy.removeAll(keepingCapacity: true)
    targets.removeAll(keepingCapacity: true)
    places.removeAll(keepingCapacity: true)
  }
}
