import Synchronization

#if canImport(Glibc)
  import Glibc
#endif

/// Float buffers that are kept for reuse instead of being returned to the system.
///
/// A training step asks for the same sizes again and again; after the first step every request is
/// served from here. Fresh pages from the system cost more than the arithmetic done on them.
final class BufferPool: Sendable {
  private struct Free: @unchecked Sendable {
    var buffers: [Int: [UnsafeMutablePointer<Float>]] = [:]
  }
  private let free = Mutex(Free())

  deinit {
    free.withLock { free in
      for pointer in free.buffers.values.joined() { pointer.deallocateAligned() }
    }
  }

  /// Returns a 64-byte aligned buffer for at least `count` floats, of any content.
  func acquire(_ count: Int) -> UnsafeMutablePointer<Float> {
    let capacity = Self.capacity(for: count)
    if let reused = free.withLock({ Box($0.buffers[capacity]?.popLast()) }).pointer {
      return reused
    }
    return Self.allocate(bytes: capacity * 4).bindMemory(to: Float.self, capacity: capacity)
  }

  /// Asks for large pages where a buffer is made of several: tiles of a matrix lie in many small ones.
  private static func allocate(bytes: Int) -> UnsafeMutableRawPointer {
    #if canImport(Glibc)
      let page = 1 << 21
      if bytes >= 2 * page {
        let buffer = UnsafeMutableRawPointer.allocate(byteCount: bytes, alignment: page)
        madvise(buffer, bytes, MADV_HUGEPAGE)
        return buffer
      }
    #endif
    return .allocate(byteCount: bytes, alignment: 64)
  }

  /// Takes back a buffer that ``acquire(_:)`` returned for the same `count`.
  func release(_ pointer: UnsafeMutablePointer<Float>, count: Int) {
    let box = Box(pointer)
    free.withLock { free in
      guard let pointer = box.pointer else { return }
      free.buffers[Self.capacity(for: count), default: []].append(pointer)
    }
  }

  /// Calls `body` with a buffer of `count` floats that it may use until it returns.
  func withScratch<Result>(
    _ count: Int, _ body: (UnsafeMutablePointer<Float>) -> Result
  ) -> Result {
    let pointer = acquire(count)
    defer { release(pointer, count: count) }
    return body(pointer)
  }

  /// Sizes are rounded up to three times a power of two.
  ///
  /// The number of masked rows differs from step to step by a few percent around one half of a batch,
  /// which often is a power of two itself: such sizes must not fall in two classes. What is rounded up
  /// and never touched takes addresses, no memory.
  private static func capacity(for count: Int) -> Int {
    guard count > 48 else { return 48 }
    return 3 << (Int.bitWidth - ((count + 2) / 3 - 1).leadingZeroBitCount)
  }

  private struct Box: @unchecked Sendable {
    let pointer: UnsafeMutablePointer<Float>?
    init(_ pointer: UnsafeMutablePointer<Float>?) { self.pointer = pointer }
  }
}

extension UnsafeMutablePointer<Float> {
  fileprivate func deallocateAligned() { UnsafeMutableRawPointer(self).deallocate() }
}
