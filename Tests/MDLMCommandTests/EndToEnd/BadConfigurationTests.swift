import Testing

@testable import MDLMCommand

/// Configuration files with a mistake in them.
struct BadConfigurationTests {
  @Test(arguments: rows) func isRefused(row: BadInput) throws { try row.check() }

  /// A configuration in which `old` has become `new`.
  private static func config(_ old: String, _ new: String, _ fragments: String...) -> BadInput {
    BadInput(
      new.isEmpty ? "without \(old)" : new, "train --config @/tiny.json5 --output @/run",
      .badConfiguration, saying: fragments
    ) { try $0.configure(old, new) }
  }

  /// A configuration that is nothing but `bytes`.
  private static func content(
    _ name: String, _ bytes: [UInt8], _ fragments: String...
  ) -> BadInput {
    BadInput(
      name, "config @/tiny.json5", .badConfiguration, saying: ["@/tiny.json5"] + fragments
    ) { try $0.write(bytes, to: "tiny.json5") }
  }

  @Test func allMistakesAreReportedAtOnce() throws {
    let place = try Workspace()
    try place.configure("hidden_size: 16, n_blocks: 1", "hidden_sise: 16, n_blocks: \"one\"")
    let run = place.run("config @/tiny.json5 --set seed=-1")
    #expect(run.exitCode == .badConfiguration)
    for fragment in ["hidden_sise", "model.hidden_size", "model.n_blocks", "--set seed"] {
      #expect(run.messages.contains(fragment), "\(run.messages)")
    }
  }

  private static let rows = [
    BadInput(
      "missing", "config @/none.json5", .missingInput, "@/none.json5", "nothing there"),
    BadInput("a data file", "config @/large", .badData, "@/large", "more than 1048576 bytes") {
      try $0.write([UInt8](repeating: 0x20, count: 1 << 21), to: "large")
    },
    BadInput("directory", "config @", .missingInput, "@", "a directory"),
    content("empty", [], "found"),
    content("a list", Array("[1, 2]".utf8), "a list"),
    content("invalid UTF-8", [0x7B, 0xFF, 0x7D], "UTF-8"),
    content("truncated", Array("{ data: { train: \"a".utf8), "1:"),

    content("nested", [UInt8](repeating: 0x5B, count: 100_000), "found"),
    config(
      "hidden_size: 16", "hidden_sise: 16", "tiny.json5:6:", "hidden_sise",
      "Did you mean model.hidden_size"),
    config("n_blocks: 1", "n_blocks: 1, n_blocks: 2", "n_blocks", "a second time"),
    config("n_blocks: 1", "n_blocks: \"1\"", "model.n_blocks", "without quotes"),
    config("n_blocks: 1", "n_blocks: 1.5", "model.n_blocks", "1.5"),
    config("n_blocks: 1", "n_blocks: 0", "model.n_blocks", "found 0"),
    config("n_blocks: 1", "n_blocks: 99999999999999999999", "model.n_blocks", "1024"),
    config("hidden_size: 16, ", "", "model.hidden_size", "no such key"),
    config("n_heads: 2", "n_heads: 3", "n_heads", "hidden_size"),
    config("n_heads: 2", "n_heads: 16", "head size of 1", "even"),
    config("lr: 1e-2", "lr: -1", "optim.lr", "found -1"),
    config("lr: 1e-2", "lr: NaN", "optim.lr", "NaN"),
    config("ema: 0.5", "ema: 1", "training.ema", "below 1"),
    config("global_batch_size: 4", "global_batch_size: 0", "loader.global_batch_size"),
    config(
      "max_steps: 4,", "max_steps: 4, accumulate_grad_batches: 3,", "accumulate_grad_batches",
      "multiple"),
    config("valid_fraction: 0.1", "valid_fraction: 0.95", "data.valid_fraction", "below 1"),
    config(
      "sampling: { steps: 8 }", "noise: { type: \"cosin\" }", "noise.type",
      "Did you mean \"cosine\"?"),
    config(
      "sampling: { steps: 8 }", "noise: { type: \"linear\", sigma_min: 8 }", "noise.sigma_min",
      "total noise that goes from 8.0 to 7.0", "Lower noise.sigma_min or raise noise.sigma_max"),
    config(
      "sampling: { steps: 8 }", "noise: { sigma_max: 8 }", "noise.sigma_max",
      "unless noise.type is linear or geometric"),
    config("sampling: { steps: 8 }", "parameterization: \"mdlm\"", "parameterization", "\"subs\""),
    config(
      "sampling: { steps: 8 }", "parameterization: \"d3pm\", T: 0", "T", "d3pm in continuous time",
      "such as 1000"),
    config(
      "sampling: { steps: 8 }", "parameterization: \"sedd\", T: 1000", "T", "T: 1000 with sedd"),
    config(
      "sampling: { steps: 8 }", "parameterization: \"sedd\", time_conditioning: false",
      "time_conditioning", "sedd without time conditioning"),
    config(
      "sampling: { steps: 8 }", "parameterization: \"ar\", time_conditioning: true",
      "time_conditioning", "time conditioning with ar"),
    config(
      "sampling: { steps: 8 }",
      "parameterization: \"sedd\", sampling: { predictor: \"ddpm_cache\" }", "sampling.predictor",
      "ddpm_cache with sedd", "analytic, euler"),
    config("sampling: { steps: 8 }", "subs_masking: true", "subs_masking", "does nothing"),
    config(
      "ema: 0.5", "ema: 0.5, importance_sampling: true, change_of_variables: true",
      "training.importance_sampling", "one of the two"),
    config(
      "training: { ema: 0.5 }",
      "parameterization: \"sedd\", training: { change_of_variables: true }",
      "training.change_of_variables", "with sedd"),
    config(
      "sampling: { steps: 8 }", "sampling: { predictor: \"ddmp\" }", "sampling.predictor",
      "Did you mean"),
    config(
      "tokenizer_name_or_path: \"char\"", "tokenizer_name_or_path: \"gpt3\"", "gpt3",
      "char, byte, text8, dna"),
    config("n_blocks: 1", "n_blocks: 1, vocab_size: 99", "model.vocab_size", "found 99"),
    config(
      "tokenizer_name_or_path: \"char\",", "", "data.tokenizer_name_or_path", "no such key"),
    config(
      "train: \"@/text.txt\"", "raw_uint16: true, train: \"@/text.txt\"", "@/text.txt",
      "text beside data.raw_uint16"),
    BadInput(
      "neither tokenizer nor vocabulary", "config @/tiny.json5", .badConfiguration,
      "model.vocab_size", "neither key"
    ) {
      try $0.configure(
        "train: \"@/text.txt\", tokenizer_name_or_path: \"char\"", "train: \"@/ids.bin\"")
    },
    BadInput(
      "another detokenizer than the protocol's", "train --config @/tiny.json5 --output @/run",
      .badConfiguration, "data.detokenizer", "ptb beside data.train lm1b"
    ) {
      try $0.configure(
        "train: \"@/text.txt\", tokenizer_name_or_path: \"char\", documents: \"stream\"",
        "train: \"lm1b\", tokenizer_name_or_path: \"char\", detokenizer: \"ptb\"")
    },
    config(
      "hidden_size: 16, n_blocks: 1", "hidden_size: 65536, n_blocks: 1024", "GB of memory",
      "Lower model.hidden_size"),
    config(
      "global_batch_size: 4", "global_batch_size: 16000000", "GB of memory",
      "Raise trainer.accumulate_grad_batches"),
    BadInput(
      "extends a missing file", "config @/tiny.json5", .missingInput, "extends", "@/none.json5"
    ) { try $0.configure("sampling: {", "extends: \"none.json5\", sampling: {") },
    config("sampling: {", "extends: 3, sampling: {", "extends", "found 3"),
    config(
      "sampling: {", "extends: \"tiny.json5\", sampling: {", "extends",
      "one level of inheritance"),
    BadInput(
      "--set of an unknown key", "config @/tiny.json5 --set optim.learning_rate=1",
      .badConfiguration, "--set optim.learning_rate", "expected one of lr, weight_decay"),
    BadInput(
      "--set of a wrong type", "config @/tiny.json5 --set model.n_blocks=many",
      .badConfiguration, "--set model.n_blocks", "found \"many\""),
    BadInput(
      "--set of a section", "config @/tiny.json5 --set model=3", .badConfiguration,
      "--set model", "an object"),
    BadInput(
      "--set of a parameterization that the file forbids",
      "config @/tiny.json5 --set parameterization=ar", .badConfiguration, "--set parameterization",
      "importance sampling with ar", "Set training.importance_sampling to false"
    ) { try $0.configure("ema: 0.5", "ema: 0.5, importance_sampling: true") },
  ]
}
