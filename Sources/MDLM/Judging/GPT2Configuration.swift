/// The sizes of a GPT-2 network, as the `config.json` of a Hugging Face directory tells them.
struct GPT2Configuration: Sendable, Equatable {
  let vocabularySize: Int
  /// Positions that there are embeddings for.
  let contextLength: Int
  let width: Int
  let innerWidth: Int
  let layers: Int
  let heads: Int
  /// Added to the variance in every norm.
  let epsilon: Float

  /// Reads the file.
  ///
  /// - Throws: ``InputError`` where it cannot be read, ``InputErrors`` for fields that describe
  ///   another network than GPT-2's.
  init(path: String) throws {
    var fields = try JSONFileFields(path: path)
    _ = fields.choice("model_type", of: ["gpt2"])
    vocabularySize = fields.integer("vocab_size", in: 1...1 << 24)
    contextLength = fields.integer("n_positions", in: 2...1 << 24)
    width = fields.integer("n_embd", in: 1...1 << 16)
    layers = fields.integer("n_layer", in: 1...1 << 12)
    heads = fields.integer("n_head", in: 1...1 << 12)
    innerWidth = fields.optionalInteger("n_inner", in: 1...1 << 18) ?? 4 * width
    epsilon = Float(fields.number("layer_norm_epsilon", in: 1e-20..<1, default: 1e-5))
    _ = fields.choice("activation_function", of: ["gelu_new", "gelu_pytorch_tanh"])
    if width % heads != 0 {
      fields.report("n_head", found: "\(heads)", expected: "a divisor of n_embd, \(width)")
    }
    // Variants that compute something else from weights of the same shapes.
    let variants = [
      ("scale_attn_weights", true), ("scale_attn_by_inverse_layer_idx", false),
      ("add_cross_attention", false),
    ]
    for (key, usual) in variants where fields.boolean(key, default: usual) != usual {
      fields.report(
        key, found: "\(!usual)", expected: "\(usual), as GPT-2 has it",
        remedy: "Use a GPT-2 model without this variant")
    }
    try fields.finish()
  }

  /// The names and shapes of all weights, without the prefix `transformer.`.
  ///
  /// Matrices lie as `[in, out]`, as GPT-2's one-dimensional convolutions have them.
  var tensors: [(name: String, shape: [Int])] {
    let d = width
    let outer = [
      ("wte.weight", [vocabularySize, d]), ("wpe.weight", [contextLength, d]),
      ("ln_f.weight", [d]), ("ln_f.bias", [d]),
    ]
    return outer
      + (0..<layers).flatMap { layer in
        [
          ("ln_1.weight", [d]), ("ln_1.bias", [d]),
          ("attn.c_attn.weight", [d, 3 * d]), ("attn.c_attn.bias", [3 * d]),
          ("attn.c_proj.weight", [d, d]), ("attn.c_proj.bias", [d]),
          ("ln_2.weight", [d]), ("ln_2.bias", [d]),
          ("mlp.c_fc.weight", [d, innerWidth]), ("mlp.c_fc.bias", [innerWidth]),
          ("mlp.c_proj.weight", [innerWidth, d]), ("mlp.c_proj.bias", [d]),
        ].map { ("h.\(layer).\($0.0)", $0.1) }
      }
  }
}
