extension TextJudge {
  /// Reads a judge.
  ///
  /// - Parameters:
  ///   - path: A llama2.c checkpoint (.bin), beside which lies its tokenizer (`tokenizer.bin` or
  ///     `tok512.bin` for 512 tokens); a directory with both; a Hugging Face directory of GPT-2 with
  ///     `config.json`, `model.safetensors` and a tokenizer; or a run, a checkpoint or a model
  ///     directory of this package whose parameterization is `ar`.
  ///   - device: Where to compute.
  /// - Throws: ``InputError`` or ``InputErrors`` for what is none of these or is damaged.
  public init(path: String, on device: Device) throws {
    guard FileSystem.exists(path) else { throw SystemError.missing.whileReading(path) }
    if try Self.isOwnModel(path) {
      try self.init(baseline: path, on: device)
    } else if FileSystem.exists("\(path)/config.json") {
      try self.init(gpt2: path, on: device)
    } else {
      try self.init(llama: try Self.checkpoint(at: path), on: device)
    }
  }

  /// Whether a directory is a run, a checkpoint or a model of this package.
  private static func isOwnModel(_ path: String) throws(InputError) -> Bool {
    let configuration = "\(path)/config.json"
    guard FileSystem.exists(configuration) else {
      return FileSystem.isDirectory("\(path)/checkpoints")
    }
    var fields = try JSONFileFields(path: configuration)
    return fields.optionalText("model_type") == "mdlm"
  }

  private init(baseline path: String, on device: Device) throws {
    let directory = try ModelDirectory(resolving: path)
    let diffusion = directory.configuration.diffusion
    guard diffusion.parameterization == .ar else {
      throw InputError(
        .badData, path,
        found: "a diffusion model (\(diffusion.parameterization.rawValue))",
        expected: "an autoregressive one (ar), which tells the probability of a text exactly",
        remedy: "Name a model that was trained with --set parameterization=ar, or another judge")
    }
    guard let tokenizer = try directory.tokenizer() else {
      throw InputError(
        .missingInput, "\(directory.path)/tokenizer.json", found: "no such file",
        expected: "the tokenizer with which the judge reads text",
        remedy: "Copy it beside config.json")
    }
    try directory.check(tokenizer, at: nil)
    // Without a run the model is taken for one like the published ones, whose rows open with BOS.
    let opens = try directory.runConfiguration()?.data.insertBOSEOS ?? true
    let network = try directory.network(.ema, on: device)
    let name = FileSystem.split(path).name
    self.init(
      name: name, network: BaselineNetwork(network: network, maskID: diffusion.maskID),
      beginID: opens ? tokenizer.beginID : nil
    ) { text throws(InputError) in
      let tokens = try tokenizer.encode(text)
      guard !tokens.contains(diffusion.maskID) else {
        throw InputError(
          .badData, "the judge \(name)", found: "a text with the name of its mask",
          expected: "text that it may find likely", remedy: "Leave the text out")
      }
      return tokens
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
      "a llama2.c checkpoint (.bin) with its tokenizer, or a directory of GPT-2 or of an ar model"
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
