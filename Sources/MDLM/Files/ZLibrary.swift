#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// The system's zlib, looked up when the first gzip file is read: nothing else needs it.
struct ZLibrary: @unchecked Sendable {
  typealias File = OpaquePointer
  let open: @convention(c) (UnsafePointer<CChar>, UnsafePointer<CChar>) -> File?
  let read: @convention(c) (File, UnsafeMutableRawPointer, UInt32) -> Int32
  let close: @convention(c) (File) -> Int32
  /// Tells the number of the last error, 0 for none.
  let error: @convention(c) (File, UnsafeMutablePointer<Int32>) -> UnsafePointer<CChar>?

  /// The library, or nil on a system without it.
  static let shared = ZLibrary()

  private init?() {
    let names = ["libz.so.1", "libz.so", "libz.1.dylib", "libz.dylib"]
    guard let library = names.lazy.compactMap({ dlopen($0, RTLD_NOW) }).first,
      let open = dlsym(library, "gzopen"), let read = dlsym(library, "gzread"),
      let close = dlsym(library, "gzclose"), let error = dlsym(library, "gzerror")
    else { return nil }
    self.open = unsafeBitCast(open, to: type(of: self.open))
    self.read = unsafeBitCast(read, to: type(of: self.read))
    self.close = unsafeBitCast(close, to: type(of: self.close))
    self.error = unsafeBitCast(error, to: type(of: self.error))
  }
}
