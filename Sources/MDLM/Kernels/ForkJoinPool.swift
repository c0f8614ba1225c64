import Synchronization

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// Workers that share the iterations of one loop at a time.
///
/// Between loops they spin for a few microseconds, then sleep: a training step has hundreds of short
/// regions, and waking a sleeping thread for each would cost more than some of them. The calling
/// thread works too. A call from inside a loop, or while another caller's loop runs, is carried out
/// by its own thread alone, so nesting cannot deadlock.
final class ForkJoinPool: Sendable {
  /// The number of threads that share a loop, the caller included.
  let threadCount: Int
  private let shared = Shared()

  init(threadCount: Int) {
    require(threadCount >= 1, "[ForkJoinPool] \(threadCount) threads")
    self.threadCount = threadCount
    for _ in 1..<max(threadCount, 1) { startWorker(shared) }
  }

  deinit { shared.stop() }

  /// Calls `body` once for each index below `count`, on several threads, and returns when all are done.
  ///
  /// Indices are handed out in order, one at a time. `body` runs concurrently with itself: what it
  /// writes for one index no other index may touch.
  func forEach(_ count: Int, _ body: (Int) -> Void) {
    guard count > 1, threadCount > 1, shared.enter() else {
      for index in 0..<count { body(index) }
      return
    }
    withoutActuallyEscaping(body) { shared.run($0, count: count, workers: threadCount - 1) }
    shared.leave()
  }
}

/// The state that a pool and its workers share; workers hold it, not the pool, so a pool can go.
private final class Shared: @unchecked Sendable {
  private let busy = Atomic(false)
  private let generation = Atomic<UInt64>(0)
  private let nextIndex = Atomic(0)
  private let unfinishedWorkers = Atomic(0)
  private let sleepers = Atomic(0)
  private let stopped = Atomic(false)
  private var body: ((Int) -> Void)?
  private var count = 0
  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)

  init() {
    pthread_mutex_init(mutex, nil)
    pthread_cond_init(condition, nil)
  }

  deinit {
    pthread_cond_destroy(condition)
    pthread_mutex_destroy(mutex)
    condition.deallocate()
    mutex.deallocate()
  }

  func enter() -> Bool {
    busy.compareExchange(expected: false, desired: true, ordering: .acquiring).exchanged
  }

  func leave() { busy.store(false, ordering: .releasing) }

  func run(_ body: @escaping (Int) -> Void, count: Int, workers: Int) {
    self.body = body
    self.count = count
    nextIndex.store(0, ordering: .relaxed)
    unfinishedWorkers.store(workers, ordering: .relaxed)
    generation.add(1, ordering: .sequentiallyConsistent)
    if sleepers.load(ordering: .sequentiallyConsistent) > 0 { wakeAll() }
    takeIndices()
    var spins = 0
    while unfinishedWorkers.load(ordering: .acquiring) > 0 {
      spins += 1
      if spins > 20_000 { sched_yield() }
    }
    self.body = nil
  }

  func stop() {
    stopped.store(true, ordering: .sequentiallyConsistent)
    generation.add(1, ordering: .sequentiallyConsistent)
    wakeAll()
  }

  func work() {
    var seen: UInt64 = 0
    while true {
      seen = awaitGeneration(after: seen)
      if stopped.load(ordering: .acquiring) { return }
      takeIndices()
      unfinishedWorkers.subtract(1, ordering: .releasing)
    }
  }

  private func takeIndices() {
    guard let body else { return }
    while true {
      let index = nextIndex.add(1, ordering: .relaxed).oldValue
      if index >= count { return }
      body(index)
    }
  }

  /// Waits for a generation newer than `seen`: spins shortly, then sleeps.
  ///
  /// A worker finishes a generation before the caller starts the next, so none is skipped.
  private func awaitGeneration(after seen: UInt64) -> UInt64 {
    for _ in 0..<4_000 {
      let current = generation.load(ordering: .acquiring)
      if current != seen { return current }
    }
    pthread_mutex_lock(mutex)
    sleepers.add(1, ordering: .sequentiallyConsistent)
    var current = generation.load(ordering: .sequentiallyConsistent)
    while current == seen {
      pthread_cond_wait(condition, mutex)
      current = generation.load(ordering: .sequentiallyConsistent)
    }
    sleepers.subtract(1, ordering: .sequentiallyConsistent)
    pthread_mutex_unlock(mutex)
    return current
  }

  private func wakeAll() {
    pthread_mutex_lock(mutex)
    pthread_cond_broadcast(condition)
    pthread_mutex_unlock(mutex)
  }
}

private func startWorker(_ shared: Shared) {
  let argument = Unmanaged.passRetained(shared).toOpaque()
  #if canImport(Darwin)
    var thread: pthread_t?
    let status = pthread_create(&thread, nil, { runWorker($0) }, argument)
  #else
    var thread = pthread_t()
    let status = pthread_create(&thread, nil, { runWorker($0) }, argument)
  #endif
  require(status == 0, "[ForkJoinPool] the system refuses another thread (error \(status))")
  #if canImport(Darwin)
    if let thread { pthread_detach(thread) }
  #else
    pthread_detach(thread)
  #endif
}

private func runWorker(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  if let argument { Unmanaged<Shared>.fromOpaque(argument).takeRetainedValue().work() }
  return nil
}
