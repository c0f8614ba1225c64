/// A safetensors file with one value for every parameter of a network, and nothing else.
///
/// The prefixes that published files put before the names are left out.
struct WeightsFile {
  /// The one buffer that the official network keeps with its parameters.
  static let rotaryFrequencies = "rotary_emb.inv_freq"

  private let file: SafetensorsFile
  private let prefixes: [String]
  /// The names in the file by the names in the network.
  private var fileNames: [String: String] = [:]

  /// Opens the file.
  ///
  /// - Parameters:
  ///   - path: A safetensors file.
  ///   - prefixes: What may stand before the names, any number of times: `backbone.`, and
  ///     `_orig_mod.` from compiled modules, or what other networks have.
  /// - Throws: ``InputError`` where it cannot be read, or two tensors have one name.
  init(path: String, prefixes: [String] = ["backbone.", "_orig_mod."]) throws(InputError) {
    file = try SafetensorsFile(path: path)
    self.prefixes = prefixes
    for entry in file.entries {
      let name = Self.name(entry.name, without: prefixes)
      if let other = fileNames.updateValue(entry.name, forKey: name) {
        throw InputError(
          .badData, path, found: "both \(other) and \(entry.name)",
          expected: "one tensor for \(name)", remedy: "Keep one of the two")
      }
    }
  }

  /// Reads every tensor of `tensors`.
  ///
  /// - Parameters:
  ///   - tensors: All parameters of the network, by their names without prefix.
  ///   - headSize: The width of a head, which the rotary frequencies must fit where the file has
  ///     them.
  /// - Throws: ``InputError`` that counts missing, unexpected and misshapen tensors and names the
  ///   first dozen of each.
  func load(into tensors: [NamedTensor], headSize: Int) throws(InputError) {
    try check(tensors.map { ($0.name, $0.shape) }, headSize: headSize)
    try checkRotaryFrequencies(headSize: headSize)
    for tensor in tensors {
      guard let name = fileNames[tensor.name] else { continue }
      try withExtendedLifetime(tensor) { tensor throws(InputError) in
        try file.read(name, into: tensor.values)
      }
    }
  }

  private static func name(_ name: String, without prefixes: [String]) -> String {
    var name = name[...]
    while let prefix = prefixes.first(where: { name.hasPrefix($0) }) {
      name = name.dropFirst(prefix.count)
    }
    return String(name)
  }

  /// Checks the file's header against the names and shapes of a network's parameters.
  ///
  /// - Throws: As ``check(_:optional:ignoring:)`` does.
  func check(_ tensors: [(name: String, shape: [Int])], headSize: Int) throws(InputError) {
    try check(tensors, optional: [Self.rotaryFrequencies: [headSize / 2]])
  }

  /// Checks the file's header against the names and shapes of a network's parameters.
  ///
  /// - Parameters:
  ///   - tensors: What the file must have.
  ///   - optional: The shapes of what it may have besides.
  ///   - isIgnored: Tells the names of what may be there in any shape.
  /// - Throws: ``InputError`` that counts missing, unexpected and misshapen tensors and names the
  ///   first dozen of each.
  func check(
    _ tensors: [(name: String, shape: [Int])], optional: [String: [Int]],
    ignoring isIgnored: (String) -> Bool = { _ in false }
  ) throws(InputError) {
    var (missing, unexpected, misshapen): ([String], [String], [String]) = ([], [], [])
    var expected = optional
    for tensor in tensors {
      expected[tensor.name] = tensor.shape
      if fileNames[tensor.name] == nil { missing.append("\(tensor.name) \(tensor.shape)") }
    }
    for entry in file.entries {
      let name = Self.name(entry.name, without: prefixes)
      if isIgnored(name) { continue }
      if let shape = expected[name] {
        if shape != entry.shape { misshapen.append("\(name) \(entry.shape) instead of \(shape)") }
      } else {
        unexpected.append("\(entry.name) \(entry.shape)")
      }
    }
    let groups = [("missing", missing), ("unexpected", unexpected), ("misshapen", misshapen)]
      .filter { !$0.1.isEmpty }
      .map { kind, names in "\(names.count) \(kind) (\(Self.list(names)))" }
    if !groups.isEmpty {
      throw InputError(
        .badData, file.path, found: "tensors \(groups.joined(separator: ", "))",
        expected: "the \(tensors.count) tensors of the network in config.json",
        remedy: "Use the config.json that belongs to these weights")
    }
  }

  /// The first names: those of one block tell what is wrong with all.
  private static func list(_ names: [String]) -> String {
    let shown = names.prefix(12).joined(separator: ", ")
    return names.count > 12 ? "\(shown) and \(names.count - 12) more" : shown
  }

  /// Whether the file has a tensor of that name.
  func has(_ name: String) -> Bool { fileNames[name] != nil }

  /// Reads one tensor as floats, in row-major order.
  ///
  /// - Throws: ``InputError`` for a name that the file does not have, or values that are no finite
  ///   numbers.
  func floats(_ name: String) throws(InputError) -> [Float] {
    try file.readFloats(fileNames[name] ?? name)
  }

  /// Refuses weights that were trained with another rotary base.
  private func checkRotaryFrequencies(headSize: Int) throws(InputError) {
    guard let name = fileNames[Self.rotaryFrequencies] else { return }
    let found = try file.readFloats(name)
    let expected = RotaryTable.inverseFrequencies(headSize: headSize)
    for (index, (value, frequency)) in zip(found, expected).enumerated()
    // Half-precision files round to eight bits.
    where abs(value - frequency) > frequency / 128 {
      throw InputError(
        .badData, "\(file.path): tensor \(name)", found: "\(value) at element \(index)",
        expected: "\(frequency), for a rotary base of 10000",
        remedy: "Use weights of a network with this base")
    }
  }
}
