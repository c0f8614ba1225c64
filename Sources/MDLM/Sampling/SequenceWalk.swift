/// One sequence on its way from masks to tokens.
///
/// It goes by itself until it needs the network, so that sequences which need it at different steps
/// are served by one call.
struct SequenceWalk {
  let index: Int
  let template: SequenceTemplate
  private let settings: SamplerSettings
  private let start: (_ positions: [Int]) -> BlockStart
  private let maskID: Int32
  private(set) var tokens: [Int32]
  private(set) var networkCalls = 0
  private var blocks: ArraySlice<GenerationBlock>
  private var block: GenerationBlock?
  private var rule: (any SamplingRule)?
  private var state = BlockState(masked: [], revealed: [:], maskedShare: 0)
  /// Steps of the blocks before this one.
  private var stepOffset = 0
  private var stepsOfBlock = 0
  /// How often each position has been drawn.
  private var visits: [Int: Int] = [:]
  private var pending: SamplingStep?
  /// Where a ``StopRule`` has ended it.
  private var end: Int?
  /// What a causal network has computed of its tokens.
  var cache: KeyValueCache?

  /// - Parameters:
  ///   - index: The number of the sample.
  ///   - template: What is fixed and what is free.
  ///   - settings: How to draw.
  ///   - maskID: The mask.
  ///   - limit: The most tokens that the network takes.
  ///   - start: What rules are made from, given the masks of a block.
  init(
    index: Int, template: SequenceTemplate, _ settings: SamplerSettings, maskID: Int32,
    limit: Int, start: @escaping (_ positions: [Int]) -> BlockStart
  ) {
    self.index = index
    self.template = template
    self.settings = settings
    self.maskID = maskID
    self.start = start
    tokens = template.tokens.map { $0 ?? maskID }
    blocks =
      settings.order.blocks(
        of: template.length, lastFixed: template.tokens.lastIndex { $0 != nil }, limit: limit)[...]
  }

  /// Whether no block is left.
  var isFinished: Bool { block == nil && (blocks.isEmpty || end != nil) }

  var beginning: SamplingBeginning { SamplingBeginning(sample: index, tokens: tokens) }

  var sample: Sample {
    Sample(
      index: index, tokens: end.map { Array(tokens[...$0]) } ?? tokens, networkCalls: networkCalls)
  }

  /// What the network is asked for.
  struct Request {
    /// The tokens that it sees.
    let tokens: ArraySlice<Int32>
    /// 1 − e^(−σ) for the σ that it is told.
    let maskProbability: Double
    /// The positions whose tokens are asked for, ascending; `tokens` has the same indices.
    let positions: [Int]
    let action: SamplingStep.Action
  }

  /// Goes on until the network is needed.
  ///
  /// - Parameter report: Receives what happens on the way.
  /// - Returns: What is asked for, or nil when the sequence is complete.
  mutating func advance(_ report: (SamplingEvent) -> Void) -> Request? {
    while true {
      guard let block else {
        if !beginBlock() { return nil }
        continue
      }
      state.maskedShare =
        Double(tokens[block.window].count { $0 == maskID }) / Double(block.window.count)
      guard !endsEarly(block), let step = rule?.nextStep(state) else {
        endBlock(block)
        continue
      }
      stepsOfBlock = step.index + 1
      switch step.action {
      case .rest: remask(step, report)
      case .assign(let draws):
        for draw in draws { reveal(draw, step, report) }
        remask(step, report)
      case .reveal(let positions, _), .consider(let positions), .read(let positions):
        pending = step
        networkCalls += 1
        return Request(
          tokens: tokens[block.window], maskProbability: step.maskProbability,
          positions: positions, action: step.action)
      }
    }
  }

  private mutating func beginBlock() -> Bool {
    guard end == nil, let next = blocks.popFirst() else { return false }
    let masked = next.positions.filter { template.tokens[$0] == nil }
    if masked.isEmpty { return true }
    block = next
    rule = settings.rule(for: start(masked))
    state = BlockState(masked: masked, revealed: [:], maskedShare: 0)
    stepsOfBlock = 0
    return true
  }

  private mutating func endBlock(_ block: GenerationBlock) {
    stepOffset += stepsOfBlock
    self.block = nil
    rule = nil
    // What is fixed behind it is part of the sequence.
    if let found = stop(before: block.positions.upperBound),
      !template.tokens[(found + 1)...].contains(where: { $0 != nil })
    {
      end = found
    }
  }

  /// Where the ``StopRule`` ends the tokens before a position, if it does.
  private func stop(before position: Int) -> Int? {
    // From left to right the first token is given, and one that begins sequences may also end them.
    let first = settings.predictor == .ar ? 1 : 0
    return settings.stopRule.end(
      in: tokens[..<position], isFree: { $0 >= first && template.tokens[$0] == nil },
      endID: settings.endID)
  }

  /// Whether the sequence has its end before its block is complete, as from left to right it may.
  private func endsEarly(_ block: GenerationBlock) -> Bool {
    guard settings.predictor == .ar, let next = state.masked.first else { return false }
    return stop(before: next) != nil
  }

  // MARK: Answers

  /// Which of the positions that were considered are revealed.
  mutating func choose(_ positions: [Int], _ certainties: [Certainty]) -> [Int] {
    rule?.choose(positions, certainties).map { positions[$0] } ?? []
  }

  /// Hands over the probabilities or scores that were asked for.
  mutating func receive(_ probabilities: [[Float]], at positions: [Int]) {
    rule?.receive(probabilities, at: positions)
    pending = nil
  }

  /// Puts the tokens that were drawn, and masks again what the step says.
  mutating func receive(_ draws: [SamplingStep.Draw], _ report: (SamplingEvent) -> Void) {
    guard let step = pending else { return }
    pending = nil
    for draw in draws {
      if draw.token == maskID {
        // D3PM may draw the mask, which then stays; the next draw has another number.
        visits[draw.position, default: 0] += 1
      } else {
        reveal(draw, step, report)
      }
    }
    remask(step, report)
  }

  /// The random number that draws the token of a position.
  ///
  /// It depends on how often the position was drawn, not on the step: so predictors that reveal in the
  /// same order with the same probabilities draw the same tokens.
  func tokenUniform(at position: Int) -> Double {
    SampleDraws(seed: settings.seed, sample: index)
      .uniform(.tokens, step: visits[position, default: 0], position: position)
  }

  private mutating func reveal(
    _ draw: SamplingStep.Draw, _ step: SamplingStep, _ report: (SamplingEvent) -> Void
  ) {
    tokens[draw.position] = draw.token
    visits[draw.position, default: 0] += 1
    state.masked.removeAll { $0 == draw.position }
    state.revealed[draw.position] = draw.belief.probability
    report(
      .revealed(
        Reveal(
          sample: index, step: stepOffset + step.index, time: step.time, position: draw.position,
          token: draw.token, belief: draw.belief)))
  }

  private mutating func remask(_ step: SamplingStep, _ report: (SamplingEvent) -> Void) {
    for position in step.remasked {
      let token = tokens[position]
      tokens[position] = maskID
      state.revealed[position] = nil
      report(
        .remasked(
          Remask(
            sample: index, step: stepOffset + step.index, time: step.time, position: position,
            token: token)))
    }
    if !step.remasked.isEmpty { state.masked = (state.masked + step.remasked).sorted() }
  }
}
