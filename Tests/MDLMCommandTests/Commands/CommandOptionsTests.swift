import MDLM
import Testing

@testable import MDLMCommand

/// Reads a command line as the program does, without running it.
private func read<C: Command>(_ type: C.Type, _ line: String) throws -> C {
  try C(C.definition.parse(line.split(separator: " ").map(String.init)))
}

struct CommandOptionsTests {
  @Test func trainTakesAllItsOptions() throws {
    let train = try read(
      Train.self,
      """
      --config c.json5 --set optim.lr=1e-3 --set seed=2 --init dir --output out --stop-at 20 \
      --dry-run --threads 2 --json
      """)
    #expect(train.configuration == "c.json5")
    #expect(train.overrides == ["optim.lr=1e-3", "seed=2"])
    #expect(train.initialWeights == "dir")
    #expect(train.output == "out")
    #expect(train.stopStep == 20)
    #expect(train.isDryRun && train.json && !train.resumes)
    #expect(train.threads == 2)
  }

  @Test(arguments: [
    ("configs/quickstart.json5", "runs/quickstart"), ("a.b.json5", "runs/a.b"),
    ("plain", "runs/plain"), ("/x/.json5", "runs/.json5"),
  ])
  func trainNamesTheRunAfterItsConfiguration(file: String, output: String) throws {
    #expect(try read(Train.self, "--config \(file)").output == output)
  }

  @Test func evaluationHasDefaults() throws {
    let evaluate = try read(EvaluatePerplexity.self, "--checkpoint runs/a")
    #expect(evaluate.weights == .ema)
    #expect(evaluate.split == .valid)
    #expect(evaluate.estimator == .official)
    #expect(evaluate.samples == 1)
    #expect(evaluate.seed == 1)
    #expect(evaluate.data.isEmpty)
    #expect(evaluate.threads == nil)
    #expect(evaluate.until == nil && evaluate.plot == nil)
  }

  @Test func untilRaisesTheDraws() throws {
    let evaluate = try read(EvaluatePerplexity.self, "--checkpoint c --until 5e-3")
    #expect(evaluate.until == 0.005 && evaluate.samples == 1000)
    let few = try read(EvaluatePerplexity.self, "--checkpoint c --until 0.1 --samples 3")
    #expect(few.samples == 3)
  }

  @Test func evaluationTakesSeveralFiles() throws {
    let evaluate = try read(
      EvaluatePerplexity.self, "--data a.bin b.bin --raw-uint16 --checkpoint c --samples 4")
    #expect(evaluate.data == ["a.bin", "b.bin"])
    #expect(evaluate.readsRawShards)
    #expect(evaluate.samples == 4)
  }

  @Test func sampleLeavesTheModelsChoicesOpen() throws {
    let sample = try read(Sample.self, "--checkpoint c")
    #expect(sample.text.count == 1)
    #expect(sample.text.length == nil)
    #expect(sample.predictor.steps == nil)
    #expect(sample.predictor.name == nil)
  }

  @Test func sampleTakesItsOptions() throws {
    let sample = try read(
      Sample.self,
      "--checkpoint c --num-samples 3 --length 64 --steps 8 --predictor ddpm_cache --seed 0")
    #expect(sample.text.count == 3)
    #expect(sample.text.length == 64)
    #expect(sample.predictor.steps == 8)
    #expect(sample.predictor.name == .ddpmCache)
    #expect(sample.seed == 0)
  }

  @Test func benchmarkMayTakeABaseline() throws {
    #expect(try read(Benchmark.self, "char").parameterization == nil)
    let benchmark = try read(Benchmark.self, "char --parameterization sedd --task eval")
    #expect(benchmark.parameterization == .sedd && benchmark.task == .eval)
  }

  @Test func infoDescribesAModelOrAConfiguration() throws {
    #expect(try read(Info.self, "runs/a").subject == .model("runs/a"))
    #expect(try read(Info.self, "--config c.json5").subject == .configuration("c.json5"))
  }

  @Test func configurationIsShownWithOverrides() throws {
    let show = try read(ShowConfiguration.self, "c.json5 --set a=1 --json")
    #expect(show.file == "c.json5")
    #expect(show.overrides == ["a=1"])
    #expect(show.json)
  }

  @Test(arguments: [
    (
      "train --config c --accept-changes",
      "--accept-changes: found the flag without --resume, expected both. Add --resume, or leave it "
        + "out: a new run has no settings that could change."
    ),
    (
      "eval-ppl --checkpoint c --data a --split test",
      "--split: found it together with --data, expected one of the two. Leave out --data or --split."
    ),
    (
      "eval-ppl --checkpoint c --raw-uint16",
      "--raw-uint16: found no --data, expected --data FILE…. Name the shards with --data, or leave out --raw-uint16."
    ),
    (
      "eval-ppl --checkpoint c --split validation",
      "--split: found 'validation', expected train, valid or test. Choose one of them."
    ),
    (
      "eval-ppl --checkpoint c --samples 0",
      "--samples: found '0', expected a whole number from 1 to 1000000. Write, for example, --samples 1."
    ),
    (
      "eval-ppl --checkpoint c --until -1",
      "--until: found '-1', expected a number of nats per token above 0. Write, for example, --until 0.01."
    ),
    (
      "eval-ppl --checkpoint c --until 1 --samples 2",
      "--samples: found 2 together with --until, expected at least 3: fewer draws say too little of their error. Raise it, or leave it out."
    ),
    (
      "eval-ppl --checkpoint c --estimator left-to-right --until 0.1",
      "--until: found it together with --estimator left-to-right, expected an estimator that draws noise: this one follows a fixed order, so repeating it changes nothing and its Monte-Carlo error is zero. Leave it out, or choose --estimator stratified."
    ),
    (
      "eval-ppl --checkpoint c --estimator next-token --samples 2",
      "--samples: found it together with --estimator next-token, expected an estimator that draws noise: this one follows a fixed order, so repeating it changes nothing and its Monte-Carlo error is zero. Leave it out."
    ),
    (
      "eval-ppl --checkpoint c --estimator exact",
      "--estimator: found 'exact', expected official, stratified, importance, left-to-right, confidence-order or next-token. Choose one of them."
    ),
    (
      "bench char --parameterization sed",
      "--parameterization: found 'sed', expected subs, d3pm, sedd or ar. Did you mean sedd? Correct it."
    ),
    (
      "eval-ppl --checkpoint c --estimator confidence-order --samples 2",
      "--samples: found it together with --estimator confidence-order, expected an estimator that draws noise: this one follows a fixed order, so repeating it changes nothing and its Monte-Carlo error is zero. Leave it out, or choose --estimator stratified."
    ),
    (
      "sample --checkpoint c --predictor dpm",
      "--predictor: found 'dpm', expected ddpm, ddpm_cache, analytic, first_hitting, tau, confidence, margin, entropy, threshold, entropy_bound, remdm_cap, remdm_rescale, remdm_conf, remdm_loop, forward_backward, dfm, euler or ar. Did you mean ddpm? Correct it."
    ),
    (
      "sample --checkpoint c --seed -1",
      "--seed: found '-1', expected a whole number of at least 0. Write, for example, --seed 1."
    ),
    (
      "info",
      "mdlm info: found neither PATH nor --config, expected one of the two. Write, for example, mdlm info runs/quickstart."
    ),
    (
      "info a --config b",
      "mdlm info: found both PATH and --config, expected one of the two. Write, for example, mdlm info runs/quickstart."
    ),
    (
      "config",
      "mdlm config: found no FILE, expected FILE. Write, for example, mdlm config configs/text8-small.json5."
    ),
    (
      "completion powershell",
      "SHELL: found 'powershell', expected bash, zsh or fish. Choose one of them."
    ),
  ])
  func contradictionIsAUsageError(line: String, message: String) {
    let run = CommandRun(line)
    #expect(run.exitCode == .usage)
    #expect(run.messages.split(separator: "\n").first.map(String.init) == "error: \(message)")
    #expect(run.output.isEmpty)
  }
}
