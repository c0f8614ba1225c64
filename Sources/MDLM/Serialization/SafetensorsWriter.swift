/// Writes tensors as safetensors files, byte for byte the same for the same values.
///
/// Tensors are ordered by the bytes of their names, the header is padded with spaces to a multiple
/// of 8 bytes, and values go from their buffers to the file without a copy.
public enum SafetensorsWriter {
  /// Writes `tensors` as F32 to the file at `path`, which is replaced atomically.
  ///
  /// - Parameters:
  ///   - tensors: Tensors with distinct names.
  ///   - prefix: What is put before every name.
  ///   - metadata: Strings for `__metadata__`.
  ///   - path: The file to write.
  /// - Throws: ``InputError`` with the reason of the operating system.
  public static func write(
    _ tensors: [NamedTensor], prefix: String = "", metadata: [String: String] = [:],
    to path: String
  ) throws(InputError) {
    try AtomicReplacement.writeFile(path) { file throws(InputError) in
      try write(tensors, prefix: prefix, metadata: metadata, into: file)
    }
  }

  static func write(
    _ tensors: [NamedTensor], prefix: String = "", metadata: [String: String] = [:],
    into file: OutputFile
  ) throws(InputError) {
    let sorted = tensors.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    var header = header(of: sorted, prefix: prefix, metadata: metadata)
    header += String(repeating: " ", count: (8 - header.utf8.count % 8) % 8)
    try withUnsafeBytes(of: UInt64(header.utf8.count).littleEndian) { bytes throws(InputError) in
      try file.write(bytes)
    }
    try file.write(header)
    for tensor in sorted {
      try withExtendedLifetime(tensor) { tensor throws(InputError) in
        try file.write(UnsafeRawBufferPointer(tensor.values))
      }
    }
  }

  private static func header(
    of tensors: [NamedTensor], prefix: String, metadata: [String: String]
  ) -> String {
    var members: [JSONMember] = []
    if !metadata.isEmpty {
      let strings = metadata.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
        .map { JSONMember(key: $0.key, value: .string($0.value)) }
      members.append(JSONMember(key: "__metadata__", value: .object(strings)))
    }
    var offset = 0
    var names: Set<String> = []
    for tensor in tensors {
      require(
        names.insert(tensor.name).inserted, "[SafetensorsWriter] two tensors named \(tensor.name)")
      let end = offset + tensor.values.count * MemoryLayout<Float>.size
      members.append(
        JSONMember(
          key: prefix + tensor.name,
          value: [
            "dtype": "F32", "shape": .array(tensor.shape.map { .number($0) }),
            "data_offsets": [.number(offset), .number(end)],
          ]))
      offset = end
    }
    return JSONValue.object(members).line()
  }
}
