import MDLM
import Testing

@testable import MDLMCommand

/// A command with one option of every kind.
private let probe = CommandDefinition(
  name: "probe", summary: "Probe.", examples: [.init("mdlm probe here --config a", "Do it.")],
  arguments: [Argument("PLACE", .file, isRequired: false, help: "A place.")],
  groups: [
    .init(
      "All",
      [
        Option("config", .value(.file), metavar: "FILE", isRequired: true, help: "A file."),
        Option("set", .repeatable(.text), metavar: "KEY=VALUE", help: "A key."),
        Option("data", .list(.file), metavar: "FILE", help: "Files."),
        Option("count", .value(.integer(0...9)), metavar: "N", default: .value("3"), help: "n."),
        Option(
          "kind", .value(.choice(["plain", "fancy"])), metavar: "NAME",
          default: .described("none"), help: "A kind."),
        Option("json", .flag, help: "JSON."),
      ])
  ])

private enum Kind: String { case plain, fancy }

private func parse(_ line: String) throws -> ParsedArguments {
  try probe.parse(line.split(separator: " ").map(String.init))
}

struct ParsingTests {
  @Test(arguments: ["--config a.json5", "--config=a.json5"])
  func valueIsTakenInBothSpellings(line: String) throws {
    #expect(try parse(line).string("config") == "a.json5")
  }

  @Test func attachedValueMayContainEqualsSigns() throws {
    #expect(try parse("--config a --set=a.b=c=d").strings("set") == ["a.b=c=d"])
  }

  @Test func repeatableOptionKeepsItsOrder() throws {
    #expect(try parse("--set b=1 --config a --set a=2").strings("set") == ["b=1", "a=2"])
  }

  @Test func listEndsAtTheNextOption() throws {
    let parsed = try parse("--data x y z --config a place")
    #expect(parsed.strings("data") == ["x", "y", "z"])
    #expect(parsed.positional == ["place"])
  }

  @Test func listMayBeGivenAgain() throws {
    #expect(try parse("--data x y --config a --data=z").strings("data") == ["x", "y", "z"])
  }

  @Test func argumentAfterTwoDashesMayLookLikeAnOption() throws {
    #expect(try parse("--config a -- --json").positional == ["--json"])
  }

  @Test func loneDashIsAValue() throws {
    #expect(try parse("--config -").string("config") == "-")
  }

  @Test func defaultValueCountsAsGiven() throws {
    #expect(try parse("--config a").integer("count") == 3)
  }

  @Test func describedDefaultIsNoValue() throws {
    #expect(try parse("--config a").optionalChoice("kind", as: Kind.self) == nil)
  }

  @Test func choiceIsRead() throws {
    #expect(try parse("--config a --kind fancy").choice("kind", as: Kind.self) == .fancy)
  }

  @Test(arguments: [("--config a --json", true), ("--config a", false)])
  func flagIsSeen(line: String, expected: Bool) throws {
    #expect(try parse(line).flag("json") == expected)
  }

  @Test func contradictionIsRefusedOnlyWhenBothAreGiven() throws {
    try parse("--config a --json").checkNotBoth("json", "kind")
    #expect(throws: InputError.self) {
      try parse("--config a --json --kind plain").checkNotBoth("json", "kind")
    }
  }

  @Test(arguments: [
    (
      "",
      "mdlm probe: found no --config, expected --config FILE. Write, for example, mdlm probe here --config a."
    ),
    ("--config", "--config: found no value, expected --config FILE. Write --config FILE."),
    (
      "--config --json",
      "--config: found '--json' in place of a value, expected --config FILE. Write --config FILE."
    ),
    ("--config=", "--config: found an empty value, expected some text. Write --config FILE."),
    (
      "--config a --config b",
      "--config: found it more than once, expected it once. Keep one of them."
    ),
    (
      "--config a --json --json",
      "--json: found it more than once, expected it once. Keep one of them."
    ),
    (
      "--config a --json=yes",
      "--json: found the value 'yes', expected no value. Write --json alone."
    ),
    ("--config a --data", "--data: found no value, expected --data FILE…. Write --data FILE."),
    (
      "--config a --count ten",
      "--count: found 'ten', expected a whole number from 0 to 9. Write, for example, --count 3."
    ),
    (
      "--config a --count 1.5",
      "--count: found '1.5', expected a whole number from 0 to 9. Write, for example, --count 3."
    ),
    (
      "--config a --count -1",
      "--count: found '-1', expected a whole number from 0 to 9. Write, for example, --count 3."
    ),
    (
      "--config a --count 99999999999999999999",
      "--count: found '99999999999999999999', expected a whole number from 0 to 9. Write, for example, --count 3."
    ),
    (
      "--config a --kind fanci",
      "--kind: found 'fanci', expected plain or fancy. Did you mean fancy? Correct it."
    ),
    (
      "--config a --kind round",
      "--kind: found 'round', expected plain or fancy. Choose one of them."
    ),
    (
      "--confg a",
      "'--confg': found an unknown option, expected an option of mdlm probe. Did you mean --config? Correct it."
    ),
    (
      "-config a",
      "'-config': found an unknown option, expected an option of mdlm probe. Did you mean --config? Correct it."
    ),
    (
      "--con=a",
      "'--con': found an unknown option, expected an option of mdlm probe. Did you mean --config? Correct it."
    ),
    (
      "--verbose",
      "'--verbose': found an unknown option, expected an option of mdlm probe. Leave it out."
    ),
    (
      "--config a here there",
      "'there': found an unexpected argument, expected nothing after PLACE. Leave it out, or put the option it belongs to before it."
    ),
    (
      "here json --config a",
      "'json': found an unexpected argument, expected nothing after PLACE. Did you mean --json? Correct it."
    ),
  ])
  func mistakeIsExplained(line: String, expected: String) {
    let error = #expect(throws: InputError.self) { try parse(line) }
    #expect(error?.description == expected)
    #expect(error?.category == .usage)
  }
}
