extension TextJudge {
  /// Reads a judge.
  ///
  /// - Parameters:
  ///   - path: A llama2.c checkpoint (.bin), beside which lies its tokenizer (`tokenizer.bin` or
  ///     `tok512.bin` for 512 tokens); a directory with both; or a Hugging Face directory of GPT-2
  ///     with `config.json`, `model.safetensors` and a tokenizer.
  ///   - device: Where to compute.
  /// - Throws: ``InputError`` or ``InputErrors`` for what is none of these or is damaged.
  public init(path: String, on device: Device) throws {
    guard FileSystem.exists(path) else { throw SystemError.missing.whileReading(path) }
    if FileSystem.exists("\(path)/config.json") {
      try self.init(gpt2: path, on: device)
    } else {
      try self.init(llama: try Self.checkpoint(at: path), on: device)
    }
  }

  private init(gpt2 directory: String, on device: Device) throws {
    let weights = "\(directory)/model.safetensors"
    let configuration = try GPT2Configuration(path: "\(directory)/config.json")
    let tokenizer = try TokenizerFile.load(path: directory)
    let network = try GPT2Network(weights: weights, configuration, on: device)
    self.init(name: FileSystem.split(directory).name, network: network, beginID: nil) {
      text throws(InputError) in try tokenizer.encode(text)
    }
  }

  private init(llama path: String, on device: Device) throws {
    let file = try LlamaFile(path: path)
    let tokenizer = try LlamaTokenizer(
      path: try Self.tokenizer(for: path, of: file.configuration.vocabularySize),
      vocabularySize: file.configuration.vocabularySize)
    let network = try LlamaNetwork(file, on: device)
    let name = FileSystem.split(path).name
    self.init(
      name: name.hasSuffix(".bin") ? String(name.dropLast(4)) : name, network: network,
      beginID: LlamaTokenizer.beginID
    ) { text throws(InputError) in tokenizer.encode(text) }
  }

  /// The one checkpoint in a directory, or the path of a file itself.
  private static func checkpoint(at path: String) throws(InputError) -> String {
    let expected =
      "a llama2.c checkpoint (.bin) with its tokenizer, or a directory of GPT-2 with config.json"
    guard FileSystem.isDirectory(path) else {
      if path.hasSuffix(".bin") { return path }
      throw InputError(
        .badData, path, found: "a file that does not end in .bin", expected: expected,
        remedy: "Name a judge, such as stories15M.bin or the directory of a GPT-2 model")
    }
    let files = FileSystem.names(in: path).sorted().filter { name in
      name.hasSuffix(".bin") && !name.hasPrefix("tok")
    }
    guard files.count == 1 else {
      throw InputError(
        files.isEmpty ? .missingInput : .badData, path,
        found: files.isEmpty ? "no judge in the directory" : files.joined(separator: ", "),
        expected: expected, remedy: "Name the file or the directory of one judge")
    }
    return "\(path)/\(files[0])"
  }

  /// The tokenizer beside a checkpoint.
  private static func tokenizer(
    for path: String, of vocabularySize: Int
  ) throws(InputError) -> String {
    let folder = FileSystem.folder(of: path)
    let names = ["tok\(vocabularySize).bin", "tokenizer.bin"]
    guard let name = names.first(where: { FileSystem.exists("\(folder)/\($0)") }) else {
      throw InputError(
        .missingInput, folder, found: "no tokenizer beside \(FileSystem.split(path).name)",
        expected: names.joined(separator: " or "),
        remedy: "Put the tokenizer that belongs to the checkpoint there")
    }
    return "\(folder)/\(name)"
  }
}
