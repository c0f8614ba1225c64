import Testing

@testable import MDLM
@testable import MDLMCommand

struct DenoisingViewTests {
  /// A view of words on a screen, and the events of one sample that is revealed word by word.
  private struct Scene {
    var view: DenoisingView
    var screen: TerminalScreen
    private var time = Duration.zero
    private let words: [String]

    init(
      _ words: [String], width: Int = 40, height: Int = 10, samples: Int = 1, steps: Int = 10,
      noColor: Bool = false
    ) {
      self.words = words
      let terminal = Terminal(isTerminal: true, width: width, height: height) { name in
        name == "NO_COLOR" && noColor ? "1" : nil
      }
      let decode: @Sendable ([Int32]) -> String = { ids in ids.map { words[Int($0) - 1] }.joined() }
      view = DenoisingView(
        terminal: terminal, sampleCount: samples, steps: steps,
        text: TokenText(maskID: 0, specialIDs: [], decode: decode) { "[\($0)]" })
      screen = TerminalScreen(width: width, height: height)
    }

    mutating func begin(_ sample: Int = 0) {
      send(.began(SamplingBeginning(sample: sample, tokens: words.map { _ in 0 })))
    }

    mutating func reveal(_ places: Int..., step: Int, sample: Int = 0) {
      for place in places {
        send(
          .revealed(
            Reveal(
              sample: sample, step: step, time: 0.5, position: place, token: Int32(place + 1),
              belief: TokenBelief(probability: 1, entropy: 0, top: []))))
      }
    }

    /// Hands over one event, a tenth of a second after the last.
    mutating func send(_ event: SamplingEvent, after delay: Duration = .milliseconds(100)) {
      time += delay
      screen.write(view.show(event, at: time))
    }

    mutating func refresh(after delay: Duration = .milliseconds(100)) {
      time += delay
      screen.write(view.refresh(at: time))
    }

    mutating func end() { screen.write(view.end()) }
  }

  @Test func masksBecomeWords() {
    var scene = Scene(["The", " cat", " sat", "."])
    scene.begin()
    #expect(scene.screen.lines == ["░░░░", "step 0/10  masked 100 %"])
    scene.reveal(1, step: 0)
    scene.refresh()
    #expect(scene.screen.lines == ["░ cat░░", "step 1/10  masked 75 %"])
    scene.reveal(0, 2, 3, step: 4)
    scene.refresh()
    #expect(scene.screen.lines.first == "The cat sat.")
    #expect(scene.screen.lines.last?.hasPrefix("step 5/10  masked 0 %") == true)
    #expect(scene.screen.unknown.isEmpty && !scene.screen.isSynchronizing)
  }

  /// What stood on the screen before stays, and the frame leaves nothing behind.
  @Test func frameIsClearedAway() {
    var scene = Scene(["a", " b"])
    scene.screen.write("$ mdlm sample\n")
    scene.begin()
    scene.reveal(0, step: 0)
    scene.refresh()
    #expect(scene.screen.lines.count == 3)
    scene.end()
    #expect(scene.screen.lines == ["$ mdlm sample"])
    scene.end()
    scene.screen.write("a b\n")
    scene.reveal(1, step: 1)
    scene.refresh()
    #expect(scene.screen.lines.prefix(3) == ["$ mdlm sample", "a b", "a b"])
  }

  @Test func framesShowWholeSteps() {
    var scene = Scene(["a", " b", " c"])
    scene.begin()
    scene.reveal(0, 1, step: 0)
    #expect(scene.screen.lines.first == "░░░")
    scene.reveal(2, step: 1)
    #expect(scene.screen.lines.first == "a b░")
  }

  @Test func framesAreAtLeastAFifteenthOfASecondApart() {
    var scene = Scene(["a"])
    scene.begin()
    var frames = 0
    for millisecond in 101...1100 {
      let output = scene.view.refresh(at: .milliseconds(millisecond))
      frames += output.isEmpty ? 0 : 1
    }
    #expect((13...15).contains(frames))
  }

  @Test func newWordsFadeOverThreeFrames() {
    var scene = Scene(["new", " old"])
    scene.begin()
    scene.reveal(0, step: 0)
    var styles: [String] = []
    for _ in 0..<4 {
      scene.screen.forgetStyles()
      scene.refresh()
      styles.append(scene.screen.styled.first { $0.text.hasPrefix("new") }?.style ?? "none")
    }
    #expect(styles == ["1;32", "32", "2;32", ""])
    #expect(scene.screen.styled.contains { $0.style == "2" && $0.text == "░" })
  }

  @Test func withoutColourNewWordsAreBold() {
    var scene = Scene(["new", " old"], noColor: true)
    scene.begin()
    scene.reveal(0, step: 0)
    scene.refresh()
    #expect(Set(scene.screen.styled.map(\.style)) == ["", "1"])
    #expect(scene.screen.styled.contains { $0.style == "1" && $0.text == "new" })
  }

  @Test func linesOfWideCharactersFit() {
    var scene = Scene(["漢字", "漢字", "🎉", "e\u{301}"], width: 8)
    scene.begin()
    scene.reveal(0, 1, 2, 3, step: 0)
    scene.refresh()
    #expect(scene.screen.lines.dropLast() == ["漢字漢", "字🎉e\u{301}"])
    #expect(!scene.screen.hasWrapped)
  }

  @Test func textThatIsTooHighShowsTheLinesAroundTheFirstMask() {
    let words = (0..<20).map { "line\($0)\n" }
    var scene = Scene(words, width: 60, height: 8)
    scene.begin()
    for place in 0..<15 { scene.reveal(place, step: place) }
    scene.refresh()
    #expect(scene.screen.lines.count == 7)
    #expect(scene.screen.lines.first == "line10⏎")
    #expect(scene.screen.lines.last?.contains("lines 11–16 of 16") == true)
    for place in 15..<20 { scene.reveal(place, step: place) }
    scene.refresh()
    #expect(scene.screen.lines.dropLast().last == "line19⏎")
    #expect(scene.screen.lines.last?.contains("lines 15–20 of 20") == true)
  }

  /// Control characters of a model's text must not reach the terminal.
  @Test func escapeCodesInTokensAreShown() {
    var scene = Scene(["\u{1B}[2J", "\u{9B}A", "\r", "\u{7}"])
    scene.begin()
    scene.reveal(0, 1, 2, 3, step: 0)
    scene.refresh()
    #expect(scene.screen.lines.first == "␛[2J\u{FFFD}A␍␇")
    #expect(scene.screen.unknown.isEmpty)
  }

  @Test func lowestUnfinishedSampleIsShown() {
    var scene = Scene(["a", " b"], samples: 8)
    for sample in 0..<3 { scene.begin(sample) }
    scene.reveal(0, step: 0, sample: 1)
    scene.refresh()
    #expect(scene.screen.lines.last?.hasPrefix("sample 1 of 8") == true)
    scene.send(.finished(Sample(index: 0, tokens: [0, 0], networkCalls: 0)))
    scene.refresh()
    #expect(scene.screen.lines.first == "a░")
    #expect(scene.screen.lines.last?.hasPrefix("sample 2 of 8  step 1/10  masked 50 %") == true)
  }

  @Test func remaskedTokensAreMasksAgain() {
    var scene = Scene(["a", " b"])
    scene.begin()
    scene.reveal(0, step: 0)
    scene.send(.remasked(Remask(sample: 0, step: 1, time: 0.5, position: 0, token: 1)))
    scene.refresh()
    #expect(scene.screen.lines == ["░░", "step 2/10  masked 100 %"])
  }

  /// A terminal that is made narrower folds the old rows, which are cleared all the same.
  @Test func narrowerTerminalIsClearedToo() {
    var scene = Scene(["word", " word", " word", " word"], width: 30)
    scene.begin()
    scene.reveal(0, 1, 2, 3, step: 0)
    scene.refresh()
    scene.view.terminal = Terminal(isTerminal: true, width: 12, height: 10) { _ in nil }
    // 19 columns of text and 23 of the status now take two lines each.
    #expect(scene.view.end().contains("\u{1B}[4A"))
  }

  @Test(arguments: [1, 2, 3, 5])
  func tinyTerminalsAreFilledAtMost(height: Int) {
    var scene = Scene(["one", " two", " three"], width: 4, height: height)
    scene.begin()
    scene.reveal(0, 1, 2, step: 0)
    scene.refresh()
    #expect(scene.screen.lines.count < max(2, height) && !scene.screen.hasWrapped)
  }

  @Test func nothingIsWrittenWithoutATerminal() {
    var scene = Scene(["a"])
    scene.view.terminal = Terminal(isTerminal: false) { _ in nil }
    scene.begin()
    scene.reveal(0, step: 0)
    scene.refresh()
    scene.end()
    #expect(scene.screen.lines.isEmpty)
  }
}
