#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// What the device behind an output stream can show.
struct Terminal: Sendable {
  /// The looks that messages use.
  enum Style: String, Sendable {
    case bold = "1"
    case dim = "2"
    case red = "1;31"
    case green = "32"
    case boldGreen = "1;32"
    case dimGreen = "2;32"
  }

  /// Whether a line can be drawn over; false for files, pipes and dumb terminals.
  let isLive: Bool
  let usesColor: Bool
  private let descriptor: Int32?
  private let fallbackWidth: Int
  private let fallbackHeight: Int

  /// The terminal behind a file descriptor of this process.
  init(descriptor: Int32) {
    self.init(isTerminal: isatty(descriptor) == 1, descriptor: descriptor) { name in
      getenv(name).map { String(cString: $0) }
    }
  }

  /// - Parameters:
  ///   - isTerminal: Whether a terminal is attached at all.
  ///   - width: Columns to assume where the device does not tell.
  ///   - height: Lines to assume where the device does not tell.
  ///   - descriptor: The device to ask for its size, which may change while a program runs.
  ///   - environment: Looks up `NO_COLOR` (no-color.org: counts when it is not empty) and `TERM`.
  init(
    isTerminal: Bool, width: Int = 80, height: Int = 24, descriptor: Int32? = nil,
    environment: (String) -> String?
  ) {
    let isDumb = environment("TERM") == "dumb"
    isLive = isTerminal && !isDumb
    usesColor = isLive && (environment("NO_COLOR") ?? "").isEmpty
    self.descriptor = descriptor
    fallbackWidth = width
    fallbackHeight = height
  }

  /// Columns of a line.
  var width: Int { size.flatMap { $0.ws_col > 0 ? Int($0.ws_col) : nil } ?? fallbackWidth }

  /// Lines of the screen.
  var height: Int { size.flatMap { $0.ws_row > 0 ? Int($0.ws_row) : nil } ?? fallbackHeight }

  private var size: winsize? {
    var size = winsize()
    guard let descriptor, ioctl(descriptor, UInt(TIOCGWINSZ), &size) == 0 else { return nil }
    return size
  }

  /// The text with the escape codes of `style`, or as it is where these would not be understood.
  func styled(_ text: String, _ style: Style) -> String {
    usesColor ? "\u{1B}[\(style.rawValue)m\(text)\u{1B}[0m" : text
  }
}
