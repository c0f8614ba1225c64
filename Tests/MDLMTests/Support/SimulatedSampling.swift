@testable import MDLM

/// Events as a sampler might emit them, made up at random.
struct SimulatedSampling {
  static let maskID: Int32 = 0

  var generator: SplitMix64
  var length: Int
  var steps: Int
  /// The probability that a token is masked again in a step.
  var remasking = 0.0
  /// Ids are 1 ..< vocabulary.
  var vocabulary: Int32 = 30

  init(seed: UInt64, length: Int, steps: Int, remasking: Double = 0, vocabulary: Int32 = 30) {
    generator = SplitMix64(seed)
    self.length = length
    self.steps = steps
    self.remasking = remasking
    self.vocabulary = vocabulary
  }

  /// What happened to one sample: its events, and the whole sequence after every step.
  struct Record {
    var events: [SamplingEvent] = []
    /// `frames[0]` is the beginning, `frames[s + 1]` the sequence after step s.
    var frames: [[Int32]] = []
  }

  /// Draws one sample; a third of its places are fixed.
  mutating func record(sample: Int) -> Record {
    var record = Record()
    var canvas = (0..<length).map { _ in
      Int.random(in: 0..<3, using: &generator) == 0 ? token() : Self.maskID
    }
    record.events.append(.began(SamplingBeginning(sample: sample, tokens: canvas)))
    record.frames.append(canvas)
    for step in 0..<steps {
      let time = 1 - Double(step) / Double(steps)
      for position in canvas.indices where canvas[position] != Self.maskID {
        guard chance(remasking), step < steps - 1 else { continue }
        record.events.append(
          .remasked(
            Remask(
              sample: sample, step: step, time: time, position: position, token: canvas[position])))
        canvas[position] = Self.maskID
      }
      for position in canvas.indices.shuffled(using: &generator)
      where canvas[position] == Self.maskID {
        guard chance(1 / Double(steps - step)) else { continue }
        canvas[position] = token()
        record.events.append(
          .revealed(
            Reveal(
              sample: sample, step: step, time: time, position: position, token: canvas[position],
              belief: belief(in: canvas[position]))))
      }
      record.frames.append(canvas)
    }
    record.events.append(
      .finished(Sample(index: sample, tokens: canvas, networkCalls: steps)))
    return record
  }

  private mutating func chance(_ probability: Double) -> Bool {
    Double.random(in: 0..<1, using: &generator) < probability
  }

  private mutating func token() -> Int32 { Int32.random(in: 1..<vocabulary, using: &generator) }

  private mutating func belief(in token: Int32) -> TokenBelief {
    let probability = Double.random(in: 0.5..<1, using: &generator)
    return TokenBelief(
      probability: probability, entropy: Double.random(in: 0..<5, using: &generator),
      top: [
        .init(token: token, probability: probability),
        .init(token: self.token(), probability: (1 - probability) / 2),
      ])
  }
}

extension TraceHeader {
  /// A header for tests, with a setting of every kind.
  static let simulated = TraceHeader(
    model: "0123abcd", tokenizer: nil, predictor: "ddpm_cache", schedule: "loglinear",
    grid: "linear", steps: 12, seed: 1 << 63 + 1, maskID: SimulatedSampling.maskID,
    settings: [
      Setting("block", .integer(8)), Setting("top_p", .number(0.9)),
      Setting("order", .text("confidence")), Setting("cuts", .boolean(true)),
    ])
}
