import MDLM
import Testing

@Suite struct RunConfigurationTests {
  /// The required settings and nothing else.
  static let minimum = """
    {
      data: { train: "a.txt", tokenizer_name_or_path: "char" },
      model: { hidden_size: 64, n_blocks: 2, n_heads: 4, length: 128 },
    }
    """

  private func load(_ overrides: String...) throws -> RunConfiguration {
    try RunConfiguration.load(text: Self.minimum, name: "a.json5", overrides: overrides)
  }

  /// A value for every key that differs from its default.
  private static let otherValues: [String: String] = [
    "data.train": "['b.txt', 'c d.txt']", "data.valid": "v.txt", "data.valid_fraction": "0.125",
    "data.test_fraction": "0.25", "data.tokenizer_name_or_path": "some/tokenizer.json",
    "data.wrap": "false", "data.group_size": "1000", "data.raw_uint16": "true",
    "data.detokenizer": "ptb",
    "data.documents": "stream", "data.insert_bos_eos": "false",
    "model.vocab_size": "30522", "model.hidden_size": "96", "model.n_blocks": "3",
    "model.n_heads": "2", "model.cond_dim": "32", "model.length": "1e3", "model.dropout": "0",
    "noise.type": "cosinesqr", "noise.sigma_min": "0.01", "noise.sigma_max": "5",
    "noise.degree": "1.5", "parameterization": "sedd", "time_conditioning": "true", "T": "100",
    "subs_masking": "true", "loader.global_batch_size": "0x40", "optim.lr": "1.5e-3",
    "optim.weight_decay": "0.03", "optim.beta1": ".8", "optim.beta2": "0.95", "optim.eps": "1e-6",
    "lr_scheduler.name": "cosine_decay_warmup", "lr_scheduler.num_warmup_steps": "7",
    "lr_scheduler.warmup_lr_init": "1e-7", "lr_scheduler.lr_min": "0",
    "training.ema": "0", "training.antithetic_sampling": "false",
    "training.antithetic_offset": "shared", "training.importance_sampling": "true",
    "training.sampling_eps": "1e-4", "training.change_of_variables": "true",
    "trainer.max_steps": "10", "trainer.gradient_clip_val": "0", "trainer.val_check_interval": "5",
    "trainer.accumulate_grad_batches": "4", "trainer.limit_val_batches": "3",
    "trainer.activation_checkpointing": "true",
    "trainer.log_every_n_steps": "1", "sampling.predictor": "ddpm", "sampling.steps": "16",
    "sampling.noise_removal": "false", "checkpointing.every_n_steps": "2",
    "checkpointing.keep_last": "1", "checkpointing.keep_every_n_steps": "1000",
    "sampling.num_sample_log": "4", "sampling.log_every_n_steps": "200",
    "trainer.max_time": "'01:02:03:04'", "trainer.max_skipped_steps": "0",
    "seed": "18446744073709551615",
  ]

  /// What keys need beside them to do anything.
  private static let contexts: [String: String] = [
    "lr_scheduler.warmup_lr_init": "lr_scheduler.name=cosine_decay_warmup",
    "lr_scheduler.lr_min": "lr_scheduler.name=cosine_decay_warmup",
    "noise.sigma_min": "noise.type=linear", "noise.sigma_max": "noise.type=geometric",
    "noise.degree": "noise.type=polynomial", "subs_masking": "parameterization=d3pm",
  ]

  @Test func hasTheOfficialDefaults() throws {
    let configuration = try load()
    #expect(configuration.optim.lr == 3e-4)
    #expect(configuration.training.ema == 0.9999)
    #expect(configuration.loader.globalBatchSize == 512)
    #expect(configuration.lrScheduler.numWarmupSteps == 2500)
    #expect(configuration.model.dropout == 0.1)
    #expect(configuration.sampling.predictor == .ddpmCache)
    #expect(configuration.seed == 1)
  }

  @Test func equalsTheOneMadeInCode() throws {
    #expect(
      try load()
        == RunConfiguration(
          data: .init(train: ["a.txt"], tokenizer: "char"),
          model: .init(hiddenSize: 64, blockCount: 2, headCount: 4, length: 128)))
  }

  @Test func givesTheNetworkItsSizes() throws {
    let network = try load("model.dropout=0", "time_conditioning=true").transformer(
      vocabularySize: 28)
    #expect(
      network
        == NetworkConfiguration(
          vocabularySize: 28, length: 128, hiddenSize: 64, blockCount: 2, headCount: 4,
          conditioningSize: 128, dropout: 0, timeConditioning: true))
  }

  @Test func testsEveryKey() {
    #expect(Set(Self.otherValues.keys) == Set(RunConfiguration.keys.map(\.path)))
  }

  @Test(arguments: otherValues.sorted(by: <))
  func overridesEachKeyAndRoundTrips(path: String, value: String) throws {
    let context = [Self.contexts[path]].compactMap(\.self)
    let plain = try RunConfiguration.load(text: Self.minimum, name: "a", overrides: context)
    let changed = try RunConfiguration.load(
      text: Self.minimum, name: "a", overrides: context + ["\(path)=\(value)"])
    #expect(changed != plain)
    #expect(changed.changes(from: plain).map(\.path).contains(path))
    #expect(try RunConfiguration.load(text: changed.json5(), name: "b") == changed)
    #expect(try RunConfiguration.load(text: changed.json(), name: "c") == changed)
  }

  @Test func writesKeysInAFixedOrder() throws {
    let text = try load("optim.lr=0.1", "data.train=['x\"y']").json5()
    #expect(text.hasPrefix("{\n  data: {\n    train: \"x\\\"y\",\n    valid: null,\n"))
    #expect(text.contains("  noise: {\n    type: \"loglinear\",\n  },\n"))
    #expect(text.contains("  T: 0,\n  loader: {\n    global_batch_size: 512,\n  },\n"))
    #expect(text.contains("    lr: 0.1,\n"))
    #expect(
      text.hasSuffix("    keep_last: 3,\n    keep_every_n_steps: null,\n  },\n  seed: 1,\n}\n"))
    #expect(text.contains("eps: 1e-08,"))
  }

  @Test func documentsEveryKey() {
    for key in RunConfiguration.keys {
      #expect(!key.summary.isEmpty && !key.summary.hasSuffix("."))
      #expect(!key.accepts.isEmpty)
    }
    let required = RunConfiguration.keys.filter { $0.defaultText == nil }.map(\.path)
    #expect(
      required == [
        "data.train", "model.hidden_size", "model.n_blocks", "model.n_heads", "model.length",
      ])
  }

  @Test(arguments: [
    ("data.train=corpora/kjv.txt", ["corpora/kjv.txt"]), ("data.train='a=b'", ["a=b"]),
    ("data.train=a=b", ["a=b"]), ("data.train=[\"a\", 'b',]", ["a", "b"]),
    ("data={train: 'c'}", ["c"]),
  ])
  func readsOverridesAsJSON5OrText(argument: String, expected: [String]) throws {
    #expect(try load(argument).data.train == expected)
  }

  @Test func takesTheLastOfTwoOverrides() throws {
    #expect(try load("seed=2", "seed=3").seed == 3)
  }

  @Test func acceptsNullWhereASettingIsOptional() throws {
    #expect(try load("trainer.limit_val_batches=5").trainer.limitValBatches == 5)
    #expect(
      try load("trainer.limit_val_batches=5", "trainer.limit_val_batches=null").trainer
        .limitValBatches == nil)
  }

  @Test func leavesOutKeysThatDoNothing() throws {
    #expect(!(try load().json5().contains("lr_min")))
    #expect(!(try load("data.valid=v.txt").json5().contains("fraction")))
    #expect(!(try load().json5().contains("sigma_min")))
    #expect(try load("noise.type=linear").json5().contains("sigma_min: null,"))
    #expect(!(try load("noise.type=linear").json5().contains("degree")))
    #expect(try load("noise.type=polynomial").json5().contains("degree: null,"))
    #expect(!(try load().json5().contains("subs_masking")))
    #expect(try load("parameterization=d3pm").json5().contains("  subs_masking: false,"))
    #expect(
      !(try load("training.antithetic_sampling=false").json5().contains("antithetic_offset")))
    #expect(try load("lr_scheduler.name=cosine_decay_warmup").json5().contains("lr_min: 1e-06"))
  }

  /// The official code's combinations, and what they make of the diffusion.
  @Test func givesTheDiffusionItsSettings() throws {
    let plain = try load().diffusion(maskID: 9)
    #expect(plain == DiffusionSettings(maskID: 9))
    let linear = try load("noise.type=linear", "noise.sigma_max=5").diffusion(maskID: 9)
    #expect(linear.noise == NoiseSettings(type: .linear, sigmaMax: 5))
    #expect(linear.noise.effectiveSigmaMin == 0.001)
    let steps = try load("parameterization=d3pm", "T=50", "subs_masking=true")
      .diffusion(maskID: 9)
    #expect(steps.parameterization == .d3pm && steps.discreteTimeSteps == 50)
    #expect(steps.excludesMask)
    let shared = try load("training.antithetic_offset=shared").diffusion(maskID: 9)
    #expect(shared.sharesOffset && shared.isAntithetic)
    #expect(
      try load("training.importance_sampling=true").diffusion(maskID: 9).timeTransform
        == .importance)
    #expect(
      try load("training.change_of_variables=true").diffusion(maskID: 9).timeTransform
        == .changeOfVariables)
    #expect(try load("parameterization=ar").transformer(vocabularySize: 9).backbone == .ar)
    #expect(try load("parameterization=sedd").transformer(vocabularySize: 9).backbone == .dit)
  }

  @Test func validatesValuesMadeInCode() throws {
    var configuration = try load()
    #expect(throws: Never.self) { try configuration.validate() }
    configuration.optim.lr = .nan
    configuration.model.headCount = 5
    let errors = #expect(throws: InputErrors.self) { try configuration.validate() }
    #expect(errors?.errors.map(\.subject) == ["optim.lr", "model.hidden_size"])
    #expect(errors?.errors.first?.found == "NaN")
  }
}
