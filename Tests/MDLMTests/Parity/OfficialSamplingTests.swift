import Testing

@testable import MDLM

/// The posterior of one reverse step, and the noise schedule, beside the official code's.
@Suite struct OfficialSamplingTests {
  @Test(
    .enabled(if: Golden.hasFullSet, Golden.absence),
    arguments: ["ddpm", "ddpm_cache"])
  func posterior(_ predictor: String) throws {
    let file = try SafetensorsFile(path: try #require(Golden.path("sample_step.safetensors")))
    let network = try OfficialParityTests.network("weights_hot", timeConditioning: true)
    let diffusion = DiffusionSettings(maskID: 63)
    let tokens = try file.readInt32("x")
    let time = Double(try file.readFloats("t")[0])
    let next = time - Double(try file.readFloats("dt")[0])
    let sampler = AncestralSampler(diffusion)
    let reveal = sampler.revealProbability(from: time, to: next)
    // ddpm_cache writes t itself for the mask probability; the reveal probability is the same.
    let masked = predictor == "ddpm" ? diffusion.schedule.maskProbability(at: time) : time

    let features = network.features(
      tokens, length: 32,
      noiseLevels: [Float](repeating: Float(diffusion.schedule.totalNoise(at: time)), count: 4),
      .inference)
    let rows = tokens.indices.map(Int32.init)
    let logits = network.head(features, rows: rows, .inference).logits().values
    let golden = try file.readFloats("\(predictor).q_xs")
    let substitution = SubstitutionParameterization(maskID: 63)
    var (ours, theirs): ([Float], [Float]) = ([], [])
    for row in tokens.indices where tokens[row] == 63 {
      var posterior = substitution.probabilities(logits: logits[row * 64..<(row + 1) * 64])
        .map { $0 * reveal * masked }
      posterior[63] = (1 - reveal) * masked
      ours += posterior.map(Float.init)
      theirs += golden[row * 64..<(row + 1) * 64]
    }
    var deviations = Deviations()
    // Logits as large as 28 with errors of 3e-6 relative move probabilities by 1e-4.
    deviations.compare("\(predictor) q(x_s | x_t)", ours, theirs, torchError: 2.6e-6)
    print(deviations.lines.joined(separator: "\n"))
    #expect(deviations.failures == [])
  }

  @Test func logLinearSchedule() throws {
    let file = try SafetensorsFile(path: try #require(Golden.path("noise.safetensors")))
    let schedule = LogLinearSchedule()
    let times = try file.readFloats("t").map(Double.init)
    // In single precision 1 − (1 − ε)t loses 6e-8 of 1, which is 6e-5 of it at t = 1.
    let cancellation = 6e-8 / schedule.epsilon / 5
    var deviations = Deviations()
    deviations.compare(
      "sigma", times.map { Float(schedule.totalNoise(at: $0)) },
      try file.readFloats("loglinear.sigma"), torchError: cancellation)
    deviations.compare(
      "dsigma", times.map { Float(schedule.noiseRate(at: $0)) },
      try file.readFloats("loglinear.dsigma"), torchError: cancellation)
    for isAntithetic in [true, false] {
      let sampler = TimeSampler(isAntithetic: isAntithetic)
      let uniforms = try file.readFloats("u8")
      deviations.compare(
        "times",
        uniforms.enumerated().map {
          Float(sampler.time(uniform: Double($1), index: $0, count: uniforms.count))
        },
        try file.readFloats("sample_t.anti\(isAntithetic ? 1 : 0).is0"), torchError: 0)
    }
    #expect(deviations.failures == [])
  }
}
