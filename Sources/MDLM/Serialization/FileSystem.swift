#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif
#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The calls to the operating system that atomic replacement is made of, with errors that explain.
enum FileSystem {
  /// The folder that `path` lies in (`.` for a bare name) and its last component.
  static func split(_ path: String) -> (folder: String, name: String) {
    var bytes = Array(path.utf8)[...]
    while bytes.count > 1, bytes.last == UInt8(ascii: "/") { bytes.removeLast() }
    guard let slash = bytes.lastIndex(of: UInt8(ascii: "/")) else {
      return (".", String(decoding: bytes, as: UTF8.self))
    }
    let folder = slash == bytes.startIndex ? "/" : String(decoding: bytes[..<slash], as: UTF8.self)
    return (folder, String(decoding: bytes[(slash + 1)...], as: UTF8.self))
  }

  static func folder(of path: String) -> String { split(path).folder }

  /// Creates one directory, whose folder must be there.
  static func makeDirectory(_ path: String) throws(InputError) {
    guard mkdir(path, 0o777) == 0 else { throw SystemError.last.whileWriting(path) }
  }

  /// Creates a directory and the folders that lead to it, as far as they are not there.
  static func makeDirectories(_ path: String) throws(InputError) {
    if mkdir(path, 0o777) == 0 { return }
    let failure = SystemError.last
    if failure.code == ENOENT, folder(of: path) != path {
      try makeDirectories(folder(of: path))
      try makeDirectories(path)
    } else if !isDirectory(path) {
      throw failure.whileWriting(path)
    }
  }

  static func isDirectory(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  static func makeLink(_ path: String, to target: String) throws(InputError) {
    guard symlink(target, path) == 0 else { throw SystemError.last.whileWriting(path) }
  }

  static func rename(_ source: String, to target: String) throws(InputError) {
    #if canImport(Darwin)
      let result = Darwin.rename(source, target)
    #elseif canImport(Musl)
      let result = Musl.rename(source, target)
    #else
      let result = Glibc.rename(source, target)
    #endif
    guard result == 0 else { throw SystemError.last.whileWriting(target) }
  }

  /// Waits until the content of the file or directory at `path` is on the disk.
  static func synchronize(_ path: String) throws(InputError) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw SystemError.last.whileWriting(path) }
    defer { close(descriptor) }
    #if canImport(Darwin)
      // fsync on macOS stops at the drive's cache.
      if fcntl(descriptor, F_FULLFSYNC) == 0 { return }
    #endif
    guard fsync(descriptor) == 0 else { throw SystemError.last.whileWriting(path) }
  }

  /// Waits until a directory and everything below it is on the disk.
  static func synchronizeTree(_ path: String) throws(InputError) {
    if isDirectory(path) {
      for name in (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? [] {
        try synchronizeTree("\(path)/\(name)")
      }
    }
    try synchronize(path)
  }

  /// Adds `text` to the end of a file in one write, so that a kill leaves whole lines.
  static func append(_ text: String, to path: String) throws(InputError) {
    let descriptor = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw SystemError.last.whileWriting(path) }
    defer { close(descriptor) }
    let bytes = Array(text.utf8)
    #if canImport(Darwin)
      let written = Darwin.write(descriptor, bytes, bytes.count)
    #elseif canImport(Musl)
      let written = Musl.write(descriptor, bytes, bytes.count)
    #else
      let written = Glibc.write(descriptor, bytes, bytes.count)
    #endif
    guard written == bytes.count else { throw SystemError.last.whileWriting(path) }
  }
}
