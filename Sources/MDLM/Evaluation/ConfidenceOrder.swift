/// Rows that are revealed side by side, each in the order in which the model is surest.
///
/// At every step the masked position whose likeliest token has the greatest probability (of equal
/// ones the first) is taken; the right token is scored there and revealed. The sum of −log p is the
/// exact negative log-likelihood of a sampler with this rule (DUEL, arXiv 2603.01367). Padding stays
/// masked. With time conditioning the network is told the σ of the masked share.
///
/// Ties are common: among masks alone, a network that knows positions only relative to each other
/// is equally sure of all of them. So that rounding does not choose, ``tieTolerance`` does not count.
struct ConfidenceOrder {
  private struct Walk {
    let row: EvaluationRow
    var noisy: [Int32]
    /// Positions to be scored and revealed, ascending.
    var hidden: [Int]
    var loss = 0.0
    /// Masks left, padding included.
    var maskCount: Int

    func token(at position: Int) -> Int32 { row.tokens[row.tokens.startIndex + position] }

    mutating func reveal(_ index: Int, loss: Double) {
      let position = hidden.remove(at: index)
      noisy[position] = token(at: position)
      maskCount -= 1
      self.loss += loss
    }
  }

  /// Negative log-probabilities that differ by no more are equal, in nats.
  static let tieTolerance: Float = 1e-4

  let length: Int
  let diffusion: DiffusionSettings
  private var walks: [Walk] = []

  private var maskID: Int32 { diffusion.maskID }

  init(length: Int, _ diffusion: DiffusionSettings) {
    self.length = length
    self.diffusion = diffusion
  }

  /// Rows under way.
  var count: Int { walks.count }

  /// Begins with a row of masks.
  mutating func append(_ row: EvaluationRow, into tally: inout EvaluationTally) {
    let hidden = (0..<row.unpaddedLength).filter {
      row.tokens[row.tokens.startIndex + $0] != maskID
    }
    if hidden.isEmpty { return tally.add(0, row: row.index) }
    walks.append(
      Walk(
        row: row, noisy: [Int32](repeating: maskID, count: length), hidden: hidden,
        maskCount: length))
  }

  /// Reveals one token of every row under way; rows that are whole go into `tally`.
  mutating func step(_ denoiser: some Denoiser, into tally: inout EvaluationTally) {
    let scores = scores(denoiser)
    tally.networkCalls += walks.count
    var first = 0
    for index in walks.indices {
      let candidates = first..<first + walks[index].hidden.count
      let limit = (scores.lowest[candidates].min() ?? 0) + Self.tieTolerance
      let surest = candidates.first { scores.lowest[$0] <= limit } ?? first
      let loss = Double(scores.losses[surest])
      tally.curve.add(
        loss, tokens: 1, masked: walks[index].maskCount, row: walks[index].row.index)
      walks[index].reveal(surest - first, loss: loss)
      first = candidates.upperBound
    }
    for walk in walks where walk.hidden.isEmpty { tally.add(walk.loss, row: walk.row.index) }
    walks.removeAll { $0.hidden.isEmpty }
  }

  /// The scores of all hidden positions of all rows, in order.
  private func scores(_ denoiser: some Denoiser) -> RowLosses {
    let targets = walks.flatMap { walk in walk.hidden.map { walk.token(at: $0) } }
    return denoiser.losses(
      of: targets,
      at: walks.enumerated().flatMap { index, walk in walk.hidden.map { index * length + $0 } },
      in: walks.flatMap(\.noisy), length: length,
      noiseLevels: walks.map { walk in
        Float(
          diffusion.noiseLevel(maskProbability: Double(walk.maskCount) / Double(length)))
      },
      weights: [Float](repeating: 1, count: targets.count), excluding: maskID, .inference)
  }
}
