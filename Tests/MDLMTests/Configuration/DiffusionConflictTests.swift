import MDLM
import Testing

/// Settings of the diffusion that do not go together, the official code's rules and our own.
@Suite struct DiffusionConflictTests {
  private static let required = """
    data: {train: 'a.txt', tokenizer_name_or_path: 'char', insert_bos_eos: false},
    model: {hidden_size: 64, n_blocks: 2, n_heads: 4, length: 128},
    """

  /// The sentences of all mistakes in a configuration whose third line is `settings`.
  private func sentences(_ settings: String, overrides: [String] = []) -> [String] {
    do throws(InputErrors) {
      _ = try RunConfiguration.load(
        text: "{\(Self.required)\n\(settings)}", name: "a.json5", overrides: overrides)
      return []
    } catch {
      return error.errors.map(\.description)
    }
  }

  // MARK: Rules of the official code

  @Test(arguments: [
    (
      "training: {importance_sampling: true, change_of_variables: true}",
      "a.json5:3:33: training.importance_sampling: found importance sampling and the change of "
        + "variables, expected one of the two: both draw the same masks. Set one of them to false."
    ),
    (
      "parameterization: 'sedd', training: {importance_sampling: true}",
      "a.json5:3:59: training.importance_sampling: found importance sampling with sedd, expected "
        + "subs, whose losses it makes weigh the same. Set training.importance_sampling to false."
    ),
    (
      "parameterization: 'sedd', training: {change_of_variables: true}",
      "a.json5:3:59: training.change_of_variables: found the change of variables with sedd, "
        + "expected subs, whose losses it makes weigh the same. Set training.change_of_variables to "
        + "false."
    ),
    (
      "parameterization: 'd3pm', T: 0",
      "a.json5:3:30: T: found d3pm in continuous time, expected a number of steps, such as 1000. "
        + "Set T to that, or choose subs."
    ),
    (
      "parameterization: 'sedd', T: 5",
      "a.json5:3:30: T: found T: 5 with sedd, expected T: 0, since only subs and d3pm have discrete "
        + "time. Set T to 0."
    ),
    (
      "parameterization: 'ar', T: 5",
      "a.json5:3:28: T: found T: 5 with ar, expected T: 0, since only subs and d3pm have discrete "
        + "time. Set T to 0."
    ),
    (
      "subs_masking: true",
      "a.json5:3:15: subs_masking: found a setting that does nothing, expected no such key unless "
        + "parameterization is d3pm. Remove subs_masking or change parameterization."
    ),
    (
      "parameterization: 'sedd', subs_masking: false",
      "a.json5:3:41: subs_masking: found a setting that does nothing, expected no such key unless "
        + "parameterization is d3pm. Remove subs_masking or change parameterization."
    ),
  ])
  func officialRulesHold(settings: String, sentence: String) {
    #expect(sentences(settings) == [sentence])
  }

  // MARK: Our own

  @Test(arguments: [
    (
      "noise: {type: 'linear', sigma_min: 0.1, sigma_max: 0.01}",
      "a.json5:3:36: noise.sigma_min: found total noise that goes from 0.1 to 0.01, expected more "
        + "at the end than at the beginning. Lower noise.sigma_min or raise noise.sigma_max."
    ),
    // Against the schedule's own other end.
    (
      "noise: {type: 'geometric', sigma_min: 1}",
      "a.json5:3:39: noise.sigma_min: found total noise that goes from 1.0 to 1.0, expected more at "
        + "the end than at the beginning. Lower noise.sigma_min or raise noise.sigma_max."
    ),
    (
      "noise: {type: 'linear', sigma_max: 1e-3}",
      "a.json5:3:36: noise.sigma_max: found total noise that goes from 0.001 to 0.001, expected "
        + "more at the end than at the beginning. Lower noise.sigma_min or raise noise.sigma_max."
    ),
    (
      "parameterization: 'ar', training: {importance_sampling: true}",
      "a.json5:3:57: training.importance_sampling: found importance sampling with ar, expected "
        + "subs, whose losses it makes weigh the same. Set training.importance_sampling to false."
    ),
    (
      "parameterization: 'd3pm', training: {change_of_variables: true}",
      "a.json5:3:59: training.change_of_variables: found the change of variables with d3pm, "
        + "expected subs, whose losses it makes weigh the same. Set training.change_of_variables to "
        + "false."
    ),
    (
      "T: 10, training: {importance_sampling: true}",
      "a.json5:3:40: training.importance_sampling: found importance sampling with T: 10, expected "
        + "T: 0, continuous time. Set T to 0, or training.importance_sampling to false."
    ),
    (
      "T: 10, training: {change_of_variables: true}",
      "a.json5:3:40: training.change_of_variables: found the change of variables with T: 10, "
        + "expected T: 0, continuous time. Set T to 0, or training.change_of_variables to false."
    ),
    (
      "parameterization: 'sedd', time_conditioning: false",
      "a.json5:3:46: time_conditioning: found sedd without time conditioning, expected true: its "
        + "scores depend on the noise level, which the network must see. Set time_conditioning to "
        + "true."
    ),
    (
      "parameterization: 'ar', time_conditioning: true",
      "a.json5:3:44: time_conditioning: found time conditioning with ar, expected false: nothing is "
        + "noised, so there is no noise level to see. Set time_conditioning to false."
    ),
    (
      "parameterization: 'sedd', sampling: {predictor: 'ddpm_cache'}",
      "a.json5:3:49: sampling.predictor: found ddpm_cache with sedd, expected analytic, euler. "
        + "Remove sampling.predictor or choose one of these."
    ),
    (
      "parameterization: 'd3pm', sampling: {predictor: 'tau'}",
      "a.json5:3:49: sampling.predictor: found tau with d3pm, expected ddpm, ddpm_cache. "
        + "Remove sampling.predictor or choose one of these."
    ),
    (
      "parameterization: 'ar', sampling: {predictor: 'ddpm'}",
      "a.json5:3:47: sampling.predictor: found ddpm with ar, expected ar. "
        + "Remove sampling.predictor or choose one of these."
    ),
    (
      "sampling: {predictor: 'euler'}",
      "a.json5:3:23: sampling.predictor: found euler with subs, expected ddpm, ddpm_cache, "
        + "analytic, first_hitting, tau, confidence, margin, entropy, threshold, entropy_bound, "
        + "remdm_cap, remdm_rescale, remdm_conf, remdm_loop, forward_backward, dfm. "
        + "Remove sampling.predictor or choose one of these."
    ),
    (
      "noise: {sigma_min: 1}",
      "a.json5:3:20: noise.sigma_min: found a setting that does nothing, expected no such key "
        + "unless noise.type is linear or geometric. Remove noise.sigma_min or change noise.type."
    ),
    (
      "noise: {type: 'cosine', sigma_max: 1}",
      "a.json5:3:36: noise.sigma_max: found a setting that does nothing, expected no such key "
        + "unless noise.type is linear or geometric. Remove noise.sigma_max or change noise.type."
    ),
    (
      "noise: {type: 'linear', degree: 2}",
      "a.json5:3:33: noise.degree: found a setting that does nothing, expected no such key unless "
        + "noise.type is polynomial. Remove noise.degree or change noise.type."
    ),
    (
      "training: {antithetic_sampling: false, antithetic_offset: 'shared'}",
      "a.json5:3:59: training.antithetic_offset: found a setting that does nothing, expected no "
        + "such key unless antithetic_sampling is true. Remove training.antithetic_offset or change "
        + "training.antithetic_sampling."
    ),
  ])
  func ownRulesHold(settings: String, sentence: String) {
    #expect(sentences(settings) == [sentence])
  }

  @Test func rowsOfOneTokenTeachNothing() {
    #expect(
      sentences("parameterization: 'ar'", overrides: ["model.length=1"]) == [
        "--set model.length: found rows of one token with ar, expected a length of at least 2: the "
          + "first token of a row is read, not predicted. Use longer rows."
      ])
    #expect(sentences("", overrides: ["model.length=1"]).isEmpty)
  }

  /// The message stands where the later of two contradictory settings does, and makes sense there.
  @Test func theOverrideIsNamedWhereItMakesTheConflict() {
    #expect(
      sentences("training: {importance_sampling: true}", overrides: ["parameterization=ar"]) == [
        "--set parameterization: found importance sampling with ar, expected subs, whose losses it "
          + "makes weigh the same. Set training.importance_sampling to false."
      ])
    #expect(
      sentences("training: {change_of_variables: true}", overrides: ["T=10"]) == [
        "--set T: found the change of variables with T: 10, expected T: 0, continuous time. Set T "
          + "to 0, or training.change_of_variables to false."
      ])
  }

  @Test func everyConflictIsReportedAtOnce() {
    let settings = """
      parameterization: 'sedd', T: 5, time_conditioning: false, subs_masking: true,
      training: {importance_sampling: true, change_of_variables: true},
      sampling: {predictor: 'ar'}, noise: {type: 'linear', sigma_min: 9, degree: 1},
      """
    #expect(sentences(settings).count == 9)
  }

  @Test func unreadableSettingsMakeNoConflicts() {
    #expect(sentences("parameterization: 'sed', T: 5").count == 1)
    #expect(sentences("parameterization: 'sedd', T: -5").count == 1)
    #expect(sentences("noise: {type: 'linaer', sigma_min: 9, degree: 1}").count == 1)
  }

  // MARK: What goes together

  @Test(arguments: [
    "training: {importance_sampling: true}", "training: {change_of_variables: true}",
    "training: {change_of_variables: true}, time_conditioning: true", "T: 1", "T: 1000000000",
    "T: 10, time_conditioning: true", "parameterization: 'd3pm', T: 1",
    "parameterization: 'd3pm', time_conditioning: false, subs_masking: true",
    "parameterization: 'd3pm', sampling: {predictor: 'ddpm'}",
    "parameterization: 'sedd', T: 0, sampling: {predictor: 'euler'}",
    "parameterization: 'sedd', noise: {type: 'geometric', sigma_min: 1e-4, sigma_max: 20}",
    "parameterization: 'ar', T: 0, time_conditioning: false, sampling: {predictor: 'ar'}",
    "noise: {type: 'linear', sigma_min: null, sigma_max: 3}",
    "noise: {type: 'polynomial', degree: 0.5}, training: {importance_sampling: true}",
    "noise: {type: 'cosine'}, training: {change_of_variables: true}",
    "training: {antithetic_sampling: true, antithetic_offset: 'shared', importance_sampling: true}",
  ])
  func whatGoesTogetherIsAccepted(settings: String) throws {
    let configuration = try RunConfiguration.load(
      text: "{\(Self.required)\n\(settings)}", name: "a.json5")
    #expect(try RunConfiguration.load(text: configuration.json5(), name: "b") == configuration)
    try configuration.validate()
  }

  @Test func combinationsMadeInCodeAreChecked() throws {
    var configuration = try RunConfiguration.load(text: "{\(Self.required)}", name: "a.json5")
    configuration.parameterization = .sedd
    let errors = #expect(throws: InputErrors.self) { try configuration.validate() }
    #expect(errors?.errors.map(\.subject) == ["time_conditioning", "sampling.predictor"])
  }
}
