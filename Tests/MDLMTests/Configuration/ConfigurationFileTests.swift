import Foundation
import MDLM
import Testing

/// Files on disk: those of the project, inheritance, and files that cannot be read.
@Suite struct ConfigurationFileTests {
  private static let configs = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "configs").path

  /// Those in its folders, too, as `ablations/mdlm.json5`.
  private static var configNames: [String] {
    get throws {
      try FileManager.default.subpathsOfDirectory(atPath: configs).filter { $0.hasSuffix(".json5") }
    }
  }

  /// Writes `files` to a new directory, which lasts as long as `body` runs.
  private func withFiles(_ files: [String: String], _ body: (String) throws -> Void) throws {
    let directory = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    defer { try? FileManager.default.removeItem(at: directory) }
    for (name, text) in files {
      let file = directory.appending(path: name)
      try FileManager.default.createDirectory(
        at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(text.utf8).write(to: file)
    }
    try body(directory.path)
  }

  private func errors(loading path: String) -> [InputError] {
    do throws(InputErrors) {
      _ = try RunConfiguration.load(path: path)
      return []
    } catch {
      return error.errors
    }
  }

  // MARK: The project's own

  @Test func shipsTheseConfigs() throws {
    #expect(
      try Self.configNames.sorted() == [
        "ablations/base.json5", "ablations/change-of-variables.json5",
        "ablations/discrete-time.json5", "ablations/importance-sampling.json5",
        "ablations/independent-times.json5", "ablations/mdlm.json5",
        "ablations/noise-cosine.json5", "ablations/noise-cosinesqr.json5",
        "ablations/noise-geometric.json5", "ablations/noise-linear.json5",
        "ablations/noise-polynomial.json5", "ablations/shared-offset.json5",
        "ablations/time-conditioning.json5", "ablations/without-carry-over.json5",
        "ablations/without-zero-masking.json5",
        "baselines/ar.json5", "baselines/d3pm.json5", "baselines/sedd.json5",
        "learning-parity.json5", "lm1b-cpu.json5", "lm1b-small.json5", "owt-cpu.json5",
        "owt-small.json5", "ptb-cpu.json5", "quickstart.json5", "text8-small.json5", "text8.json5",
      ])
  }

  @Test(arguments: try configNames)
  func loadsEachConfigAndRoundTrips(name: String) throws {
    let configuration = try RunConfiguration.load(path: "\(Self.configs)/\(name)")
    #expect(try RunConfiguration.load(text: configuration.json5(), name: "copy") == configuration)
  }

  @Test(arguments: [
    ("lm1b-small", 30522, 139_292_986), ("owt-small", 50258, 169_627_218),
    ("text8", 28, 92_423_708), ("text8-small", 28, 4_075_548), ("quickstart", 64, 643_328),
  ])
  func hasTheParametersThatItStates(name: String, vocabularySize: Int, count: Int) throws {
    let configuration = try RunConfiguration.load(path: "\(Self.configs)/\(name).json5")
    #expect(configuration.model.vocabularySize ?? vocabularySize == vocabularySize)
    #expect(configuration.transformer(vocabularySize: vocabularySize).parameterCount == count)
  }

  @Test func text8SmallInheritsTheData() throws {
    let large = try RunConfiguration.load(path: "\(Self.configs)/text8.json5")
    let small = try RunConfiguration.load(path: "\(Self.configs)/text8-small.json5")
    #expect(small.data == large.data)
    #expect(small.model.length == large.model.length)
    #expect(small.model.hiddenSize < large.model.hiddenSize)
  }

  /// One thing each, so that a difference between results has one cause.
  @Test func ablationsAndBaselinesDifferInTheDiffusionOnly() throws {
    let base = try RunConfiguration.load(path: "\(Self.configs)/ablations/base.json5")
    for name in try Self.configNames where name.contains("/") {
      let configuration = try RunConfiguration.load(path: "\(Self.configs)/\(name)")
      #expect(configuration.data == base.data, "\(name)")
      #expect(configuration.model == base.model, "\(name)")
      #expect(configuration.optim == base.optim, "\(name)")
      #expect(configuration.trainer == base.trainer, "\(name)")
      #expect(
        (configuration == base) == ["ablations/base.json5", "ablations/mdlm.json5"].contains(name),
        "\(name)")
    }
  }

  // MARK: Inheritance

  private static let base = """
    {
      data: { train: "a.txt", tokenizer_name_or_path: "char" },
      model: { hidden_size: 64, n_blocks: 2, n_heads: 4, length: 128 },
      lr_scheduler: { name: "cosine_decay_warmup", lr_min: 1e-5 },
      seed: 7,
    }
    """

  @Test func ownSettingsWinOverInheritedOnesAndOverridesOverBoth() throws {
    try withFiles(["base/b.json5": Self.base, "a.json5": "{extends: 'base/b.json5', seed: 8}"]) {
      let path = "\($0)/a.json5"
      let configuration = try RunConfiguration.load(path: path)
      #expect(configuration.seed == 8)
      #expect(configuration.model.hiddenSize == 64)
      #expect(configuration.lrScheduler.lrMin == 1e-5)
      #expect(try RunConfiguration.load(path: path, overrides: ["seed=9"]).seed == 9)
    }
  }

  @Test func dropsInheritedSettingsThatNoLongerDoAnything() throws {
    let child = "{extends: 'b.json5', lr_scheduler: {name: 'constant_warmup'}}"
    try withFiles(["b.json5": Self.base, "a.json5": child]) {
      let configuration = try RunConfiguration.load(path: "\($0)/a.json5")
      #expect(configuration.lrScheduler.lrMin == 1e-6)
      #expect(try RunConfiguration.load(text: configuration.json5(), name: "") == configuration)
    }
  }

  @Test func inheritsOneLevelOnly() throws {
    try withFiles([
      "c.json5": "{}", "b.json5": "{extends: 'c.json5'}", "a.json5": "{extends: 'b.json5'}",
    ]) {
      let error = errors(loading: "\($0)/a.json5").first
      #expect(error?.subject == "\($0)/b.json5:1:2: extends")
      #expect(error?.expected == "one level of inheritance")
    }
  }

  @Test func pointsIntoTheInheritedFile() throws {
    try withFiles([
      "b.json5": Self.base.replacing("seed: 7", with: "seed: -7"),
      "a.json5": "{extends: 'b.json5'}",
    ]) {
      #expect(errors(loading: "\($0)/a.json5").map(\.subject) == ["\($0)/b.json5:5:9: seed"])
    }
  }

  @Test func namesAMissingInheritedFileAndItsReader() throws {
    try withFiles(["a.json5": "{\n  extends: 'nowhere.json5',\n}"]) {
      let errors = errors(loading: "\($0)/a.json5")
      #expect(errors.map(\.subject) == ["\($0)/a.json5:2:3: extends"])
      #expect(errors.first?.found == "nothing there (\($0)/nowhere.json5)")
      #expect(errors.first?.category == .missingInput)
    }
  }

  // MARK: Files that cannot be read

  @Test func reportsAMissingFile() {
    let errors = errors(loading: "/nowhere/a.json5")
    #expect(errors.map(\.category) == [.missingInput])
    #expect(errors.first?.description.hasPrefix("/nowhere/a.json5: found nothing there") == true)
  }

  @Test func reportsADirectory() throws {
    try withFiles(["a/b": ""]) {
      let errors = errors(loading: "\($0)/a")
      #expect(errors.map(\.category) == [.missingInput])
      #expect(errors.first?.found == "a directory")
    }
  }

  @Test func refusesDataFiles() throws {
    try withFiles(["a.txt": String(repeating: "text ", count: 1 << 20)]) {
      #expect(errors(loading: "\($0)/a.txt").first?.found == "more than 1048576 bytes")
    }
  }

  @Test func reportsOnlyTheSyntaxMistakeOfAFile() throws {
    try withFiles(["a.json5": "{\n  data: {\n"]) {
      #expect(errors(loading: "\($0)/a.json5").map(\.subject) == ["\($0)/a.json5:3:1"])
    }
  }
}
