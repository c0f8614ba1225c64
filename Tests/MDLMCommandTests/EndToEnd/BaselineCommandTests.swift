import Foundation
import MDLM
import Testing

@testable import MDLMCommand

/// Models of the paper's baselines, from training to text.
struct BaselineCommandTests {
  private func trained(_ parameterization: Parameterization) throws -> Workspace {
    let place = try Workspace()
    let run = place.train("--set parameterization=\(parameterization.rawValue)")
    #expect(run.exitCode == .success, "\(run.messages)")
    return place
  }

  /// A command line that the model refuses, and what is said of it.
  private func expectRefusal(
    _ line: String, in place: Workspace, _ message: String,
    location: SourceLocation = #_sourceLocation
  ) {
    let run = place.run(line)
    #expect(run.exitCode == .usage, sourceLocation: location)
    #expect(run.output.isEmpty, sourceLocation: location)
    #expect(
      run.messages.split(separator: "\n").first.map(String.init) == "error: \(message)",
      "\(run.messages)", sourceLocation: location)
  }

  // MARK: Training and what is left of it

  @Test(arguments: [Parameterization.d3pm, .sedd, .ar])
  func oneWordTrainsMeasuresAndSamples(parameterization: Parameterization) throws {
    let place = try trained(parameterization)
    let settings = String(decoding: try place.bytes(of: "run/config.json5"), as: UTF8.self)
    #expect(settings.contains("parameterization: \"\(parameterization.rawValue)\""))
    #expect(
      settings.contains("predictor: \"\(parameterization.defaultPredictor.rawValue)\""))
    let samples = String(decoding: try place.bytes(of: "run/samples.jsonl"), as: UTF8.self)
    #expect(samples.split(separator: "\n").count == 2)
    let figure = try object(place.run("eval-ppl --checkpoint @/run --json").output)
    #expect(try #require(figure["nll"] as? Double) > 0)
    let sample = try object(place.run("sample --checkpoint @/run --json").output)
    #expect(sample["predictor"] as? String == parameterization.defaultPredictor.rawValue)
    #expect((sample["text"] as? String)?.unicodeScalars.count == 8)
  }

  @Test(arguments: [Parameterization.d3pm, .sedd, .ar])
  func stoppedRunGoesOnToTheSameBytes(parameterization: Parameterization) throws {
    let place = try trained(parameterization)
    let line =
      "train --config @/tiny.json5 --output @/other --threads 2 --set parameterization="
      + parameterization.rawValue
    #expect(place.run(line + " --stop-at 3").exitCode == .success)
    #expect(place.run(line + " --resume").exitCode == .success)
    let files = try place.names.filter {
      $0.hasPrefix("run/checkpoints/00000004/") && !$0.hasSuffix("training")
    }
    #expect(files.count == 7)
    for file in files {
      #expect(
        try place.bytes(of: file) == place.bytes(of: "other" + file.dropFirst(3)), "\(file)")
    }
  }

  @Test(arguments: [Parameterization.d3pm, .sedd, .ar])
  func publishedModelNeedsNoRun(parameterization: Parameterization) throws {
    let place = try trained(parameterization)
    try place.publish(as: "published")
    let line = "--tokenizer @/run/checkpoints/latest --steps 8 --json"
    let options = parameterization == .ar ? line.replacing(" --steps 8", with: "") : line
    let own = place.run("sample --checkpoint @/run \(options)")
    let published = place.run("sample --checkpoint @/published \(options)")
    #expect(published.exitCode == .success, "\(published.messages)")
    #expect(
      try object(published.output)["tokens"] as? [Int] == object(own.output)["tokens"] as? [Int])
  }

  @Test(arguments: [Parameterization.d3pm, .sedd, .ar])
  func validationOfTheRunIsReproduced(parameterization: Parameterization) throws {
    let place = try trained(parameterization)
    let metrics = String(decoding: try place.bytes(of: "run/metrics.jsonl"), as: UTF8.self)
    let last = try object(try #require(metrics.split(separator: "\n").last))
    let run = place.run("eval-ppl --checkpoint @/run --batch-size 4 --seed 1 --threads 2 --json")
    #expect(try object(run.output)["nll"] as? Double == last["nll"] as? Double)
  }

  // MARK: Likelihood

  @Test func autoregressiveModelsTellTheLikelihoodItself() throws {
    let place = try trained(.ar)
    let text = place.run("eval-ppl --checkpoint @/run").output
    #expect(text.contains("\n-log p          ") && !text.contains("NELBO"))
    #expect(
      text.contains(
        "estimator       next-token: −log p, exact, of each token from those before it in its row\n"
      ))
    // All but the first token of 24 rows of 8, and nothing drawn.
    #expect(text.contains("measured on     168 tokens in 24 rows\n"))
    #expect(text.contains("made with       24 network calls\n"))
    let fields = try object(place.run("eval-ppl --checkpoint @/run --json").output)
    #expect(fields["estimator"] as? String == "next-token")
    #expect(fields["mc_stderr"] is NSNull && fields["tokens"] as? Int == 168)
    let plan = place.run("eval-ppl --checkpoint @/run --dry-run").output
    #expect(plan.hasPrefix("to measure      168 tokens in 24 rows of 8\n"))
    // Neither seed nor batch decides.
    for options in ["--seed 9", "--estimator next-token", "--batch-size 5 --threads 2"] {
      let other = try object(place.run("eval-ppl --checkpoint @/run --json \(options)").output)
      let nll = try #require(fields["nll"] as? Double)
      #expect(abs(try #require(other["nll"] as? Double) - nll) <= 1e-6 * nll)
    }
  }

  @Test(arguments: [Parameterization.d3pm, .sedd])
  func diffusionBaselinesTellABound(parameterization: Parameterization) throws {
    let place = try trained(parameterization)
    let text = place.run("eval-ppl --checkpoint @/run --samples 2").output
    #expect(text.contains("\nNELBO           ") && !text.contains("-log p"))
    #expect(text.contains("estimator       official: the NELBO averaged over times"))
    // D3PM asks the network for the clean text as well.
    let calls = parameterization == .d3pm ? 96 : 48
    #expect(text.contains("made with       2 draws, \(calls) network calls, seed 1\n"), "\(text)")
    let run = place.run(
      "eval-ppl --checkpoint @/run --until 0.5 --plot @/curve.svg --json --threads 1")
    #expect(run.exitCode == .success, "\(run.messages)")
    #expect(try #require(try object(run.output)["mc_stderr"] as? Double) <= 0.5)
    #expect(try place.names.contains("curve.svg"))
  }

  @Test func estimatorsOfOthersAreRefused() throws {
    let score = try trained(.sedd)
    for name in ["stratified", "importance", "left-to-right", "confidence-order", "next-token"] {
      expectRefusal(
        "eval-ppl --checkpoint @/run --estimator \(name)", in: score,
        "--estimator: found \(name) with a model of sedd, expected official. Leave it out for "
          + "official.")
    }
    let autoregressive = try trained(.ar)
    expectRefusal(
      "eval-ppl --checkpoint @/run --estimator stratified", in: autoregressive,
      "--estimator: found stratified with a model of ar, expected next-token. Leave it out for "
        + "next-token.")
    let plain = try trained(.subs)
    expectRefusal(
      "eval-ppl --checkpoint @/run --estimator next-token", in: plain,
      "--estimator: found next-token with a model of subs, expected official, stratified, "
        + "importance, left-to-right or confidence-order. Leave it out for official.")
  }

  @Test func autoregressiveModelsHaveNoNoiseToDraw() throws {
    let place = try trained(.ar)
    for option in ["--samples 3", "--until 0.1"] {
      let name = option.split(separator: " ")[0]
      expectRefusal(
        "eval-ppl --checkpoint @/run \(option)", in: place,
        "\(name): found it together with --estimator next-token, expected an estimator that draws "
          + "noise: this one follows a fixed order, so repeating it changes nothing and its "
          + "Monte-Carlo error is zero. Leave it out.")
    }
    expectRefusal(
      "eval-ppl --checkpoint @/run --plot @/curve.svg", in: place,
      "--plot: found it with a model of ar, expected a diffusion model: nothing is masked here. "
        + "Leave it out.")
    #expect(try !place.names.contains("curve.svg"))
  }

  // MARK: Samples

  @Test func predictorsOfOthersAreRefused() throws {
    let score = try trained(.sedd)
    expectRefusal(
      "sample --checkpoint @/run --predictor ddpm_cache", in: score,
      "--predictor: found ddpm_cache with a model of sedd, expected analytic, euler. Choose one of "
        + "these, or leave it out.")
    let steps = try trained(.d3pm)
    expectRefusal(
      "sample --checkpoint @/run --predictor tau", in: steps,
      "--predictor: found tau with a model of d3pm, expected ddpm, ddpm_cache. Choose one of these, "
        + "or leave it out.")
    let autoregressive = try trained(.ar)
    expectRefusal(
      "sample --checkpoint @/run --predictor ddpm", in: autoregressive,
      "--predictor: found ddpm with a model of ar, expected ar. Choose one of these, or leave it "
        + "out.")
  }

  @Test(arguments: [
    (Parameterization.d3pm, Predictor.ddpm), (.d3pm, .ddpmCache), (.sedd, .analytic),
    (.sedd, .euler),
  ])
  func diffusionBaselinesFillGaps(
    parameterization: Parameterization, predictor: Predictor
  ) throws {
    let place = try trained(parameterization)
    for options in ["--infill c[MASK:3]t[MASK]", "--prompt c --suffix t --length 6"] {
      let run = place.run(
        "sample --checkpoint @/run --predictor \(predictor.rawValue) --json \(options)")
      #expect(run.exitCode == .success, "\(run.messages)")
      let fields = try object(run.output)
      let text = Array(try #require(fields["text"] as? String).unicodeScalars)
      #expect(text.count == 6 && text[0] == "c" && text[options.contains("suffix") ? 5 : 4] == "t")
      #expect(fields["predictor"] as? String == predictor.rawValue)
    }
  }

  @Test func autoregressiveModelsWriteFromLeftToRight() throws {
    let place = try trained(.ar)
    let line = "sample --checkpoint @/run --num-samples 3 --json"
    let kept = place.run(line + " --prompt ca")
    #expect(kept.exitCode == .success, "\(kept.messages)")
    let lines = try kept.output.split(separator: "\n").map { try object($0) }
    #expect(lines.count == 3)
    for fields in lines {
      #expect((fields["text"] as? String)?.hasPrefix("ca") == true)
      // Six tokens are missing, and each is one call.
      #expect(fields["nfe"] as? Int == 6 && fields["steps"] == nil)
    }
    let again = place.run(line + " --prompt ca --uncached --threads 2")
    #expect(again.exitCode == .success, "\(again.messages)")
    let texts = try again.output.split(separator: "\n").map { try object($0)["text"] as? String }
    #expect(texts == lines.map { $0["text"] as? String })
  }

  @Test(arguments: [
    (
      "--steps 4",
      "--steps: found it with ar, expected a predictor that has steps. Leave it out: "
        + "every token is one call."
    ),
    (
      "--infill c[MASK]t",
      "--infill: found it with a model of ar, expected --prompt alone: this "
        + "model writes from left to right and sees nothing behind a gap. Leave it out, or take a "
        + "diffusion model."
    ),
    (
      "--suffix t",
      "--suffix: found it with a model of ar, expected --prompt alone: this model "
        + "writes from left to right and sees nothing behind a gap. Leave it out, or take a diffusion "
        + "model."
    ),
    (
      "--block-size 4",
      "--block-size: found it with a model of ar, expected a diffusion model: this "
        + "one writes token by token already. Leave it out."
    ),
    (
      "--length 12",
      "--length: found 12 tokens, expected at most 8, the model's length. Shorten it, or train a "
        + "longer model."
    ),
    (
      "--stride 4 --length 12",
      "--stride: found it with a model of ar, expected a diffusion model: "
        + "this one writes token by token already. Leave it out."
    ),
  ])
  func autoregressiveModelsRefuse(options: String, message: String) throws {
    expectRefusal("sample --checkpoint @/run \(options)", in: try trained(.ar), message)
  }

  @Test func scoresAndTracesWorkForAll() throws {
    for parameterization in [Parameterization.d3pm, .sedd, .ar] {
      let place = try trained(parameterization)
      let run = place.run(
        "sample --checkpoint @/run --num-samples 2 --trace @/trace.jsonl --score --json")
      #expect(run.exitCode == .success, "\(run.messages)")
      #expect(run.messages.contains("| samples "))
      let trace = try GenerationTrace(contentsOf: place.expanded("@/trace.jsonl"))
      let first = try object(try #require(run.output.split(separator: "\n").first))
      #expect(trace.sample(0)?.end?.map(Int.init) == first["tokens"] as? [Int])
      #expect(trace.header.predictor == parameterization.defaultPredictor.rawValue)
      #expect(place.run("report @/trace.jsonl --output @/page.html").exitCode == .success)
      #expect(place.run("report @/run --output @/run.html").exitCode == .success)
    }
  }
}
