import Testing

@testable import MDLM

struct GenerationOrderTests {
  private func blocks(
    _ order: GenerationOrder, _ length: Int, lastFixed: Int? = nil, limit: Int = 8
  ) -> [GenerationBlock] {
    order.blocks(of: length, lastFixed: lastFixed, limit: limit)
  }

  private func block(_ positions: Range<Int>, seeing window: Range<Int>) -> GenerationBlock {
    GenerationBlock(positions: positions, window: window)
  }

  @Test func wholeIsOneBlock() {
    #expect(blocks(.whole, 6) == [block(0..<6, seeing: 0..<6)])
  }

  @Test func contextGrows() {
    #expect(
      blocks(.blocks(size: 3, slides: false), 8) == [
        block(0..<3, seeing: 0..<3), block(3..<6, seeing: 0..<6), block(6..<8, seeing: 0..<8),
      ])
  }

  @Test func fixedTokensBehindAreSeen() {
    #expect(
      blocks(.blocks(size: 3, slides: false), 8, lastFixed: 6) == [
        block(0..<3, seeing: 0..<7), block(3..<6, seeing: 0..<7), block(6..<8, seeing: 0..<8),
      ])
  }

  @Test func windowSlides() {
    #expect(
      blocks(.blocks(size: 5, slides: true), 14) == [
        block(0..<5, seeing: 0..<5), block(5..<10, seeing: 2..<10), block(10..<14, seeing: 6..<14),
      ])
    // What is fixed far behind is not seen before the window reaches it.
    let far = blocks(.blocks(size: 5, slides: true), 14, lastFixed: 13)
    #expect(far[0] == block(0..<5, seeing: 0..<8))
  }

  @Test func stridesAreTheOfficialWindows() {
    #expect(
      blocks(.strides(3), 14) == [
        block(0..<8, seeing: 0..<8), block(8..<11, seeing: 3..<11), block(11..<14, seeing: 6..<14),
      ])
  }

  @Test(arguments: 1...30, [1, 2, 5, 8]) func blocksCoverTheSequence(length: Int, size: Int) {
    for order in [GenerationOrder.blocks(size: size, slides: true), .strides(size)] {
      let blocks = blocks(order, length)
      #expect(blocks.flatMap { Array($0.positions) } == Array(0..<length))
      for block in blocks {
        #expect(block.window.count <= 8)
        #expect(block.window.lowerBound <= block.positions.lowerBound)
        #expect(block.window.upperBound >= block.positions.upperBound)
      }
    }
  }

  @Test func lengthBeyondTheModelIsRefusedUnlessItSlides() {
    for order in [GenerationOrder.whole, .blocks(size: 4, slides: false)] {
      let error = #expect(throws: InputError.self) { try order.check(length: 9, limit: 8) }
      #expect(error?.remedy.contains("--sliding") ?? false)
      #expect(throws: Never.self) { try order.check(length: 8, limit: 8) }
    }
    for order in [GenerationOrder.strides(4), .blocks(size: 4, slides: true)] {
      #expect(throws: Never.self) { try order.check(length: 900, limit: 8) }
    }
    #expect(throws: InputError.self) { try GenerationOrder.strides(9).check(length: 20, limit: 8) }
  }

  // MARK: Ends

  @Test(arguments: [(StopRule.none, nil), (.firstEnd, 2), (.secondEnd, 2)] as [(StopRule, Int?)])
  func endsAreCounted(rule: StopRule, end: Int?) {
    let tokens: [Int32] = [9, 1, 9, 2, 9, 3]
    // The first one is fixed: it opens the row, as the first of two.
    #expect(rule.end(in: tokens[...], isFree: { $0 > 0 }, endID: 9) == end)
    #expect(rule.end(in: tokens[...], isFree: { _ in true }, endID: nil) == nil)
    #expect(rule.end(in: tokens[..<2], isFree: { $0 > 0 }, endID: 9) == nil)
  }

  @Test func fixedTextBehindAnEndStays() throws {
    let denoiser = TableDenoiser(vocabularySize: 3, length: 4, seed: 93)
    var settings = SamplerSettings(predictor: .firstHitting, seed: 94)
    settings.stopRule = .firstEnd
    settings.endID = 1
    let template = SequenceTemplate([.free(3), .fixed([0])])
    let samples = try Sampler(DiffusionSettings(maskID: 2), settings).sample(
      from: denoiser, [SequenceTemplate](repeating: template, count: 30))
    #expect(samples.allSatisfy { $0.tokens.count == 4 && $0.tokens[3] == 0 })
    #expect(samples.contains { $0.tokens[..<3].contains(1) })
  }

  @Test func generationStopsBehindAnEnd() throws {
    let denoiser = TableDenoiser(vocabularySize: 3, length: 4, seed: 93)
    var settings = SamplerSettings(predictor: .firstHitting, seed: 94)
    settings.order = .strides(2)
    settings.endID = 1
    let template = SequenceTemplate(length: 12)
    let sampler = { (settings: SamplerSettings) in
      try Sampler(DiffusionSettings(maskID: 2), settings).sample(
        from: denoiser, [SequenceTemplate](repeating: template, count: 50))
    }
    let whole = try sampler(settings)
    settings.stopRule = .firstEnd
    let stopped = try sampler(settings)
    for (sample, full) in zip(stopped, whole) {
      let end = full.tokens.firstIndex(of: 1)
      #expect(sample.tokens == end.map { Array(full.tokens[...$0]) } ?? full.tokens)
      // Blocks behind the end are never begun.
      #expect(sample.networkCalls == end.map { $0 < 4 ? 4 : 4 + 2 * (($0 - 4) / 2 + 1) } ?? 12)
    }
    #expect(stopped.contains { $0.tokens.count < 12 })
  }
}
