import Testing

@testable import MDLM

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// Autoregressive models of this package as judges.
struct BaselineJudgeTests {
  private let device = Device(threads: 2)

  private func network() -> AutoregressiveTransformer {
    let network = AutoregressiveTransformer(
      NetworkConfiguration(
        vocabularySize: 9, length: 10, hiddenSize: 16, blockCount: 2, headCount: 2,
        backbone: .ar), on: device)
    network.parameters.randomize(seed: 201)
    return network
  }

  /// −log p of every token but the first, from the scores of one sequence alone.
  private func expected(_ tokens: [Int32], _ network: some Network, maskID: Int32) -> [Double] {
    let features = network.features(tokens, length: tokens.count, noiseLevels: [0], .inference)
    let logits = network.head(features, rows: tokens.indices.map(Int32.init), .inference)
      .logits().values
    let width = network.vocabularySize
    let substitution = SubstitutionParameterization(maskID: maskID)
    return (1..<tokens.count).map { position in
      let row = logits[(position - 1) * width..<position * width]
      return -log(substitution.probabilities(logits: row)[Int(tokens[position])])
    }
  }

  @Test(arguments: [Int32(8), 0, 4]) func networkScoresWhatFollows(maskID: Int32) {
    let network = network()
    let rows: [[Int32]] = [[1, 2, 3, 7, 5, 6], [6, 6, 1, 2, 7, 7], [5, 3, 1, 1, 2, 3]]
    let places: [Int32] = [1, 2, 5, 7, 9, 13, 14, 17]
    let judge = BaselineNetwork(network: network, maskID: maskID)
    let found = judge.negativeLogLikelihoods(rows.flatMap { $0 }, length: 6, at: places)
    let all = rows.map { expected($0, network, maskID: maskID) }
    #expect(
      relativeDeviation(found, places.map { all[Int($0) / 6][Int($0) % 6 - 1] }) < 1e-5)
    #expect(judge.vocabularySize == 9 && judge.contextLength == 10)
  }

  @Test func maskIsImpossible() {
    let judge = BaselineNetwork(network: network(), maskID: 4)
    let found = judge.negativeLogLikelihoods([1, 4, 2, 4], length: 4, at: [1, 2, 3])
    #expect(found[0] == .infinity && found[2] == .infinity && found[1].isFinite)
    #expect(judge.negativeLogLikelihoods([1, 4], length: 2, at: [1]) == [.infinity])
  }

  // MARK: Loading

  /// A text, its run, and a judge made of it.
  private func judging(
    _ overrides: [String] = [], path: (TinyRun) -> String = { $0.path() },
    _ body: (TextJudge, MaskedDiffusionModel) throws -> Void
  ) throws {
    let run = try TinyRun()
    try run.train(until: 20, with: ["parameterization=ar"] + overrides)
    let judge = try TextJudge(path: path(run), on: device)
    try body(judge, try MaskedDiffusionModel(path: run.path(), on: device))
  }

  @Test(arguments: ["", "/checkpoints/latest", "/checkpoints/00000020/"])
  func runsAndCheckpointsAreJudges(place: String) throws {
    try judging(path: { $0.path() + place }) { judge, model in
      #expect(
        judge.name == (place.isEmpty ? "run" : place.contains("latest") ? "latest" : "00000020"))
      #expect(judge.network.contextLength == 8)
      // A window of eight tokens, then one of four; nothing is said of the first of each.
      let text = "and the cat "
      let tokens = try model.tokens(of: text)
      let maskID = model.diffusion.maskID
      let network = model.network
      let losses =
        expected(Array(tokens[..<8]), network, maskID: maskID)
        + expected(Array(tokens[8...]), network, maskID: maskID)
      let score = try #require(try judge.scores(of: [text])?.first)
      #expect(score.tokens == 10)
      #expect(relativeDeviation(score.nll, losses.reduce(0, +)) < 1e-5)
    }
  }

  /// Rows that were trained between BOS and EOS are judged behind BOS.
  @Test func beginningIsThatOfTheRows() throws {
    try judging(["data.insert_bos_eos=true"]) { judge, model in
      let begin = try #require(model.tokenizer?.beginID)
      let text = "the cat"
      let losses = expected(
        [begin] + (try model.tokens(of: text)), model.network, maskID: model.diffusion.maskID)
      let score = try #require(try judge.scores(of: [text])?.first)
      #expect(score.tokens == 7)
      #expect(relativeDeviation(score.nll, losses.reduce(0, +)) < 1e-5)
    }
  }

  /// The loss of validation and the score of the same text are one figure.
  @Test func scoresAreTheLossOfTheModel() throws {
    try judging { judge, model in
      let texts = ["verse 1:", "and the ", "cat sat ", "the mat."]
      let rows = TokenRows(
        length: 8, tokens: try texts.flatMap { text in try model.tokens(of: text) })
      let estimate = try #require(
        try PerplexityEvaluator(model.diffusion).evaluate(model.network, on: rows))
      let scores = try #require(try judge.scores(of: texts))
      #expect(scores.map(\.tokens) == [7, 7, 7, 7] && estimate.tokens == 28)
      #expect(
        relativeDeviation(scores.reduce(0) { $0 + $1.nll } / 28, estimate.nll) < 1e-5)
    }
  }

  // MARK: Refusals

  @Test func diffusionModelsAreRefused() throws {
    let run = try TinyRun()
    try run.train(until: 10)
    let text = sentence { _ = try TextJudge(path: run.path(), on: device) }
    #expect(
      text.contains("found a diffusion model (subs), expected an autoregressive one"), "\(text)")
  }

  @Test func modelsWithoutTextAreRefused() throws {
    try withScratchDirectory { folder in
      let network = network()
      let tensors = network.parameters.parameters
      let configuration = ModelConfigurationFile(
        network: network.configuration,
        diffusion: DiffusionSettings(maskID: 8, parameterization: .ar))
      try Checkpoint(
        configuration: configuration,
        progress: TrainingProgress(step: 1, samplesConsumed: 8, seed: 1, bestMetric: 1),
        tokenizerJSON: nil,
        tensors: .init(
          values: tensors, averages: tensors, firstMoments: tensors, secondMoments: tensors)
      ).write(to: folder + "/model")
      let text = sentence { _ = try TextJudge(path: folder + "/model", on: device) }
      #expect(text.contains("tokenizer.json: found no such file"), "\(text)")
    }
  }

  @Test func runsWithoutCheckpointAreRefused() throws {
    try withScratchDirectory { folder in
      try makeDirectory(folder + "/checkpoints")
      let text = sentence { _ = try TextJudge(path: folder, on: device) }
      #expect(text.contains("a run without a complete checkpoint"), "\(text)")
    }
  }
}
