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
    ("mdlm", "{\"noise\": \"cosine\"}", "mdlm.noise: found \"cosine\", expected \"loglinear\""),
    ("mdlm", "{\"parameterization\": \"sedd\"}", "mdlm.parameterization: found \"sedd\""),
    ("mdlm", "{\"sampling_eps\": 1}", "mdlm.sampling_eps: found 1"),
  ])
  func refuses(key: String, value: String?, fragment: String) {
    let text = published(replacing: key, by: value.map { "\"\(key)\": \($0)" })
    let message = sentence { _ = try read(text) }
    #expect(message.contains("config.json: \(key)") && message.contains(fragment))
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
