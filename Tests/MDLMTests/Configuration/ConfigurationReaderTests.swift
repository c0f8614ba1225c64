import MDLM
import Testing

/// What is said about configurations that cannot be used.
@Suite struct ConfigurationReaderTests {
  private static let model = "model: {hidden_size: 64, n_blocks: 2, n_heads: 4, length: 128}"
  private static let data = "data: {train: 'a.txt', tokenizer_name_or_path: 'char'}"
  private static let cosine = "lr_scheduler: {name: 'cosine_decay_warmup'"

  private func errors(in text: String, overrides: [String] = []) -> [InputError] {
    do throws(InputErrors) {
      _ = try RunConfiguration.load(text: text, name: "a.json5", overrides: overrides)
      return []
    } catch {
      return error.errors
    }
  }

  /// A configuration, what stands at the start of its only error, and a part of the rest.
  struct Case: Sendable, CustomTestStringConvertible {
    let text: String
    let subject: String
    let fragment: String
    var testDescription: String { text }

    init(_ extra: String, _ subject: String, _ fragment: String) {
      text = "{\(data), \(model),\n\(extra)}"
      self.subject = subject
      self.fragment = fragment
    }

    init(model: String, _ subject: String, _ fragment: String) {
      text = "{\(data),\nmodel: {\(model)}}"
      self.subject = subject
      self.fragment = fragment
    }

    init(data: String, _ subject: String, _ fragment: String) {
      text = "{\(ConfigurationReaderTests.model),\ndata: {\(data)}}"
      self.subject = subject
      self.fragment = fragment
    }
  }

  private static let cases: [Case] =
    keyCases + typeCases + rangeCases + diffusionCases + conflictCases

  private static let keyCases: [Case] = [
    Case("optm: {}", "2:1: optm", "found an unknown key, expected one of data, model, noise,"),
    Case("optm: {}", "2:1: optm", "Did you mean optim? Correct or remove the key."),
    Case("optim: {Ir: 1}", "2:9: optim.Ir", "Did you mean optim.lr?"),
    Case("lr: 1", "2:1: lr", "Did you mean optim.lr?"),
    Case("trainer: {globalBatchSize: 1}", "2:11: trainer.globalBatchSize", "Remove the key."),
    Case("trainer: {ema: 0.9}", "2:11: trainer.ema", "Did you mean training.ema?"),
    Case("wandb: {}", "2:1: wandb", "Remove the key."),
    Case("'optim.lr': 1", "2:1: optim.lr", "Write optim: { lr: … }."),
    Case("seed: 1, seed: 2", "2:10: seed", "found the key a second time, after line 2,"),
    Case(
      "optim: {lr: 1, 'lr': 1}", "2:16: optim.lr", "expected each key once. Remove one of the two."),
    Case("optim: 5", "2:1: optim", "found 5, expected an object with settings."),
    Case("trainer: []", "2:1: trainer", "found an empty list, expected an object with settings."),
    Case("extends: 5", "2:1: extends", "found 5, expected the path of one configuration file."),
    Case(model: "n_blocks: 2, n_heads: 4, length: 9", "model.hidden_size", "found no such key"),
    Case(data: "train: 'a'", "data.tokenizer_name_or_path", "Set data.tokenizer_name_or_path."),
    Case(
      data: "train: 'a.bin'", "model.vocab_size", "found neither key, expected the number of ids"),
  ]

  private static let typeCases: [Case] = [
    Case(
      "seed: 64.5", "2:7: seed",
      "found 64.5, expected a whole number from 0 to 18446744073709551615."),
    Case("seed: 1.0", "2:7: seed", "found 1.0, expected a whole number"),
    Case("seed: '1'", "2:7: seed", "found \"1\", expected a whole number from 0 to"),
    Case("seed: '1'", "2:7: seed", "Write the number without quotes."),
    Case("seed: null", "2:7: seed", "found null, expected a whole number"),
    Case("seed: 18446744073709551616", "2:7: seed", "found 18446744073709551616, expected"),
    Case(
      "optim: {lr: [1]}", "2:13: optim.lr", "found a list, expected a number above 0, 1 at most."),
    Case("optim: {lr: NaN}", "2:13: optim.lr", "found NaN, expected a number"),
    Case("optim: {lr: Infinity}", "2:13: optim.lr", "remove the key for its default 0.0003."),
    Case(
      "optim: {weight_decay: 1e999}", "2:23: optim.weight_decay", "found 1e999, expected a number"),
    Case("time_conditioning: 1", "2:20: time_conditioning", "found 1, expected true or false."),
    Case(
      "time_conditioning: 'true'", "2:20: time_conditioning", "Write true or false without quotes."),
    Case(
      data: "train: 5, tokenizer_name_or_path: 'char'", "2:15: data.train",
      "found 5, expected a path"),
    Case(
      data: "train: [], tokenizer_name_or_path: 'char'", "2:15: data.train", "found an empty list"),
    Case(data: "train: '', tokenizer_name_or_path: 'char'", "2:15: data.train", "found \"\","),
    Case(
      data: "train: ['a', 1], tokenizer_name_or_path: 'char'", "2:15: data.train", "found a list"),
    Case(
      data: "train: 'a', tokenizer_name_or_path: 5", "2:44: data.tokenizer_name_or_path",
      "Put the text in quotes."),
    Case(
      "lr_scheduler: {name: 5}", "2:22: lr_scheduler.name",
      "found 5, expected \"constant_warmup\" or"),
    Case(
      "lr_scheduler: {name: 'constant_warmpu'}", "2:22: lr_scheduler.name",
      "Did you mean \"constant_warmup\"? Correct the value."),
  ]

  private static let rangeCases: [Case] = [
    Case("seed: -1", "2:7: seed", "found -1, expected a whole number from 0"),
    Case("optim: {lr: 0}", "2:13: optim.lr", "found 0, expected a number above 0"),
    Case("optim: {beta1: 1}", "2:16: optim.beta1", "found 1, expected a number from 0 to below 1."),
    Case("optim: {eps: 0}", "2:14: optim.eps", "found 0, expected a number from 1e-30 to 1."),
    Case(
      "training: {ema: 1}", "2:17: training.ema", "found 1, expected a number from 0 to below 1."),
    Case(
      "training: {sampling_eps: 0}", "2:26: training.sampling_eps",
      "found 0, expected a number above 0"),
    Case(
      "trainer: {max_steps: 0}", "2:22: trainer.max_steps",
      "found 0, expected a whole number from 1"),
    Case(
      "trainer: {gradient_clip_val: -1}", "2:30: trainer.gradient_clip_val",
      "a number of at least 0."),
    Case("trainer: {limit_val_batches: 0}", "2:30: trainer.limit_val_batches", ", or null."),
    Case(
      model: "hidden_size: 99999999, n_blocks: 2, n_heads: 4, length: 9", "2:22: model.hidden_size",
      "expected a whole number from 1 to 65536. Correct the value."),
  ]

  private static let diffusionCases: [Case] = [
    Case(
      "noise: {type: 'cosin'}", "2:15: noise.type", "Did you mean \"cosine\"? Correct the value."),
    Case(
      "noise: {type: 'log'}", "2:15: noise.type",
      "found \"log\", expected \"loglinear\" or \"cosine\" or \"cosinesqr\" or \"linear\" or "),
    Case("parameterization: 'SEDD'", "2:19: parameterization", "Did you mean \"sedd\"?"),
    Case("parameterization: 1", "2:19: parameterization", "found 1, expected \"subs\" or \"d3pm\""),
    Case(
      "sampling: {predictor: 'analytical'}", "2:23: sampling.predictor",
      "Did you mean \"analytic\"?"),
    Case(
      "noise: {type: 'linear', sigma_min: 0}", "2:36: noise.sigma_min",
      "found 0, expected a number above 0, or null. Correct the value, or remove the key."),
    Case(
      "noise: {type: 'geometric', sigma_max: 1e31}", "2:39: noise.sigma_max", "found 1e31, expected"
    ),
    Case("noise: {type: 'polynomial', degree: -2}", "2:37: noise.degree", "found -2, expected"),
    Case("T: 0.5", "2:4: T", "found 0.5, expected a whole number from 0 to 1000000000."),
    Case("T: 'many'", "2:4: T", "found \"many\", expected a whole number"),
    Case(
      "training: {antithetic_offset: 'MD4'}", "2:31: training.antithetic_offset",
      "found \"MD4\", expected \"independent\" or \"shared\"."),
    Case(
      "training: {importance_sampling: 1}", "2:33: training.importance_sampling",
      "found 1, expected true or false."),
  ]

  private static let conflictCases: [Case] = [
    Case(
      model: "hidden_size: 64, n_blocks: 2, n_heads: 5, length: 9", "2:22: model.hidden_size",
      "found a hidden size of 64 with 5 heads, expected a multiple of n_heads."),
    Case(
      model: "hidden_size: 12, n_blocks: 2, n_heads: 4, length: 9", "2:22: model.hidden_size",
      "found a head size of 3 (12 / 4), expected an even one"),
    Case(
      model: "hidden_size: 64, n_blocks: 2, n_heads: 4, length: 2", "2:59: model.length",
      "found rows of 2 with BOS and EOS in each, expected a length of at least 3."),
    Case(
      "loader: {global_batch_size: 10}, trainer: {accumulate_grad_batches: 4}",
      "2:29: loader.global_batch_size", "found 10 rows in 4 micro-batches"),
    Case(
      "trainer: {accumulate_grad_batches: 3}", "2:36: trainer.accumulate_grad_batches",
      "found 512 rows in 3 micro-batches"),
    Case(
      "\(cosine)}, trainer: {max_steps: 2500}", "2:67: trainer.max_steps",
      "found 2500 warm-up steps of 2500 in all, expected fewer than max_steps"),
    Case(
      "\(cosine), lr_min: 0.1}", "2:53: lr_scheduler.lr_min",
      "found 0.1 with a rate of 0.0003, expected at most optim.lr."),
    Case(
      data: "train: 'a', tokenizer_name_or_path: 'char', valid_fraction: 0.5, test_fraction: 0.5",
      "2:68: data.valid_fraction", "found 0.5 for validation and 0.5 for the test, expected a sum"),
    Case(
      data: "train: 'a', tokenizer_name_or_path: 'char', wrap: false, documents: 'stream'",
      "2:58: data.wrap", "Set wrap to true, or documents to \"lines\"."),
    Case(
      data: "train: 'a', tokenizer_name_or_path: 'char', documents: 'stream', detokenizer: 'ptb'",
      "2:86: data.detokenizer",
      "found the detokenizer ptb with one stream, expected documents: \"lines\""),
    Case(
      data: "train: 'a', tokenizer_name_or_path: 'char', valid: 'b', test_fraction: 0",
      "2:79: data.test_fraction", "found a setting that does nothing, expected no fraction beside"),
    Case(
      "lr_scheduler: {lr_min: 0}", "2:24: lr_scheduler.lr_min",
      "Remove lr_scheduler.lr_min or change lr_scheduler.name."),
  ]

  @Test(arguments: cases)
  func saysWhatIsWrong(_ broken: Case) {
    let errors = errors(in: broken.text)
    #expect(errors.count == 1)
    let sentence = errors.first?.description ?? ""
    let separator = broken.subject.first?.isNumber == true ? ":" : ": "
    #expect(sentence.hasPrefix("a.json5\(separator)\(broken.subject): found "), "\(sentence)")
    #expect(sentence.contains(broken.fragment), "\(sentence)")
    #expect(errors.first?.category == .badConfiguration)
  }

  @Test(arguments: [
    ("optim.lr=x", "--set optim.lr: found \"x\", expected a number"),
    ("optim.lr=", "--set optim.lr: found \"\", expected a number"),
    ("optim.lr=2", "--set optim.lr: found 2, expected a number"),
    ("optm.lr=1", "--set optm.lr: found an unknown key"),
    ("optim.lrr=1", "Did you mean optim.lr?"),
    ("optim=1", "--set optim: found 1, expected an object"),
    ("data.train=[a", "--set data.train:1:2: found the bare word \"a\""),
    ("data.train={}", "--set data.train: found an object"),
    ("model.n_heads=3", "--set model.n_heads: found a hidden size of 64 with 3 heads"),
    ("extends=b.json5", "--set extends: found an unknown key"),
  ])
  func namesTheOverride(argument: String, expected: String) {
    let errors = errors(in: "{\(Self.data), \(Self.model)}", overrides: [argument])
    #expect(errors.count == 1)
    #expect(errors.first?.description.contains(expected) == true, "\(errors)")
  }

  @Test(arguments: ["optim.lr", "", "=1"])
  func overridesWithoutKeyAreUsageErrors(argument: String) {
    let errors = errors(in: "{\(Self.data), \(Self.model)}", overrides: [argument])
    #expect(errors.map(\.category) == [.usage])
    #expect(errors.first?.expected == "key.path=value")
  }

  @Test(arguments: ["5", "[]", "'text'", "null"])
  func theTextMustBeAnObject(text: String) {
    #expect(errors(in: text).first?.expected == "an object with settings")
  }

  @Test func reportsAllMistakesAtOnce() {
    let text = """
      {
        data: { train: "a.txt" },
        model: { hidden_size: 64.5, n_blocks: 2, n_heads: 4, length: 128, n_blocks: 3 },
        trainr: {},
        optim: { lr: -1 },
      }
      """
    let subjects = errors(in: text, overrides: ["seed=-1"]).map(\.subject)
    #expect(
      Set(subjects) == [
        "a.json5: data.tokenizer_name_or_path", "a.json5:3:25: model.hidden_size",
        "a.json5:3:69: model.n_blocks", "a.json5:4:3: trainr", "a.json5:5:16: optim.lr",
        "--set seed",
      ])
    #expect(subjects.count == 6)
  }

  @Test func refusesEveryTruncatedText() {
    let text = RunConfigurationTests.minimum
    for length in 0..<text.count {
      #expect(!errors(in: String(text.prefix(length))).isEmpty)
    }
  }

  @Test func survivesDamagedText() {
    let text = Array(RunConfigurationTests.minimum.unicodeScalars)
    for index in text.indices {
      for damage in "{}[]:,\"'\\/*-.0eN\n\0ü".unicodeScalars {
        var damaged = text
        damaged[index] = damage
        let message = errors(in: String(String.UnicodeScalarView(damaged))).map(\.description)
        #expect(message.allSatisfy { $0.hasPrefix("a.json5:") })
      }
    }
  }

  @Test func anOverrideRepairsABadValue() {
    #expect(errors(in: "{\(Self.data), \(Self.model), seed: -1}", overrides: ["seed=1"]).isEmpty)
  }
}
