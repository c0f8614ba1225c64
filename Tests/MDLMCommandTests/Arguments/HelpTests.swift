import MDLM
import Testing

@testable import MDLMCommand

struct HelpTests {
  private static let pages = MDLMCommand.commands.map { $0.definition.name }

  @Test(arguments: pages + ["", "tokenize"])
  func pageFitsEightyColumns(command: String) {
    let lines = CommandRun("\(command) --help").output.split(separator: "\n")
    #expect(lines.count > 5)
    #expect(lines.filter { $0.unicodeScalars.count > 80 } == [])
  }

  @Test(arguments: pages)
  func pageIsTheSameEitherWay(command: String) {
    let page = CommandRun("help \(command)")
    #expect(page.exitCode == .success)
    #expect(page.output == CommandRun("\(command) -h").output)
    #expect(page.messages.isEmpty)
  }

  @Test(arguments: pages)
  func everyOptionIsOnThePage(command: String) throws {
    let definition = try #require(MDLMCommand.definitions.first { $0.name == command })
    let page = CommandRun("help \(command)").output
    for option in definition.options { #expect(page.contains("\n  \(option.signature)")) }
  }

  @Test(arguments: pages)
  func examplesAreAccepted(command: String) throws {
    let definition = try #require(MDLMCommand.definitions.first { $0.name == command })
    #expect(!definition.examples.isEmpty)
    for example in definition.examples where example.line.hasPrefix("mdlm ") {
      let words = example.line.split(separator: " ").map(String.init)
        .dropFirst(1 + definition.words.count)
      #expect(throws: Never.self) {
        try definition.parse(words.prefix { ![">", "<"].contains($0) })
      }
    }
  }

  @Test(arguments: ["--help", "-h", "help"])
  func overviewListsCommandsAndExitCodes(line: String) {
    let run = CommandRun(line)
    #expect(run.exitCode == .success)
    #expect(run.output == HelpSnapshots.overview)
  }

  @Test func pageOfTrain() {
    #expect(CommandRun("train --config x --help").output == HelpSnapshots.train)
  }

  @Test func pageWithArguments() {
    #expect(CommandRun("info -h").output == HelpSnapshots.info)
  }

  @Test func pageOfScore() {
    #expect(CommandRun("help score").output == HelpSnapshots.score)
  }

  /// What can be chosen by name can be found by name.
  @Test func pagesTellEveryPredictorAndEstimator() {
    func words(_ command: String) -> Set<Substring> {
      Set(CommandRun("help \(command)").output.split { " ,:;.()\n".contains($0) })
    }
    #expect(words("sample").isSuperset(of: Predictor.allCases.map { $0.rawValue[...] }))
    #expect(
      words("eval-ppl").isSuperset(of: LikelihoodEstimator.allCases.map { $0.rawValue[...] }))
    #expect(
      words("bench").contains(
        Parameterization.allCases.map(\.rawValue).joined(separator: "|")[...]))
  }

  @Test func helpAfterTwoDashesIsAnArgument() {
    #expect(CommandRun("info -- --help").output.isEmpty)
  }
}
