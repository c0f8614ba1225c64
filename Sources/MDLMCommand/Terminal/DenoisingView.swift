import MDLM

/// Sequences on a terminal while their masks become tokens.
///
/// Frames are drawn over each other below what the terminal shows already, which scrolls as ever.
/// The view only makes the text; the caller writes it, in the order in which it comes.
struct DenoisingView {
  /// Where the frames will be shown.
  var terminal: Terminal
  private let sampleCount: Int
  private let steps: Int
  private var text: TokenText
  /// Samples that have begun and are not finished, by their numbers.
  private var canvases: [Int: Canvas] = [:]
  private var drawn = Drawn()
  private var begin: Duration?
  private var latestStep = -1
  private var revealed = 0

  /// - Parameters:
  ///   - terminal: Where the frames will be shown; without a live one nothing is.
  ///   - sampleCount: How many samples there will be, numbered from 0.
  ///   - steps: How many steps each of them takes.
  ///   - text: How tokens are shown.
  init(terminal: Terminal, sampleCount: Int, steps: Int, text: TokenText) {
    self.terminal = terminal
    self.sampleCount = sampleCount
    self.steps = steps
    self.text = text
  }

  /// Takes note of an event.
  ///
  /// A frame is due when a call of the network has been answered or a new step begins, so that it shows
  /// whole steps.
  ///
  /// - Parameters:
  ///   - event: The next one of any sample.
  ///   - time: Time since any fixed moment; it must not run backwards.
  /// - Returns: Text to write as it is, empty where no frame is due.
  mutating func show(_ event: SamplingEvent, at time: Duration) -> String {
    if begin == nil { begin = time }
    switch event {
    case .began(let beginning):
      canvases[beginning.sample] = Canvas(tokens: beginning.tokens)
      return drawn.rowWidths.isEmpty ? refresh(at: time) : ""
    case .revealed(let reveal):
      let output = startStep(reveal.step, at: time)
      canvases[reveal.sample]?.reveal(reveal, inFrame: drawn.count)
      revealed += 1
      return output
    case .remasked(let remask):
      let output = startStep(remask.step, at: time)
      canvases[remask.sample]?.remask(remask, mask: text.maskID)
      return output
    case .called(let call):
      for sample in call.samples { canvases[sample]?.networkCalls += 1 }
      return refresh(at: time)
    case .finished(let sample):
      let output = refresh(at: time)
      canvases[sample.index] = nil
      return output
    }
  }

  /// Draws what has changed, if the last frame is not too recent.
  ///
  /// - Parameter time: Time since the same moment as for ``show(_:at:)``.
  /// - Returns: Text to write as it is, empty where no frame is due.
  mutating func refresh(at time: Duration) -> String {
    // 15 frames a second.
    if let last = drawn.time, time - last < .microseconds(66_667) { return "" }
    guard terminal.isLive, let number = canvases.keys.min(), let canvas = canvases[number] else {
      return ""
    }
    let columns = max(1, terminal.width - 1)
    let frame = DenoisingFrame(
      texts: text.texts(of: canvas.tokens), ages: canvas.ages(inFrame: drawn.count),
      columns: columns, limit: max(0, terminal.height - 2), usesColor: terminal.usesColor)
    let status = status(of: number, canvas, frame, at: time).shortened(to: columns)
    let output = synchronized(
      drawn.erasure(width: terminal.width)
        + (frame.rows + [status]).map { $0 + "\u{1B}[K\n" }.joined() + "\u{1B}[J")
    drawn.record(frame.widths + [status.displayWidth], at: time)
    return output
  }

  /// Clears the last frame away, so that other text can be written in its place.
  ///
  /// - Returns: Text to write as it is. Later events draw anew below what was written since.
  mutating func end() -> String {
    guard !drawn.rowWidths.isEmpty else { return "" }
    defer { drawn.clear() }
    return synchronized(drawn.erasure(width: terminal.width) + "\u{1B}[J")
  }

  /// Draws the step before this one, if this one is new.
  private mutating func startStep(_ step: Int, at time: Duration) -> String {
    guard step != latestStep else { return "" }
    latestStep = step
    return refresh(at: time)
  }

  /// The terminal shows all of it at once, where it knows the code; others ignore it.
  private func synchronized(_ output: String) -> String { "\u{1B}[?2026h\(output)\u{1B}[?2026l" }

  private func status(
    of number: Int, _ canvas: Canvas, _ frame: DenoisingFrame, at time: Duration
  ) -> String {
    var parts: [String] = []
    if sampleCount > 1 {
      parts.append("sample \(number + 1) of \(sampleCount)")
    }
    parts.append(canvas.steps <= steps ? "step \(canvas.steps)/\(steps)" : "step \(canvas.steps)")
    if canvas.networkCalls > 0 { parts.append("\(canvas.networkCalls) network calls") }
    let masked = canvas.tokens.count { $0 == text.maskID }
    parts.append("masked \(100 * masked / max(1, canvas.tokens.count)) %")
    if frame.shown.count < frame.total {
      parts.append(
        "lines \(frame.shown.lowerBound + 1)–\(frame.shown.upperBound) of \(frame.total)")
    }
    if let begin, time - begin > .milliseconds(500) {
      parts.append(NumberFormat.tokensPerSecond(Double(revealed) / ((time - begin) / .seconds(1))))
    }
    return parts.joined(separator: "  ")
  }
}

/// A sequence as it is now, and when its tokens came.
private struct Canvas {
  private(set) var tokens: [Int32]
  /// Steps that are done.
  private(set) var steps = 0
  var networkCalls = 0
  /// For every place the number of the frame that shows its token first; nil for fixed ones.
  private var firstFrames: [Int?]

  init(tokens: [Int32]) {
    self.tokens = tokens
    firstFrames = tokens.map { _ in nil }
  }

  mutating func reveal(_ reveal: Reveal, inFrame frame: Int) {
    tokens[reveal.position] = reveal.token
    firstFrames[reveal.position] = frame
    steps = reveal.step + 1
  }

  mutating func remask(_ remask: Remask, mask: Int32) {
    tokens[remask.position] = mask
    steps = remask.step + 1
  }

  func ages(inFrame frame: Int) -> [Int?] { firstFrames.map { $0.map { frame - $0 } } }
}

/// What stands on the terminal now.
private struct Drawn {
  /// The columns that each row takes; the cursor is at the start of the line below them.
  private(set) var rowWidths: [Int] = []
  private(set) var time: Duration?
  /// Frames so far.
  private(set) var count = 0

  mutating func record(_ widths: [Int], at time: Duration) {
    rowWidths = widths
    self.time = time
    count += 1
  }

  mutating func clear() {
    rowWidths = []
    time = nil
  }

  /// Puts the cursor where the frame began.
  ///
  /// Rows that are wider than the terminal, which has been made narrower since, take several lines.
  func erasure(width: Int) -> String {
    let lines = rowWidths.reduce(0) { $0 + max(1, ($1 + width - 1) / max(1, width)) }
    return lines == 0 ? "" : "\u{1B}[\(lines)A\r"
  }
}
