import Foundation

@testable import MDLM

/// JSON, configurations, weights and whole models.
extension FuzzTarget {
  private static let device = Device(threads: 1)

  // MARK: JSON

  private static let values = [
    #"{"a": [1, -2.5e3, true, null], "b": {"c": "x\n\u00e9\ud83d\ude00", "d": []}}"#,
    #"[[], {}, "", 0, {"a": {"a": {"a": [1, 2, 3]}}}, "\\\"/\b\f\r\t"]"#,
  ]

  static var json: FuzzTarget {
    FuzzTarget("json", [File("a.json", .json, texts: values)]) { input in
      let value = try JSONValue(parsing: input.bytes[...], name: "a.json")
      for text in [value.line(), value.document()] {
        let again = try JSONValue(parsing: Array(text.utf8)[...], name: "again")
        try FuzzFinding.check(again == value, "reads as another value: \(text)")
      }
    }
  }

  static var json5: FuzzTarget {
    let texts =
      values + [
        """
        // A comment.
        {
          plain: +.5, 'single': 'it\\'s \\x41 \\
          continued', hex: 0xFF, $_1: -Infinity, /* another */ "q": [1, 2,], nan: NaN,
        }
        """
      ]
    return FuzzTarget("json5", [File("a.json5", .text, texts: texts)]) { input in
      let value = try JSONValue(parsing: input.bytes[...], as: .json5, name: "a.json5")
      _ = [value.integer(Int.self) as Any, value.double as Any, value.summary, value["a"] as Any]
    }
  }

  // MARK: Settings

  static var configuration: FuzzTarget {
    let whole = """
      {
        data: { train: "a.txt", valid: ["b.txt"], tokenizer_name_or_path: "char", wrap: true },
        model: { hidden_size: 16, n_blocks: 2, n_heads: 2, cond_dim: 8, length: 8, dropout: 0.1 },
        loader: { global_batch_size: 4 }, noise: { type: "loglinear" },
        optim: { lr: 1e-2 },
        lr_scheduler: { name: "cosine_decay_warmup", num_warmup_steps: 5, lr_min: 1e-6 },
        training: { ema: 0.9 }, trainer: { max_steps: 40, accumulate_grad_batches: 2 },
        checkpointing: { every_n_steps: 10, keep_last: 4 },
      }
      """
    let sizes = """
      data: {train: "a.txt", tokenizer_name_or_path: "char"},
      model: {hidden_size: 16, n_blocks: 2, n_heads: 2, length: 8},
      """
    let baselines = [
      #"""
      noise: {type: "linear", sigma_min: 1e-2, sigma_max: 5}, parameterization: "d3pm", T: 100,
      time_conditioning: true, subs_masking: true, sampling: {predictor: "ddpm"},
      """#,
      #"""
      noise: {type: "geometric", sigma_max: 20}, parameterization: "sedd",
      training: {antithetic_sampling: true, antithetic_offset: "shared"},
      sampling: {predictor: "euler", steps: 4},
      """#,
      #"parameterization: "ar", time_conditioning: false, T: 0, sampling: {predictor: "ar"}"#,
      #"""
      noise: {type: "polynomial", degree: 2}, time_conditioning: true,
      training: {importance_sampling: false, change_of_variables: true},
      """#,
    ]
    return FuzzTarget(
      "configuration",
      [
        File(
          "run.json5", .json,
          texts: [whole, #"{extends: "base.json5", model: {length: 16}, optim: {lr: 1e-3}}"#]
            + baselines.map { "{\(sizes)\n\($0)}" }
            + [#"{extends: "base.json5", parameterization: "sedd", T: 0}"#]),
        File("base.json5", .json, texts: [whole]),
        File(
          "overrides", .text,
          texts: [
            "optim.lr=1e-3\nmodel.length=0x10\ntrainer={max_steps: 20}\ndata.train=a.txt",
            "parameterization=sedd\nnoise.type=geometric\nnoise.sigma_min=1e-4\nT=0",
            "parameterization=d3pm\nT=10\nsubs_masking=true\nnoise={type: 'cosine'}\n"
              + "training.change_of_variables=false",
          ]),
      ]
    ) { input in
      let overrides = String(decoding: input.contents[2], as: UTF8.self).split(separator: "\n")
      let configuration = try RunConfiguration.load(
        path: input.write(),
        overrides: input.number % 2 == 0 ? [] : overrides.prefix(20).map(String.init))
      let again = try? RunConfiguration.load(text: configuration.json5(), name: "again")
      try FuzzFinding.check(again == configuration, "reads as another: \(configuration.json5())")
      _ = [configuration.learningRate as Any, configuration.averaging as Any]
      // What is accepted must be of use.
      let diffusion = configuration.diffusion(maskID: 4)
      for time in [1e-3, 0.5, 1] {
        let draw = diffusion.timeDraw(at: time)
        try FuzzFinding.check(
          draw.weight.isFinite && (0...1).contains(draw.maskProbability), "\(draw) at \(time)")
      }
    }
  }

  static var modelConfiguration: FuzzTarget {
    FuzzTarget(
      "model-config",
      [File("config.json", .json, texts: ModelConfigurationFile.everyKind.map { $0.encoded() })]
    ) { input in
      let file = try ModelConfigurationFile(path: input.write())
      try write(file.encoded().utf8, to: "\(input.directory)/config.json")
      let again = try ModelConfigurationFile(path: "\(input.directory)/config.json")
      try FuzzFinding.check(again == file, "reads as another: \(file.encoded())")
      _ = file.network.layout.count
    }
  }

  static var trainingState: FuzzTarget {
    var progress = TrainingProgress(step: 3, samplesConsumed: 24, seed: .max, bestMetric: 1.25)
    progress.checksums = ["config.json": String(repeating: "0f", count: 32)]
    _ = progress.statistics.add(2.5, MaskedShareSums())
    let first =
      #"{"best_metric": 1.5, "format_version": 1, "samples_consumed": 80, "seed": 1, "#
      + #""step": 20, "validated_step": 20}"#
    return FuzzTarget(
      "training-state", [File("state.json", .json, texts: [progress.encoded(), first])]
    ) { input in
      let path = try input.write()
      // Damage is told by the seal; one that fits leads on to the fields.
      if input.number % 4 != 0 { try seal(path) }
      var progress = try TrainingProgress(path: path)
      progress.checksums = progress.checksums ?? [:]
      try write(progress.encoded().utf8, to: path)
      let again = try TrainingProgress(path: path)
      try FuzzFinding.check(again == progress, "reads as another: \(progress.encoded())")
      try? ModelDirectory.verify(ModelDirectory.CheckpointFile.allCases, in: input.directory)
    }
  }

  /// Gives a document the seal that fits, where it is a JSON object.
  private static func seal(_ path: String) throws {
    let text = try bytes(of: path)
    guard case .object(var members) = try? JSONValue(parsing: text[...], name: path) else { return }
    members.removeAll { $0.isCalled("sha256") }
    let seal = JSONFileFields.seal(of: .object(members))
    members.append(JSONMember(key: "sha256", value: .string(seal)))
    try write(JSONValue.object(members).document().utf8, to: path)
  }

  // MARK: Weights

  static var safetensors: FuzzTarget {
    func entry(_ type: String, _ shape: String, _ start: Int, _ end: Int) -> String {
      #"{"dtype":"\#(type)","shape":\#(shape),"data_offsets":[\#(start),\#(end)]}"#
    }
    let floats = MDLMTests.safetensors(
      #"{"__metadata__":{"format":"pt"},"a":\#(entry("F32", "[2,3]", 0, 24)),"#
        + #""b":\#(entry("BF16", "[4]", 24, 32)),"c":\#(entry("F64", "[]", 32, 40)),"#
        + #""d":\#(entry("F16", "[0,7]", 40, 40))}   "#,
      data: [UInt8](repeating: 63, count: 40))
    let integers = MDLMTests.safetensors(
      #"{"a":\#(entry("I64", "[2]", 0, 16)),"b":\#(entry("I32", "[2,1]", 16, 24)),"#
        + #""c":\#(entry("U8", "[8]", 24, 32)),"d":\#(entry("BOOL", "[2]", 32, 34)),"#
        + #""e":\#(entry("U16", "[1]", 34, 36))}"#,
      data: [UInt8](repeating: 0, count: 36))
    return FuzzTarget(
      "safetensors", [File("a.safetensors", .safetensors, [floats, integers])]
    ) { input in
      let file = try SafetensorsFile(path: input.write())
      for entry in file.entries {
        // Each tensor is of one of two kinds, and the other way to read it is refused.
        let floats = try? file.readFloats(entry.name, allowingNonFinite: true)
        let integers = try? file.readInt32(entry.name)
        for count in [floats?.count, integers?.count].compactMap(\.self) {
          try FuzzFinding.check(count == entry.count, "\(count) values of \(entry)")
        }
      }
    }
  }

  /// A directory with all that a checkpoint has.
  static func modelDirectory(_ scratch: String) throws -> FuzzTarget {
    let configuration = SmallNetwork.configuration
    let network = configuration.network.network(on: device)
    network.parameters.initialize(seed: 3)
    let tensors = network.parameters.parameters
    let path = "\(scratch)/seed-checkpoint"
    try Checkpoint(
      configuration: configuration,
      progress: TrainingProgress(step: 3, samplesConsumed: 24, seed: 1),
      tokenizerJSON: CharacterTokenizer(text: "abcd").tokenizerJSON(),
      tensors: Checkpoint.Tensors(
        values: tensors, averages: tensors, firstMoments: tensors, secondMoments: tensors)
    ).write(to: path)
    let files: [(String, Mutator.Form)] = [
      ("config.json", .json), ("model.safetensors", .safetensors), ("tokenizer.json", .json),
    ]
    return FuzzTarget(
      "model-directory",
      try files.map { File($0.0, $0.1, [try bytes(of: "\(path)/\($0.0)")]) }
    ) { input in
      try input.write()
      let model = try MaskedDiffusionModel(path: input.directory, on: device)
      guard input.number % 4 == 0 else { return }
      let settings = SamplerSettings(steps: 2)
      // Sequences as long as a configuration may ask for would take days.
      let samples = try Sampler(model.diffusion, settings).sample(
        from: model.network, count: 1, length: min(4, model.network.length))
      for sample in samples {
        _ = model.text(of: sample.tokens)
      }
    }
  }

  // MARK: Judges

  static var llamaJudge: FuzzTarget {
    FuzzTarget(
      "llama-judge",
      [
        File("a.bin", .binary, [LlamaSketch().file, LlamaSketch(isTied: false).file]),
        File("tokenizer.bin", .binary, [LlamaSketch.tokenizer]),
      ]
    ) { input in
      let judge = try TextJudge(path: input.write(), on: device)
      try score(with: judge, "abc \u{E9}xyz")
    }
  }

  static func gpt2Judge(_ scratch: String) throws -> FuzzTarget {
    let folder = Golden.fixtures + "/gpt2_tiny"
    let letters = (0..<256).map { byte in
      JSONValue.quoted(Vocabulary.letters(of: [UInt8(byte)])) + ":\(byte)"
    }
    return FuzzTarget(
      "gpt2-judge",
      [
        File("config.json", .json, [try bytes(of: folder + "/config.json")]),
        File("model.safetensors", .safetensors, [try bytes(of: folder + "/model.safetensors")]),
        File("vocab.json", .json, texts: ["{\(letters.joined(separator: ","))}"]),
        File("merges.txt", .text, texts: ["#version: 0.2\n"]),
      ]
    ) { input in
      try input.write()
      let judge = try TextJudge(path: input.directory, on: device)
      try score(with: judge, "ab\n\u{E9}")
    }
  }

  private static func score(with judge: TextJudge, _ text: String) throws {
    let scores = try judge.scores(of: [text, "", "a"]) ?? []
    let perplexity = GenerativePerplexity(of: scores, judge: judge.name)
    _ = [perplexity?.value as Any, perplexity?.interval as Any]
  }
}

extension ModelConfigurationFile {
  /// A small network of each parameterization, with the settings that only some have.
  fileprivate static let everyKind: [ModelConfigurationFile] = {
    var files = [SmallNetwork.configuration]
    func add(_ seesTime: Bool, _ diffusion: DiffusionSettings) {
      var file = SmallNetwork.configuration
      file.diffusion = diffusion
      file.network.timeConditioning = seesTime
      file.network.backbone = diffusion.parameterization.backbone
      files.append(file)
    }
    var steps = DiffusionSettings(
      maskID: 4, parameterization: .d3pm, noise: NoiseSettings(type: .linear, sigmaMin: 0.01))
    (steps.discreteTimeSteps, steps.excludesMask) = (100, true)
    add(true, steps)
    var score = DiffusionSettings(
      maskID: 4, parameterization: .sedd, noise: NoiseSettings(type: .geometric, sigmaMax: 20))
    score.sharesOffset = true
    add(true, score)
    add(false, DiffusionSettings(maskID: 4, parameterization: .ar))
    var warped = DiffusionSettings(maskID: 4, noise: NoiseSettings(type: .polynomial, degree: 3))
    warped.timeTransform = .changeOfVariables
    add(true, warped)
    return files
  }()
}
