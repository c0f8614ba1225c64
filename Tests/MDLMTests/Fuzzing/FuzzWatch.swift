import Foundation
import Synchronization

/// Says which input is at work, and ends the process where one takes too long or too much memory.
///
/// A crash ends the process, too: so the name of the target and the number of the input stand in a
/// file before the input is read.
final class FuzzWatch: Sendable {
  /// Seconds of its thread that one input may take: other work on the machine does not count.
  private static let secondsLimit = 10.0
  /// Seconds after which an input counts as one that waits for ever.
  private static let patience = 120.0
  /// Bytes by which one input may raise what the process has in memory.
  private static let memoryLimit = 512 << 20

  private let record: Int32
  /// When the input at work began, in seconds of a steady clock and of its thread; 0 between inputs.
  private let start = Mutex((time: 0.0, work: 0.0))
  private let isDone = Atomic<Bool>(false)
  private let clock: clockid_t

  /// Begins to watch the thread that it is called on.
  ///
  /// - Parameter path: The file that says what is at work.
  init(recordingTo path: String) {
    record = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o666)
    var clock = CLOCK_MONOTONIC
    #if os(Linux)
      pthread_getcpuclockid(pthread_self(), &clock)
    #endif
    self.clock = clock
    Thread.detachNewThread { [self] in
      while !isDone.load(ordering: .relaxed) {
        usleep(200_000)
        let began = start.withLock { $0 }
        guard began.time > 0, !isDone.load(ordering: .relaxed) else { continue }
        if Self.seconds(of: self.clock) - began.work > Self.secondsLimit
          || Self.seconds(of: CLOCK_MONOTONIC) - began.time > Self.patience
        {
          print("error: an input takes more than \(Int(Self.secondsLimit)) seconds.")
          fflush(nil)
          _exit(70)
        }
      }
    }
  }

  deinit { close(record) }

  private static func seconds(of clock: clockid_t) -> Double {
    var time = timespec()
    clock_gettime(clock, &time)
    return Double(time.tv_sec) + 1e-9 * Double(time.tv_nsec)
  }

  /// Runs `body` for one input.
  ///
  /// - Returns: Whether it took no more memory than it may.
  func watch(_ target: String, _ number: Int, _ body: () -> Void) -> Bool {
    let line = Array("\(target) \(number)\n".utf8)
    let padded = line + repeatElement(UInt8(ascii: "\n"), count: max(0, 64 - line.count))
    _ = pwrite(record, padded, padded.count, 0)
    let before = Self.peakMemory
    let now = (time: Self.seconds(of: CLOCK_MONOTONIC), work: Self.seconds(of: clock))
    start.withLock { $0 = now }
    body()
    start.withLock { $0.time = 0 }
    let growth = Self.peakMemory - before
    if growth > 64 << 20 { Self.forgetPeak() }
    return growth <= Self.memoryLimit
  }

  /// Ends the watch.
  func finish() { isDone.store(true, ordering: .relaxed) }

  // MARK: Memory

  /// The most bytes that the process has had in memory.
  private static var peakMemory: Int {
    var usage = rusage()
    #if os(Linux)
      getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
      return usage.ru_maxrss << 10
    #else
      getrusage(RUSAGE_SELF, &usage)
      return usage.ru_maxrss
    #endif
  }

  /// Makes what the process has now the peak (Linux alone).
  private static func forgetPeak() {
    guard let file = fopen("/proc/self/clear_refs", "w") else { return }
    fputs("5", file)
    fclose(file)
  }

  /// Lets allocations fail that are far beyond what an input may take, which ends the process.
  static func limitMemory() {
    #if os(Linux)
      guard let pages = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8),
        let used = pages.split(separator: " ").first.flatMap({ UInt($0) })
      else { return }
      var limit = rlimit()
      limit.rlim_cur = used * UInt(sysconf(Int32(_SC_PAGESIZE))) + 4 << 30
      limit.rlim_max = limit.rlim_cur
      setrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &limit)
    #endif
  }
}
