import Testing

@testable import MDLM

#if canImport(Glibc)
  import Glibc
#elseif canImport(Darwin)
  import Darwin
#endif

/// The posterior of one reverse step, and the noise schedule, beside the official code's.
@Suite struct OfficialSamplingTests {
  @Test(
    .enabled(if: Golden.hasFullSet, Golden.absence),
    arguments: ["ddpm", "ddpm_cache", "analytic"])
  func posterior(_ predictor: String) throws {
    let file = try SafetensorsFile(path: try #require(Golden.path("sample_step.safetensors")))
    let network = try OfficialParityTests.network("weights_hot", timeConditioning: true)
    let diffusion = DiffusionSettings(maskID: 63)
    let tokens = try file.readInt32("x")
    let time = Double(try file.readFloats("t")[0])
    let next = time - Double(try file.readFloats("dt")[0])
    let share = { (time: Double) in diffusion.schedule.maskProbability(at: time) }
    let reveal = (share(time) - share(next)) / share(time)
    // Unnormalized: ddpm_cache writes t itself for the mask probability, analytic divides by it. The
    // probability of a reveal is the same.
    let scales: [String: Double] = ["ddpm": share(time), "ddpm_cache": time, "analytic": 1]
    let masked = try #require(scales[predictor])

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

  // MARK: Whole samples

  /// The official draw with the official numbers: every token of every step.
  @Test(
    .enabled(if: Golden.hasFullSet, Golden.absence),
    arguments: [
      "sample_ddpm_tcF", "sample_cache_tcF", "sample_cache_tcT", "sample_sedd_analytic",
    ])
  func wholeSamples(_ name: String) throws {
    let file = try SafetensorsFile(path: try #require(Golden.path("\(name).safetensors")))
    let isScore = name.contains("sedd")
    let network = try OfficialParityTests.network(
      isScore ? "weights" : "weights_hot", timeConditioning: isScore || name.hasSuffix("tcT"))
    let (uniforms, trajectory) = (try file.readFloats("u"), try file.readInt32("traj"))
    let final = try file.readInt32("x_final")
    let sequences = final.count / 32
    let steps = trajectory.count / final.count
    var settings = SamplerSettings(
      predictor: isScore ? .analytic : name.contains("ddpm") ? .ddpm : .ddpmCache, steps: steps)
    settings.usesPublishedNoise = true
    var sampler = Sampler(
      DiffusionSettings(maskID: 63, parameterization: isScore ? .sedd : .subs), settings)
    sampler.publishedUniforms = { sample in
      PublishedUniforms(maskID: 63) { step, position, token in
        uniforms[((step * sequences + sample) * 32 + position) * 64 + token]
      }
    }
    var canvases = [[Int32]](
      repeating: [Int32](repeating: 63, count: 32), count: sequences)
    var states = [[[Int32]]](
      repeating: [[Int32]](repeating: [], count: sequences), count: steps)
    let samples = try sampler.sample(from: network, count: sequences) { event in
      if case .revealed(let reveal) = event {
        // The state before this step is the one after all steps up to it.
        for step in 0..<reveal.step where states[step][reveal.sample].isEmpty {
          states[step][reveal.sample] = canvases[reveal.sample]
        }
        canvases[reveal.sample][reveal.position] = reveal.token
      }
      return .proceed
    }
    for sequence in 0..<sequences {
      for step in 0..<steps where states[step][sequence].isEmpty {
        states[step][sequence] = canvases[sequence]
      }
    }
    #expect(samples.flatMap(\.tokens) == final)
    #expect(states.flatMap { $0.flatMap { $0 } } == trajectory)
    // The official code calls the network once more at the end, though no mask is left; with the cache
    // also once in the steps after the last reveal, which cleared it.
    let officialCalls = [
      "sample_ddpm_tcF": 17, "sample_cache_tcF": 24, "sample_cache_tcT": 17,
      "sample_sedd_analytic": 9,
    ]
    let calls = try #require(officialCalls[name])
    #expect(samples.allSatisfy { $0.networkCalls < calls })
    if name == "sample_cache_tcF" { #expect(samples[0].networkCalls == calls - 2) }
    if name == "sample_ddpm_tcF" { #expect(samples[0].networkCalls == calls - 1) }
  }

  @Test(.enabled(if: Golden.hasFullSet, Golden.absence)) func semiAutoregressiveSample() throws {
    let file = try SafetensorsFile(path: try #require(Golden.path("sample_semi_ar.safetensors")))
    let network = try OfficialParityTests.network("weights_hot", timeConditioning: false)
    let uniforms = try file.readFloats("u")
    var settings = SamplerSettings(predictor: .ddpmCache, steps: 8)
    settings.order = .strides(8)
    settings.usesPublishedNoise = true
    var sampler = Sampler(DiffusionSettings(maskID: 63), settings)
    // Each of the two official passes has a ninth step at time 0, where nothing is left to do.
    sampler.publishedUniforms = { _ in
      PublishedUniforms(maskID: 63) { step, position, token in
        let (pass, place) = position < 32 ? (0, position) : (9, position - 8)
        return uniforms[((pass + step) * 32 + place) * 64 + token]
      }
    }
    let samples = try sampler.sample(from: network, [SequenceTemplate(length: 40)])
    #expect(samples.first?.tokens == (try file.readInt32("ids")))
  }

  /// The official `_ar_sampler`: the token of the greatest log p + Gumbel noise, one after another.
  @Test(.enabled(if: Golden.hasFullSet, Golden.absence)) func autoregressiveSample() throws {
    let file = try SafetensorsFile(path: try #require(Golden.path("ar_sample.safetensors")))
    let network = try OfficialParityTests.autoregressiveNetwork()
    let (noise, golden) = (try file.readFloats("gumbel"), try file.readInt32("x"))
    let caches = (0..<2).map { _ in network.cache() }
    var sequences: [[Int32]] = [[0], [0]]
    for step in 0..<31 {
      let logits = network.extending(caches, by: sequences.map { $0[step] }).logits().values
      for sequence in 0..<2 {
        // The normalization is the same for all tokens and changes no choice; the mask has none.
        let scores = (0..<63).map {
          logits[sequence * 64 + $0] + noise[(sequence * 31 + step) * 64 + $0]
        }
        let best = scores.indices.max { scores[$0] < scores[$1] } ?? 0
        sequences[sequence].append(Int32(best))
      }
    }
    #expect(sequences.flatMap { $0 } == golden)
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
