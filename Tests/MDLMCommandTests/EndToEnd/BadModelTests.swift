import Testing

@testable import MDLMCommand

/// Model directories, checkpoints and outputs that cannot be used.
struct BadModelTests {
  @Test(arguments: places + configurations) func modelIsRefused(row: BadInput) throws {
    try row.check()
  }

  @Test(arguments: weights) func weightsAreRefused(row: BadInput) throws { try row.check() }

  @Test(arguments: runs + states) func runIsRefused(row: BadInput) throws { try row.check() }

  private static let places = [
    BadInput("nothing", "sample --checkpoint @/none", .missingInput, "@/none", "nothing there"),
    BadInput(
      "a file", "sample --checkpoint @/text.txt", .missingInput, "@/text.txt", "the directory"),
    BadInput("neither run nor model", "info @", .missingInput, "@", "neither config.json nor"),
    BadInput(
      "below a file", "sample --checkpoint @/text.txt/run", .missingInput, "@/text.txt/run"),
    BadInput(
      "no complete checkpoint", "sample --checkpoint @/new", .missingInput, "@/new",
      "without a complete checkpoint"
    ) { try $0.makeDirectory("new/checkpoints/00000004.partial") },
    BadInput(
      "no weights", "sample --checkpoint @/published", .missingInput,
      "@/published/model.safetensors", needsModel: true
    ) { try $0.remove("published/model.safetensors") },
    BadInput(
      "pickled weights", "sample --checkpoint @/published", .missingInput, "pytorch_model.bin",
      "Convert it", needsModel: true
    ) {
      try $0.remove("published/model.safetensors")
      try $0.write("x", to: "published/pytorch_model.bin")
    },
    BadInput(
      "raw weights of a published model",
      "eval-ppl --checkpoint @/published --weights raw --data @/text.txt", .missingInput,
      "@/published", "raw weights", needsModel: true),
  ]

  /// A published model whose config.json has `new` for `old`.
  private static func config(_ old: String, _ new: String, _ fragment: String) -> BadInput {
    BadInput(
      new, "sample --checkpoint @/published", .badData, "@/published/config.json", fragment,
      needsModel: true
    ) { try $0.replace(old, with: new, in: "published/config.json") }
  }

  private static let configurations = [
    config("{\n", "", "found"),
    config("}\n", "", "found"),
    config("\"hidden_dim\": 16", "\"hidden\": 16", "hidden_dim: found no such field"),
    config("\"hidden_dim\": 16", "\"hidden_dim\": \"16\"", "hidden_dim: found \"16\""),
    config("\"hidden_dim\": 16", "\"hidden_dim\": -16", "hidden_dim: found -16"),
    config("\"hidden_dim\": 16", "\"hidden_dim\": 4611686018427387904", "from 1 to 65536"),
    config("\"n_blocks\": 1", "\"n_blocks\": 1e99", "n_blocks: found 1e99"),
    config("\"n_heads\": 2", "\"n_heads\": 3", "a divisor of hidden_dim, which is 16"),
    config("\"n_heads\": 2", "\"n_heads\": 16", "heads of even width"),
    config("\"model_length\": 8", "\"model_length\": 0", "model_length: found 0"),
    config("\"mask_token_id\": ", "\"mask_token_id\": 9", "mask_token_id"),
    config("\"model_type\": \"mdlm\"", "\"model_type\": \"gpt2\"", "model_type: found \"gpt2\""),
    config("\"T\": 0", "\"T\": -1", "mdlm.T: found -1"),
    config("\"noise\": \"loglinear\"", "\"noise\": \"cosin\"", "mdlm.noise: found \"cosin\""),
    config(
      "\"noise\": \"loglinear\"", "\"noise\": \"linear\", \"noise_sigma_min\": 9",
      "mdlm.noise: found linear noise from 9.0 to 7.0"),
    config(
      "\"parameterization\": \"subs\"", "\"parameterization\": \"d3pm\"",
      "mdlm.T: found 0 with d3pm"),
    config(
      "\"parameterization\": \"subs\"", "\"parameterization\": \"sedd\"",
      "time_conditioning: found false with sedd, expected true"),
  ]

  /// A published model with other weights.
  private static func weights(
    _ name: String, _ fragments: String...,
    change: @escaping @Sendable (inout [UInt8]) -> Void
  ) -> BadInput {
    BadInput(
      name, "sample --checkpoint @/published", .badData,
      saying: ["@/published/model.safetensors"] + fragments, needsModel: true
    ) {
      var bytes = try $0.bytes(of: "published/model.safetensors")
      change(&bytes)
      try $0.write(bytes, to: "published/model.safetensors")
    }
  }

  /// A published model whose config.json promises other tensors than there are.
  private static func mismatch(_ old: String, _ new: String, _ fragments: String...) -> BadInput {
    BadInput(
      new, "sample --checkpoint @/published", .badData,
      saying: ["@/published/model.safetensors"] + fragments, needsModel: true
    ) { try $0.replace(old, with: new, in: "published/config.json") }
  }

  private static let weights = [
    weights("empty", "0 bytes") { $0 = [] },
    weights("zeros", "does not begin with '{'") { $0 = [UInt8](repeating: 0, count: 99) },
    weights("truncated", "offsets within") { $0.removeLast(100) },
    weights("cut header", "a header length") { $0.removeLast($0.count - 100) },
    weights("header beyond the file", "a header length of") { $0[3] = 1 },
    weights("absurd header", "a header length of") { $0[7] = 0x7F },
    weights("more data", "bytes after the last tensor") { $0 += [0, 0, 0, 0] },
    weights("NaN", "the value nan", "finite numbers") {
      $0.replaceSubrange($0.count - 4..<$0.count, with: [0, 0, 0xC0, 0x7F])
    },
    weights("Infinity", "the value inf") {
      $0.replaceSubrange($0.count - 4..<$0.count, with: [0, 0, 0x80, 0x7F])
    },
    weights("pickle", "a zip archive", "Convert it") {
      $0.replaceSubrange(0..<4, with: Array("PK\u{3}\u{4}".utf8))
    },
    weights("Git LFS", "a Git LFS pointer") { $0 = Array("version https://git-lfs".utf8) },
    weights("wrong type", "dtype", "F99") { replace("\"F32\"", by: "\"F99\"", in: &$0) },
    weights("lying offsets", "data_offsets") {
      replace("\"data_offsets\":[0,", by: "\"data_offsets\":[4,", in: &$0)
    },
    weights("renamed", "1 missing (", "1 unexpected (") {
      replace("vocab_embed.embedding", by: "vocab_embed.embeddinG", in: &$0)
    },
    mismatch("\"hidden_dim\": 16", "\"hidden_dim\": 32", "misshapen", "instead of"),
    mismatch("\"n_blocks\": 1", "\"n_blocks\": 2", "missing (blocks.1"),
    // Weights of MDLM called an autoregressive network.
    mismatch(
      "\"parameterization\": \"subs\"", "\"parameterization\": \"ar\"", "8 unexpected (",
      "adaLN_modulation"),
    // Sizes that no machine has room for are noticed before any is made.
    mismatch(
      "\"hidden_dim\": 16", "\"hidden_dim\": 65536", "misshapen", "instead of [65536"),
    mismatch("\"n_blocks\": 1", "\"n_blocks\": 4096", "missing (blocks.1"),
  ]

  /// The first occurrence of `old` becomes `new`, which is as long.
  private static func replace(_ old: String, by new: String, in bytes: inout [UInt8]) {
    let (old, new) = (Array(old.utf8), Array(new.utf8))
    guard let start = bytes.firstRange(of: old) else { return }
    bytes.replaceSubrange(start, with: new)
  }

  private static let runs = [
    BadInput(
      "output below a file", "train --config @/tiny.json5 --output @/text.txt/run", .cannotWrite,
      "@/text.txt/run"),
    BadInput(
      "output is a file", "train --config @/tiny.json5 --output @/text.txt", .cannotWrite,
      "@/text.txt"),
    BadInput(
      "run exists", "train --config @/tiny.json5 --output @/run", .cannotWrite, "@/run",
      "--resume", needsModel: true),
    BadInput(
      "another seed", "train --config @/tiny.json5 --output @/run --resume --set seed=2",
      .badConfiguration, "@/run: found the settings of another run", "- seed: 1", "+ seed: 2",
      needsModel: true),
    BadInput(
      "another rate", "train --config @/tiny.json5 --output @/run --resume --set optim.lr=1e-3",
      .badConfiguration, "- optim.lr: 0.01", "+ optim.lr: 0.001", "--accept-changes",
      needsModel: true),
    BadInput(
      "other data", "train --config @/tiny.json5 --output @/run --resume", .badData, "@/text.txt",
      "other rows", "--accept-changes", needsModel: true
    ) { try $0.replace("mat.", with: "sat.", in: "text.txt") },
    BadInput(
      "damaged configuration of the run", "train --config @/tiny.json5 --output @/run --resume",
      .badConfiguration, "@/run/config.json5:", needsModel: true
    ) { try $0.write("{ data: ", to: "run/config.json5") },
    BadInput(
      "another network",
      "train --config @/tiny.json5 --output @/run --resume --set model.hidden_size=32",
      .badConfiguration, "- model.hidden_size: 16", "+ model.hidden_size: 32", needsModel: true),
    BadInput(
      "given weights of another network",
      "train --config @/tiny.json5 --output @/new --init @/run --set model.n_blocks=2",
      .badConfiguration, "@/run/checkpoints/00000004/config.json: n_blocks", needsModel: true),
    BadInput(
      "given weights of another kind of network",
      "train --config @/tiny.json5 --output @/new --init @/run --set parameterization=ar",
      .badConfiguration, "@/run/checkpoints/00000004/config.json: backbone: found dit, expected ar",
      "the network that the weights are of", needsModel: true),
    BadInput(
      "another parameterization",
      "train --config @/tiny.json5 --output @/run --resume --set parameterization=sedd",
      .badConfiguration, "@/run: found the settings of another run",
      "- parameterization: \"subs\"", "+ parameterization: \"sedd\"", needsModel: true),
    BadInput(
      "another noise",
      "train --config @/tiny.json5 --output @/run --resume --set noise.type=cosine",
      .badConfiguration, "- noise.type: \"loglinear\"", "+ noise.type: \"cosine\"",
      needsModel: true),
    BadInput(
      "no given weights", "train --config @/tiny.json5 --output @/new --init @/none",
      .missingInput, "@/none"),
    BadInput(
      "resuming without state", "train --config @/tiny.json5 --output @/run --resume", .badData,
      "weights alone", "--init", needsModel: true
    ) {
      try $0.remove("run/checkpoints/00000002")
      try $0.remove("run/checkpoints/00000004/training")
    },
  ]

  /// Resuming after a file of the training state has been damaged.
  private static func state(
    _ name: String, _ file: String, _ fragment: String,
    change: @escaping @Sendable ([UInt8]) -> [UInt8]
  ) -> BadInput {
    BadInput(
      name, "train --config @/tiny.json5 --output @/run --resume", .badData,
      "00000004/training/\(file)", fragment, needsModel: true
    ) {
      // Otherwise the run would go back to the one before.
      try $0.remove("run/checkpoints/00000002")
      let path = "run/checkpoints/00000004/training/\(file)"
      try $0.write(change(try $0.bytes(of: path)), to: path)
    }
  }

  private static let states = [
    state("empty state", "state.json", "found") { _ in [] },
    state("cut state", "state.json", "found") { Array($0.dropLast(9)) },
    state("negative step", "state.json", "sha256: found") {
      Array(String(decoding: $0, as: UTF8.self).replacing("\"step\": 4", with: "\"step\": -4").utf8)
    },
    state("later format", "state.json", "format_version: found 9") {
      Array(
        String(decoding: $0, as: UTF8.self)
          .replacing("\"format_version\": 2", with: "\"format_version\": 9").utf8)
    },
    state("cut moments", "second_moment.safetensors", "damaged") { Array($0.dropLast(8)) },
    state("empty weights", "weights.safetensors", "damaged") { _ in [] },
    state("one bit", "first_moment.safetensors", "damaged") { bytes in
      bytes.enumerated().map { $0 == bytes.count - 3 ? $1 ^ 1 : $1 }
    },
  ]
}
