import MDLM

/// A line that says how far a long command is.
///
/// On a terminal one line is drawn over again, at most ten times a second; elsewhere plain lines
/// follow each other at a slower pace. It only makes the text; the caller writes it.
struct ProgressLine {
  private let terminal: Terminal
  private let interval: Duration
  private var lastShown: Duration?
  /// The text on the terminal now, or nil when the cursor is at the start of an empty line.
  private var live: String?

  /// - Parameters:
  ///   - terminal: Where the line will be shown.
  ///   - plainInterval: The least time between two lines where it cannot be drawn over.
  init(terminal: Terminal, plainInterval: Duration = .seconds(10)) {
    self.terminal = terminal
    interval = terminal.isLive ? .milliseconds(100) : plainInterval
  }

  /// What to write to show `text`; nothing when the last one is too recent.
  ///
  /// - Parameters:
  ///   - time: Time since any fixed moment; it must not run backwards.
  ///   - text: One line without a line end.
  /// - Returns: Text to write as it is, empty when none is due.
  mutating func update(at time: Duration, _ text: @autoclosure () -> String) -> String {
    if let lastShown, time - lastShown < interval { return "" }
    lastShown = time
    if !terminal.isLive { return text() + "\n" }
    live = text()
    return drawing
  }

  /// What to write to put a finished line above the live one.
  func interjection(_ line: String) -> String {
    live == nil ? line + "\n" : "\r\u{1B}[K" + line + "\n" + drawing
  }

  /// What to write at the end: `text`, or else what was shown last, stays above a fresh line.
  mutating func end(_ text: String? = nil) -> String {
    if !terminal.isLive { return text.map { $0 + "\n" } ?? "" }
    live = text ?? live
    defer { live = nil }
    return live == nil ? "" : drawing + "\n"
  }

  /// The live line, short enough never to wrap, over whatever was there.
  private var drawing: String {
    guard let live else { return "" }
    // The last column stays free: some terminals wrap as soon as it is written.
    return "\r" + live.shortened(to: terminal.width - 1) + "\u{1B}[K"
  }
}

extension String {
  /// The text cut to `columns` of a terminal, with an ellipsis where some is lost.
  func shortened(to columns: Int) -> String {
    guard displayWidth > columns else { return self }
    var (short, width) = ("", 0)
    for character in self {
      width += character.displayWidth
      if width > columns - 1 { break }
      short.append(character)
    }
    return columns > 0 ? short + "…" : ""
  }
}
