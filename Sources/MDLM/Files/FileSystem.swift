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

/// The operating system's calls on paths, with errors that explain.
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
    var failure = SystemError.last
    // Where the folder is there (as in /proc, or one that was removed under this process), creating
    // it once more would change nothing.
    if failure.code == ENOENT, !isDirectory(folder(of: path)) {
      try makeDirectories(folder(of: path))
      if mkdir(path, 0o777) == 0 { return }
      failure = SystemError.last
    }
    guard isDirectory(path) else { throw failure.whileWriting(path) }
  }

  /// Whether there is anything at `path`, links followed.
  static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

  /// The bytes of the regular file at `path`, or nil where there is none.
  static func size(of path: String) -> Int? { version(of: path)?.size }

  /// When what is at `path` was last changed, in nanoseconds since 1970, or nil where there is nothing.
  static func modificationTime(of path: String) -> Int? {
    var status = stat()
    return stat(path, &status) == 0 ? modificationTime(status) : nil
  }

  static func modificationTime(_ status: stat) -> Int {
    #if canImport(Darwin)
      let time = status.st_mtimespec
    #else
      let time = status.st_mtim
    #endif
    return Int(time.tv_sec) * 1_000_000_000 + Int(time.tv_nsec)
  }

  /// What shows that a file has changed.
  struct Version: Equatable, Sendable {
    /// Bytes in it.
    let size: Int
    /// When it was last changed, in nanoseconds since 1970.
    let modified: Int
  }

  /// The version of the regular file at `path`, or nil where there is none.
  static func version(of path: String) -> Version? {
    var status = stat()
    guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
    return Version(size: Int(status.st_size), modified: modificationTime(status))
  }

  static func isDirectory(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  /// The path without links, or nil where there is nothing.
  static func realPath(_ path: String) -> String? {
    guard let resolved = realpath(path, nil) else { return nil }
    defer { free(resolved) }
    return String(cString: resolved)
  }

  /// What tells a file or directory from all others, however it is reached.
  struct Identity: Equatable {
    let device: Int
    let number: Int
  }

  /// The identity of a directory.
  ///
  /// - Throws: ``InputError`` where this user may not look into it.
  static func identity(ofReadable path: String) throws(InputError) -> Identity {
    var status = stat()
    guard stat(path, &status) == 0, access(path, R_OK | X_OK) == 0 else {
      throw SystemError.last.whileReading(path)
    }
    return Identity(device: Int(status.st_dev), number: Int(status.st_ino))
  }

  /// What the symbolic link at `path` says, or nil where there is no such link.
  static func linkTarget(_ path: String) -> String? {
    try? FileManager.default.destinationOfSymbolicLink(atPath: path)
  }

  static func makeLink(_ path: String, to target: String) throws(InputError) {
    guard symlink(target, path) == 0 else { throw SystemError.last.whileWriting(path) }
  }

  static func move(_ source: String, to target: String) throws(InputError) {
    guard rename(source, target) == 0 else { throw SystemError.last.whileWriting(target) }
  }

  /// Removes the file, link or directory at `path` as far as that is possible.
  static func remove(_ path: String) { try? FileManager.default.removeItem(atPath: path) }

  /// The names in the directory at `path`; none where it cannot be read.
  static func names(in path: String) -> [String] {
    (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
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
      for name in names(in: path) {
        try synchronizeTree("\(path)/\(name)")
      }
    }
    try synchronize(path)
  }
}
