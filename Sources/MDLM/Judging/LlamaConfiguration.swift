/// The sizes of a llama2.c network, as the 28 bytes at the head of its file tell them.
struct LlamaConfiguration: Sendable, Equatable {
  /// Values in a token's vector.
  let width: Int
  /// Values in the middle of the feed-forward layer.
  let innerWidth: Int
  let layers: Int
  let heads: Int
  /// Heads of keys and values, each of which serves `heads / keyHeads` of queries.
  let keyHeads: Int
  let vocabularySize: Int
  let contextLength: Int
  /// Whether the output layer has weights of its own and not those of the embedding.
  let hasClassifier: Bool

  var headSize: Int { width / heads }
  var keyWidth: Int { keyHeads * headSize }

  /// The epsilon of its norms.
  static let epsilon: Float = 1e-5
}

extension LlamaConfiguration {
  /// The seven numbers of the header in their order, with the largest that is taken for one.
  ///
  /// The limits keep products of sizes far from overflow; published files are far below them.
  private static let fields: [(name: String, limit: Int32)] = [
    ("dim", 1 << 16), ("hidden_dim", 1 << 18), ("n_layers", 1 << 12), ("n_heads", 1 << 12),
    ("n_kv_heads", 1 << 12), ("vocab_size", 1 << 22), ("seq_len", 1 << 22),
  ]

  /// Bytes of the header.
  static let headerSize = 4 * fields.count

  /// The magic number with which later versions of the format begin ("ak42").
  private static let laterMagic: Int32 = 0x616B_3432

  /// Reads the header.
  ///
  /// - Parameters:
  ///   - header: Seven numbers.
  ///   - path: The file in errors.
  /// - Throws: ``InputError`` for numbers that are no sizes of a network.
  init(header: [Int32], path: String) throws(InputError) {
    func mistake(_ found: String, _ expected: String, _ remedy: String? = nil) -> InputError {
      InputError(
        .badData, path, found: found, expected: expected,
        remedy: remedy ?? "Check that this is a llama2.c checkpoint, or fetch it again")
    }
    require(header.count == Self.fields.count, "[LlamaConfiguration] \(header.count) numbers")
    if header[0] == Self.laterMagic {
      throw mistake(
        "a later version of the llama2.c format", "version 0, which has no magic number",
        "Export the model with --version 0")
    }
    for (value, field) in zip(header, Self.fields) {
      // A negative vocabulary says that the output layer has weights of its own.
      let magnitude = field.name == "vocab_size" ? Int(value).magnitude : UInt(max(0, value))
      guard (1...UInt(field.limit)).contains(magnitude) else {
        throw mistake("\(field.name) \(value) in the header", "a size from 1 to \(field.limit)")
      }
    }
    let values = header.map { Int($0.magnitude) }
    (width, innerWidth, layers, heads) = (values[0], values[1], values[2], values[3])
    (keyHeads, vocabularySize, contextLength) = (values[4], values[5], values[6])
    hasClassifier = header[5] < 0
    guard width % heads == 0, width / heads % 2 == 0, heads % keyHeads == 0 else {
      throw mistake(
        "\(heads) heads and \(keyHeads) of keys for a width of \(width)",
        "heads of an even size that divide the width, and share the heads of keys evenly")
    }
  }
}
