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

/// The machine and process that a run is trained by, for its records; no number depends on it.
enum HostDescription {
  static var process: Int { Int(getpid()) }

  /// The machine's name in its network.
  static var name: String {
    var bytes = [CChar](repeating: 0, count: 256)
    guard gethostname(&bytes, bytes.count - 1) == 0 else { return "unknown" }
    return text(bytes)
  }

  /// The operating system with its version.
  static var system: String {
    #if canImport(FoundationEssentials)
      var names = utsname()
      guard uname(&names) == 0 else { return "unknown" }
      func field<Bytes>(_ bytes: Bytes) -> String {
        withUnsafeBytes(of: bytes) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
      }
      return "\(field(names.sysname)) \(field(names.release)) \(field(names.machine))"
    #else
      return "macOS \(ProcessInfo.processInfo.operatingSystemVersionString)"
    #endif
  }

  /// The processor's name, where the system tells it.
  static var processor: String {
    #if canImport(Darwin)
      var bytes = [CChar](repeating: 0, count: 256)
      var size = bytes.count - 1
      guard sysctlbyname("machdep.cpu.brand_string", &bytes, &size, nil, 0) == 0 else {
        return "unknown"
      }
      return text(bytes)
    #else
      let information = (try? InputFile.contents(of: "/proc/cpuinfo", limit: 1 << 20)) ?? []
      let lines = String(decoding: information, as: UTF8.self).split(separator: "\n")
      let name = lines.first { $0.hasPrefix("model name") || $0.hasPrefix("Model") }?
        .split(separator: ":", maxSplits: 1).last
      return name.map { $0.trimmingPrefix { $0 == " " } }.map(String.init) ?? "unknown"
    #endif
  }

  /// The time now in UTC, such as `2026-11-27T20:40:00Z`.
  static func time() -> String { Date().formatted(.iso8601) }

  private static func text(_ bytes: [CChar]) -> String {
    bytes.withUnsafeBufferPointer { $0.baseAddress.map { String(cString: $0) } } ?? ""
  }
}
