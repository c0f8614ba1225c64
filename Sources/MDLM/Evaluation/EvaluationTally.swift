/// What an evaluation has measured so far.
struct EvaluationTally {
  /// Tokens that are scored in each row.
  let rowTokens: [Int]
  /// Whether a replicate's draws depend on each other across rows.
  let couplesRows: Bool
  /// Sequences that went through the network.
  var networkCalls = 0
  var curve: LossCurve.Collector
  /// The loss of all rows, in each replicate.
  private(set) var replicateTotals: [Double] = []
  /// The loss of each row, summed over replicates.
  private var rowSums: [Double]
  /// The mean of each row's losses and the sum of their squared deviations (Welford).
  private var rowMeans: [Double]
  private var rowSpreads: [Double]
  /// Rows scored, over all replicates.
  private(set) var rowsDone = 0
  private var tokensDone = 0

  init(rowTokens: [Int], length: Int, couplesRows: Bool) {
    self.rowTokens = rowTokens
    self.couplesRows = couplesRows
    curve = LossCurve.Collector(rowCount: rowTokens.count, length: length)
    rowSums = [Double](repeating: 0, count: rowTokens.count)
    rowMeans = rowSums
    rowSpreads = rowSums
  }

  mutating func beginReplicate() { replicateTotals.append(0) }

  /// Adds the loss of a row in the replicate that runs.
  mutating func add(_ loss: Double, row: Int) {
    replicateTotals[replicateTotals.count - 1] += loss
    rowSums[row] += loss
    let deviation = loss - rowMeans[row]
    rowMeans[row] += deviation / Double(replicateTotals.count)
    rowSpreads[row] += deviation * (loss - rowMeans[row])
    rowsDone += 1
    tokensDone += rowTokens[row]
  }

  var tokens: Int { rowTokens.reduce(0, +) }

  /// The mean loss of each row over replicates.
  var rowLosses: [Double] { rowSums.map { $0 / Double(replicateTotals.count) } }

  /// The mean of what is done, in nats per token.
  var mean: Double { replicateTotals.reduce(0, +) / Double(max(tokensDone, 1)) }

  /// The Monte-Carlo standard error in nats per token after whole replicates; nil for one.
  ///
  /// Replicates are independent. Where rows are so too, the variance of their sum is the sum of
  /// their variances, which is known far better than the variance of a few totals.
  var monteCarloError: Double? {
    let k = Double(replicateTotals.count)
    guard k > 1 else { return nil }
    let total = Double(max(tokens, 1))
    if !couplesRows { return (rowSpreads.reduce(0, +) / (k - 1) / k).squareRoot() / total }
    let replicates = replicateTotals.map { $0 / total }
    let mean = replicates.reduce(0, +) / k
    let spread = replicates.reduce(0.0) { $0 + ($1 - mean) * ($1 - mean) }
    return (spread / (k - 1) / k).squareRoot()
  }
}
