import Testing

@testable import MDLMCommand

struct TerminalTests {
  @Test(arguments: [
    (true, [:], true, true),
    (true, ["TERM": "xterm-256color", "NO_COLOR": ""], true, true),
    (true, ["NO_COLOR": "1"], true, false),
    (true, ["TERM": "dumb"], false, false),
    (false, ["TERM": "xterm"], false, false),
  ])
  func abilitiesFollowTheEnvironment(
    isTerminal: Bool, environment: [String: String], isLive: Bool, usesColor: Bool
  ) {
    let terminal = Terminal(isTerminal: isTerminal) { environment[$0] }
    #expect(terminal.isLive == isLive)
    #expect(terminal.usesColor == usesColor)
  }

  @Test func styleIsLeftOutWithoutColor() {
    let terminal = Terminal(isTerminal: false) { _ in nil }
    #expect(terminal.styled("error:", .red) == "error:")
  }

  @Test func styleIsResetAfterTheText() {
    let terminal = Terminal(isTerminal: true) { _ in nil }
    #expect(terminal.styled("error:", .red) == "\u{1B}[1;31merror:\u{1B}[0m")
  }

  @Test func widthFallsBackWithoutDevice() {
    #expect(Terminal(isTerminal: true, width: 40, descriptor: -1) { _ in nil }.width == 40)
  }
}
