#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// The processor that tensors live on: a number of threads and the memory they reuse.
///
/// Results do not depend on the number of threads. Tensors of different devices do not mix.
public final class Device: Sendable {
  /// The number of threads that work on one operation.
  public var threadCount: Int { workers.threadCount }

  let workers: ForkJoinPool
  let buffers = BufferPool()
  /// Where the time goes, for benchmarks.
  public let phases = PhaseTimer()

  /// Creates a device with `threads` threads, or one per active processor core.
  public init(threads: Int? = nil) {
    useSingleThreadedBLAS()
    workers = ForkJoinPool(
      threadCount: threads ?? max(1, ProcessInfo.processInfo.activeProcessorCount))
  }
}
