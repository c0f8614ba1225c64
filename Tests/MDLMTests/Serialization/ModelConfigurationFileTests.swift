import Testing

@testable import MDLM

struct ModelConfigurationFileTests {
  private static let published = [
    "\"architectures\": [\"MDLM\"]", "\"cond_dim\": 128", "\"dropout\": 0.1",
    "\"hidden_dim\": 768", "\"model_length\": 1024", "\"model_type\": \"mdlm\"",
    "\"n_blocks\": 12", "\"n_heads\": 12", "\"time_conditioning\": false",
    "\"transformers_version\": \"4.38.2\"", "\"vocab_size\": 50258",
  ]

  /// Reads a configuration file with the text `text`.
  private func read(_ text: String) throws -> ModelConfigurationFile {
    try withScratchDirectory { directory in
      try write(text.utf8, to: "\(directory)/config.json")
      return try ModelConfigurationFile(path: "\(directory)/config.json")
    }
  }

  /// The text of the published configuration without the field that `field` replaces.
  private func published(replacing key: String, by field: String?) -> String {
    let kept = Self.published.filter { !$0.hasPrefix("\"\(key)\"") }
    return "{\((kept + [field].compactMap(\.self)).joined(separator: ",\n"))}"
  }

  @Test func readsThePublishedFields() throws {
    let configuration = try read("{\(Self.published.joined(separator: ","))}")
    #expect(
      configuration
        == ModelConfigurationFile(
          network: NetworkConfiguration(
            vocabularySize: 50258, length: 1024, hiddenSize: 768, blockCount: 12, headCount: 12,
            conditioningSize: 128, dropout: 0.1, timeConditioning: false),
          diffusion: DiffusionSettings(maskID: 50257)))
    #expect(configuration.network.parameterCount == 169_627_218)
  }

  @Test func fillsInDefaults() throws {
    let configuration = try read(
      #"{"vocab_size": 9, "model_length": 4, "hidden_dim": 8, "n_blocks": 2, "n_heads": 2}"#)
    #expect(configuration.network.conditioningSize == 128)
    #expect(configuration.network.dropout == 0.1)
    #expect(!configuration.network.timeConditioning)
    #expect(configuration.diffusion == DiffusionSettings(maskID: 8))
  }

  @Test func readsBackWhatItWrote() throws {
    let configuration = ModelConfigurationFile(
      network: NetworkConfiguration(
        vocabularySize: 35, length: 256, hiddenSize: 64, blockCount: 3, headCount: 4,
        conditioningSize: 32, dropout: 0, timeConditioning: true),
      diffusion: DiffusionSettings(maskID: 4, samplingEpsilon: 1e-5, isAntithetic: false))
    #expect(try read(configuration.encoded()) == configuration)
  }

  @Test func writesTheDocumentedText() {
    #expect(
      SmallNetwork.configuration.encoded() == """
        {
          "architectures": ["MDLM"],
          "cond_dim": 3,
          "dropout": 0.1,
          "hidden_dim": 8,
          "mask_token_id": 4,
          "mdlm": {
            "T": 0,
            "antithetic_sampling": true,
            "noise": "loglinear",
            "parameterization": "subs",
            "sampling_eps": 0.001
          },
          "model_length": 4,
          "model_type": "mdlm",
          "n_blocks": 1,
          "n_heads": 2,
          "time_conditioning": false,
          "torch_dtype": "float32",
          "vocab_size": 5
        }

        """)
  }

  @Test(arguments: [
    ("vocab_size", nil, "vocab_size: found no such field, expected a whole number from 2"),
    ("model_length", nil, "model_length: found no such field"),
    ("hidden_dim", nil, "hidden_dim: found no such field"),
    ("n_blocks", nil, "Add the field n_blocks."),
    ("n_heads", nil, "n_heads: found no such field"),
    ("vocab_size", "1", "vocab_size: found 1, expected a whole number from 2"),
    ("vocab_size", "-5", "found -5"),
    ("vocab_size", "15e-1", "found 15e-1"),
    ("vocab_size", "99999999999999999999999", "found 99999999999999999999999"),
    ("hidden_dim", "0", "hidden_dim: found 0, expected a whole number from 1"),
    ("hidden_dim", "\"768\"", "hidden_dim: found \"768\""),
    ("hidden_dim", "768.5", "hidden_dim: found 768.5"),
    ("hidden_dim", "null", "hidden_dim: found null"),
    ("hidden_dim", "[768]", "hidden_dim: found a list"),
    ("hidden_dim", "2147483640", "expected a whole number from 1 to 65536"),
    ("n_blocks", "2147483647", "expected a whole number from 1 to 4096"),
    ("cond_dim", "2147483647", "cond_dim: found 2147483647, expected a whole number from 1"),
    ("n_heads", "7", "n_heads: found 7, expected a divisor of hidden_dim, which is 768"),
    ("n_heads", "768", "heads of even width"),
    ("cond_dim", "0", "cond_dim: found 0"),
    ("dropout", "1", "dropout: found 1, expected a number from 0.0 to below 1.0"),
    ("dropout", "-0.1", "dropout: found -0.1"),
    ("dropout", "1e999", "dropout: found 1e999"),
    ("time_conditioning", "1", "time_conditioning: found 1, expected true or false"),
    ("model_type", "\"gpt2\"", "model_type: found \"gpt2\", expected \"mdlm\""),
    (
      "mask_token_id", "50258",
      "mask_token_id: found 50258, expected a whole number from 0 to 50257"
    ),
    ("mdlm", "1", "mdlm: found 1, expected an object"),
    ("mdlm", "{\"T\": -1}", "mdlm.T: found -1"),
    ("mdlm", "{\"T\": 0.5}", "mdlm.T: found 0.5"),
    ("mdlm", "{\"noise\": \"cosin\"}", "mdlm.noise: found \"cosin\", expected \"loglinear\""),
    ("mdlm", "{\"noise\": 1}", "mdlm.noise: found 1"),
    ("mdlm", "{\"parameterization\": \"SEDD\"}", "mdlm.parameterization: found \"SEDD\""),
    ("mdlm", "{\"sampling_eps\": 1}", "mdlm.sampling_eps: found 1"),
    ("mdlm", "{\"subs_masking\": 1}", "mdlm.subs_masking: found 1, expected true or false"),
    (
      "mdlm", "{\"noise\": \"linear\", \"noise_sigma_min\": \"low\"}",
      "mdlm.noise_sigma_min: found \"low\""
    ),
    (
      "mdlm", "{\"noise\": \"linear\", \"noise_sigma_min\": 7}",
      "mdlm.noise: found linear noise from 7.0 to 7.0, expected numbers above 0, and noise_sigma_min below"
    ),
    (
      "mdlm", "{\"noise\": \"geometric\", \"noise_sigma_max\": -1}",
      "mdlm.noise: found geometric noise from 0.001 to -1.0"
    ),
    (
      "mdlm", "{\"noise\": \"polynomial\", \"noise_degree\": 0}",
      "mdlm.noise: found polynomial noise of degree 0.0"
    ),
    (
      "mdlm", "{\"importance_sampling\": true, \"change_of_variables\": true}",
      "mdlm.change_of_variables: found it beside importance_sampling, expected one of the two"
    ),
    (
      "mdlm", "{\"parameterization\": \"d3pm\"}",
      "mdlm.T: found 0 with d3pm, expected the number of steps, such as 1000"
    ),
  ])
  func refuses(key: String, value: String?, fragment: String) {
    let text = published(replacing: key, by: value.map { "\"\(key)\": \($0)" })
    let message = sentence { _ = try read(text) }
    #expect(message.contains("config.json: \(key)") && message.contains(fragment), "\(message)")
  }

  @Test(arguments: [
    ("sedd", "false", "0", "time_conditioning: found false with sedd, expected true"),
    ("ar", "true", "0", "time_conditioning: found true with ar, expected false"),
    ("sedd", "true", "10", "mdlm.T: found 10 with sedd, expected 0, continuous time"),
    ("ar", "false", "10", "mdlm.T: found 10 with ar, expected 0, continuous time"),
  ])
  func refusesWhatNoRunTrains(name: String, seesTime: String, steps: String, fragment: String) {
    let text = published(
      replacing: "time_conditioning",
      by: "\"time_conditioning\": \(seesTime), "
        + "\"mdlm\": {\"parameterization\": \"\(name)\", \"T\": \(steps)}")
    let message = sentence { _ = try read(text) }
    #expect(message.contains("config.json: \(fragment)"), "\(message)")
  }

  // MARK: Every kind of model

  /// Every combination of settings that a run may have trained.
  private static let diffusions: [DiffusionSettings] = {
    let noises =
      NoiseScheduleName.allCases.map { NoiseSettings(type: $0) } + [
        NoiseSettings(type: .linear, sigmaMin: 0.01, sigmaMax: 12.5),
        NoiseSettings(type: .linear, sigmaMax: 3), NoiseSettings(type: .geometric, sigmaMin: 1e-5),
        NoiseSettings(type: .geometric, sigmaMin: 1.0 / 3, sigmaMax: 20),
        NoiseSettings(type: .polynomial, degree: 1.5),
      ]
    return noises.flatMap { noise in
      var all: [DiffusionSettings] = []
      func add(
        _ parameterization: Parameterization,
        _ change: (inout DiffusionSettings) -> Void = { _ in }
      ) {
        var settings = DiffusionSettings(
          maskID: 4, parameterization: parameterization, noise: noise)
        change(&settings)
        all.append(settings)
      }
      add(.subs)
      add(.subs) { $0.discreteTimeSteps = 10 }
      add(.subs) { $0.sharesOffset = true }
      add(.subs) { ($0.isAntithetic, $0.samplingEpsilon) = (false, 1e-5) }
      add(.subs) { $0.timeTransform = .importance }
      add(.subs) { ($0.timeTransform, $0.sharesOffset) = (.changeOfVariables, true) }
      add(.d3pm) { $0.discreteTimeSteps = 1000 }
      add(.d3pm) { ($0.discreteTimeSteps, $0.excludesMask) = (1, true) }
      add(.sedd)
      add(.sedd) { $0.sharesOffset = true }
      add(.ar)
      return all
    }
  }()

  @Test func readsBackEveryDiffusion() throws {
    for diffusion in Self.diffusions {
      let parameterization = diffusion.parameterization
      let seesTimes = parameterization == .subs ? [false, true] : [parameterization != .ar]
      for seesTime in seesTimes {
        let file = ModelConfigurationFile(
          network: NetworkConfiguration(
            vocabularySize: 5, length: 4, hiddenSize: 8, blockCount: 1, headCount: 2,
            timeConditioning: seesTime, backbone: parameterization.backbone),
          diffusion: diffusion)
        #expect(try read(file.encoded()) == file)
        #expect(try read(file.encoded()).encoded() == file.encoded())
      }
    }
  }

  /// What a run configures is what its checkpoints say.
  @Test(arguments: [
    "parameterization=d3pm", "parameterization=sedd", "parameterization=ar", "T=10",
    "training.importance_sampling=true", "training.change_of_variables=true",
    "training.antithetic_offset=shared", "noise={type: 'linear', sigma_min: 0.1}",
    "noise={type: 'geometric', sigma_max: 9}", "noise={type: 'polynomial', degree: 3}",
  ])
  func readsBackWhatARunConfigures(override: String) throws {
    let run = try RunConfiguration.load(
      text: RunConfigurationTests.minimum, name: "a.json5", overrides: [override])
    let file = ModelConfigurationFile(
      network: run.transformer(vocabularySize: 28), diffusion: run.diffusion(maskID: 27))
    #expect(try read(file.encoded()) == file)
  }

  /// Settings of a kind of model that most are not.
  @Test func writesUnusualSettingsOnly() throws {
    var file = SmallNetwork.configuration
    for name in ["sigma", "degree", "shared", "subs_masking", "importance", "change"] {
      #expect(!file.encoded().contains(name))
    }
    file.network.timeConditioning = true
    file.diffusion.parameterization = .d3pm
    file.diffusion.discreteTimeSteps = 50
    file.diffusion.excludesMask = true
    file.diffusion.sharesOffset = true
    file.diffusion.noise = NoiseSettings(type: .linear, sigmaMin: 0.25, sigmaMax: 3)
    #expect(
      file.encoded().contains(
        """
          "mdlm": {
            "T": 50,
            "antithetic_offset_shared": true,
            "antithetic_sampling": true,
            "noise": "linear",
            "noise_sigma_max": 3.0,
            "noise_sigma_min": 0.25,
            "parameterization": "d3pm",
            "sampling_eps": 0.001,
            "subs_masking": true
          },

        """))
  }

  @Test func namesTheBackbone() throws {
    var file = SmallNetwork.configuration
    file.diffusion.parameterization = .ar
    file.network.backbone = .ar
    #expect(try read(file.encoded()).network.backbone == .ar)
    #expect(try read(SmallNetwork.configuration.encoded()).network.backbone == .dit)
  }

  @Test func reportsAllFieldsAtOnce() {
    #expect {
      try read(#"{"vocab_size": 0, "n_heads": "two", "hidden_dim": 8, "dropout": 2}"#)
    } throws: { error in
      (error as? InputErrors)?.errors.count == 5
    }
  }

  @Test(arguments: [
    ("{\n  \"a\": 1,\n  \"a\": 2\n}", "config.json:3:3: found the key \"a\" a second time"),
    ("", "config.json:1:1: found the end of the text"),
    ("{\n", "config.json:2:1: found the end of the text"),
    ("[]", "config.json: found an empty list, expected an object"),
  ])
  func saysWhereTheJSONIsWrong(text: String, fragment: String) {
    #expect(sentence { _ = try read(text) }.contains(fragment))
  }
}
