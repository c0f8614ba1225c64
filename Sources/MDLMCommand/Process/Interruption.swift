import Dispatch
import Synchronization

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Ctrl-C and SIGTERM as a flag that long work looks at between two steps.
///
/// The first signal asks the work to end in good order; a second one ends the process at once.
final class Interruption: Sendable {
  /// What work throws when it ends because of a signal.
  struct Caught: Error, Equatable {
    let exitCode: ExitCode
  }

  private let signals: [Int32]
  private let received = Atomic<Int32>(0)
  /// Whether the first signal ends the process at once, since there is no work to save.
  private let isImpatient = Atomic<Bool>(false)
  private let sources = Mutex<[any DispatchSourceSignal]>([])

  /// - Parameter signals: The signals that `watch()` turns into the flag; none in tests.
  init(signals: [Int32]) { self.signals = signals }

  /// Whether the work has been asked to end.
  var isRequested: Bool { received.load(ordering: .relaxed) != 0 }

  /// Ends the work when it has been asked to end.
  ///
  /// - Throws: ``Caught`` with the exit code of the signal.
  func check() throws(Caught) {
    switch received.load(ordering: .relaxed) {
    case 0: return
    case SIGTERM: throw Caught(exitCode: .terminated)
    default: throw Caught(exitCode: .interrupted)
    }
  }

  /// Listens to the signals from now on; until then they end the process as usual.
  func watch() {
    for number in signals {
      let listening = DispatchSemaphore(value: 0)
      sources.withLock { sources in
        let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
        source.setEventHandler { @Sendable [self] in receive(number) }
        source.setRegistrationHandler { @Sendable in listening.signal() }
        source.resume()
        sources.append(source)
      }
      listening.wait()
      #if canImport(Darwin)
        // A source there only watches. On Linux it has now put its own handler in place of the
        // default, and to ignore the signal would disable it.
        signal(number, SIG_IGN)
      #endif
    }
  }

  /// Does work that may be ended at any moment: the first signal within ends the process.
  func endingAtOnce<Result>(_ work: () throws -> Result) rethrows -> Result {
    isImpatient.store(true, ordering: .relaxed)
    defer { isImpatient.store(false, ordering: .relaxed) }
    return try work()
  }

  /// Lets work go on when the terminal that began it closes.
  func surviveHangup() {
    if !signals.isEmpty { signal(SIGHUP, SIG_IGN) }
  }

  /// Takes note of a signal, or ends the process when it is the second one.
  func receive(_ number: Int32) {
    if isImpatient.load(ordering: .relaxed) { _exit(128 + number) }
    let (isFirst, _) = received.compareExchange(
      expected: 0, desired: number, ordering: .relaxed)
    if !isFirst { _exit(128 + number) }
  }
}
