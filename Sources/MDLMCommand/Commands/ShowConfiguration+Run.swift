import MDLM

extension ShowConfiguration {
  func run(in context: CommandContext) throws {
    let configuration = try RunConfiguration.load(path: file, overrides: overrides)
    try context.output.write(json ? configuration.json() + "\n" : configuration.json5())
  }
}
