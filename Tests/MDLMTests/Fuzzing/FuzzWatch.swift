import Foundation
import Synchronization

/// Says which input is at work, and ends the process where one takes too long or too much memory.
///
/// A crash ends the process, too: so the name of the target and the number of the input stand in a
/// file before the input is read.
final class FuzzWatch: Sendable {
  /// Seconds that one input may take.
  private static let secondsLimit = 10.0
  /// Bytes by which one input may raise what the process has in memory.
  private static let memoryLimit = 512 << 20

  private let record: Int32
  /// When the input at work began, in nanoseconds of a steady clock; 0 between inputs.
  private let start = Atomic<UInt64>(0)
  private let isDone = Atomic<Bool>(false)

  /// Begins to watch.
  ///
  /// - Parameter path: The file that says what is at work.
  init(recordingTo path: String) {
    record = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0o666)
    Thread.detachNewThread { [self] in
      while !isDone.load(ordering: .relaxed) {
        usleep(200_000)
        let began = start.load(ordering: .relaxed)
        guard began > 0, Self.now > began else { continue }
        if Double(Self.now - began) > 1e9 * Self.secondsLimit {
          print("error: an input takes more than \(Int(Self.secondsLimit)) seconds.")
          fflush(nil)
          _exit(70)
        }
      }
    }
  }

  deinit { close(record) }

  private static var now: UInt64 { DispatchTime.now().uptimeNanoseconds }

  /// Runs `body` for one input.
  ///
  /// - Returns: Whether it took no more memory than it may.
  func watch(_ target: String, _ number: Int, _ body: () -> Void) -> Bool {
    let line = Array("\(target) \(number)\n".utf8)
    let padded = line + repeatElement(UInt8(ascii: "\n"), count: max(0, 64 - line.count))
    _ = pwrite(record, padded, padded.count, 0)
    let before = Self.peakMemory
    start.store(Self.now, ordering: .relaxed)
    body()
    start.store(0, ordering: .relaxed)
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
