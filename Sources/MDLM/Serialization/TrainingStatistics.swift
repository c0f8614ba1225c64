/// What the metrics of a run remember between their lines; checkpoints hold it, so that a resumed run
/// writes the lines of one that was never stopped.
struct TrainingStatistics: Equatable, Sendable {
  /// Σ of the finite losses since the last line, and how many they are.
  private(set) var lossSum = 0.0
  private(set) var lossCount = 0
  private(set) var maskedShares = MaskedShareSums()

  /// The usual loss and its variance: exponential moving averages over some fifty steps.
  private(set) var usualLoss = 0.0
  private(set) var usualVariance = 0.0
  /// Losses that these have seen.
  private(set) var seenCount = 0
  /// Whether the last loss was out of the usual: a spike is told once, however long it lasts.
  private(set) var isOutOfUsual = false

  init() {}

  private static let decay = 0.98
  /// Losses that must have been seen before one can be called unusual.
  private static let fewest = 100
  /// How far a loss may lie from the usual one, in standard deviations.
  private static let farthest = 8.0

  /// A loss far above those before it.
  struct Spike: Equatable, Sendable {
    let loss: Double
    let expected: Double
    let deviation: Double
  }

  /// Takes in the loss of a step.
  ///
  /// - Parameters:
  ///   - loss: In nats per token, finite.
  ///   - shares: The same by masked share.
  /// - Returns: The spike that the loss begins, if it does.
  mutating func add(_ loss: Double, _ shares: MaskedShareSums) -> Spike? {
    lossSum += loss
    lossCount += 1
    maskedShares.add(shares)
    let deviation = usualVariance.squareRoot()
    let bound = usualLoss + Self.farthest * deviation
    let isUnusual = seenCount >= Self.fewest && loss > bound
    let spike =
      isUnusual && !isOutOfUsual
      ? Spike(loss: loss, expected: usualLoss, deviation: deviation) : nil
    isOutOfUsual = isUnusual
    // Of an unusual loss only as much counts as is usual, lest one hides the next.
    let counted = isUnusual ? bound : loss
    let weight = seenCount == 0 ? 1 : max(1 - Self.decay, 1 / Double(seenCount + 1))
    let difference = counted - usualLoss
    usualLoss += weight * difference
    usualVariance = (1 - weight) * (usualVariance + weight * difference * difference)
    seenCount += 1
    return spike
  }

  /// The mean loss since the last line; nil where no step had a finite one.
  var meanLoss: Double? { lossCount > 0 ? lossSum / Double(lossCount) : nil }

  /// Begins a new line.
  mutating func beginLine() {
    (lossSum, lossCount, maskedShares) = (0, 0, MaskedShareSums())
  }
}

extension TrainingStatistics {
  /// The statistics as `state.json` holds them.
  var json: JSONValue {
    [
      "loss_count": .number(lossCount), "loss_sum": .number(lossSum),
      "out_of_usual": .boolean(isOutOfUsual), "seen_losses": .number(seenCount),
      "share_nats": .array(maskedShares.nats.map { .number($0) }),
      "share_tokens": .array(maskedShares.tokens.map { .number($0) }),
      "usual_loss": .number(usualLoss), "usual_variance": .number(usualVariance),
    ]
  }

  /// Reads the fields of an object that ``json`` has made; mistakes are reported there.
  init(_ fields: inout JSONFileFields) {
    lossCount = fields.integer("loss_count", in: 0...Int.max)
    lossSum = fields.optionalNumber("loss_sum") ?? 0
    isOutOfUsual = fields.boolean("out_of_usual", default: false)
    seenCount = fields.integer("seen_losses", in: 0...Int.max)
    usualLoss = fields.optionalNumber("usual_loss") ?? 0
    usualVariance = max(0, fields.optionalNumber("usual_variance") ?? 0)
    let nats = fields.array("share_nats") { $0.double.flatMap { $0.isFinite ? $0 : nil } }
    let tokens = fields.array("share_tokens") { $0.integer(Int.self) }
    if let shares = MaskedShareSums(nats: nats, tokens: tokens) {
      maskedShares = shares
    } else if fields.errors.isEmpty {
      fields.report(
        "share_tokens", found: "\(nats.count) sums and \(tokens.count) counts",
        expected: "\(MaskedShareSums.binCount) of each, none negative")
    }
  }
}
