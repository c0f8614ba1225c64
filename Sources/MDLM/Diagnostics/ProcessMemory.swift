#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif
#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// The memory of this process and of the machine around it, in bytes.
package enum ProcessMemory {
  /// The most that this process has held at once.
  package static var peak: Int {
    var usage = rusage()
    #if canImport(Darwin)
      getrusage(RUSAGE_SELF, &usage)
      return usage.ru_maxrss
    #else
      getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
      return usage.ru_maxrss * 1024
    #endif
  }

  /// What this process holds now; the peak where the system does not tell.
  package static var resident: Int {
    #if canImport(Darwin)
      return peak
    #else
      guard let text = firstLine(of: "/proc/self/statm") else { return peak }
      let pages = text.split(separator: " ").dropFirst().first.flatMap { Int($0) }
      return pages.map { $0 * sysconf(Int32(_SC_PAGESIZE)) } ?? peak
    #endif
  }

  /// What this process may use: the machine's memory, or less in a container with a limit.
  package static var limit: UInt64 {
    let groups = ["/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"]
    let limits = groups.compactMap { firstLine(of: $0).flatMap { UInt64($0) } }
    return ([ProcessInfo.processInfo.physicalMemory] + limits).min() ?? .max
  }

  /// The first line of one of the small files in which the system tells about itself.
  private static func firstLine(of path: String) -> String? {
    guard let file = fopen(path, "r") else { return nil }
    defer { fclose(file) }
    var bytes = [CChar](repeating: 0, count: 256)
    guard fgets(&bytes, Int32(bytes.count), file) != nil else { return nil }
    return bytes.withUnsafeBufferPointer { $0.baseAddress.map { String(cString: $0) } }?
      .split(separator: "\n").first.map(String.init)
  }
}
