import Testing

@testable import MDLM

struct BufferPoolTests {
  @Test(arguments: [0, 1, 64, 65, 1000, 1 << 20]) func releasedBuffersAreUsedAgain(count: Int) {
    let pool = BufferPool()
    let first = pool.acquire(count)
    pool.release(first, count: count)
    let second = pool.acquire(count)
    #expect(second == first)
    pool.release(second, count: count)
  }

  @Test func buffersInUseAreApart() {
    let pool = BufferPool()
    let buffers = (0..<10).map { _ in pool.acquire(100) }
    #expect(Set(buffers).count == 10)
    for buffer in buffers { pool.release(buffer, count: 100) }
  }

  /// Counts a few percent around a power of two, as of masked rows, share their buffers.
  @Test(arguments: [1 << 11, 1 << 16, 1 << 20]) func similarCountsShareABuffer(count: Int) {
    let pool = BufferPool()
    let first = pool.acquire(count)
    pool.release(first, count: count)
    for other in [count - count / 5, count + count / 5] {
      let buffer = pool.acquire(other)
      #expect(buffer == first)
      buffer.update(repeating: 1, count: other)
      pool.release(buffer, count: other)
    }
    let larger = pool.acquire(2 * count)
    #expect(larger != first)
    pool.release(larger, count: 2 * count)
  }

  /// Sizes are three times a power of two: 1,536 holds 1,537 not.
  @Test(arguments: [48, 96, 1536, 3 << 18]) func aBufferHoldsWhatItIsAskedFor(count: Int) {
    let pool = BufferPool()
    let exact = pool.acquire(count)
    exact.update(repeating: 1, count: count)
    pool.release(exact, count: count)
    let next = pool.acquire(count + 1)
    #expect(next != exact)
    next.update(repeating: 1, count: count + 1)
    pool.release(next, count: count + 1)
  }

  @Test func buffersStartOnACacheLine() {
    let pool = BufferPool()
    for count in [1, 17, 100, 5000] {
      let buffer = pool.acquire(count)
      #expect(UInt(bitPattern: buffer) % 64 == 0)
      pool.release(buffer, count: count)
    }
  }

  @Test func scratchIsReturned() {
    let pool = BufferPool()
    let first = pool.withScratch(300) { UInt(bitPattern: $0) }
    let second = pool.withScratch(300) { UInt(bitPattern: $0) }
    #expect(first == second)
  }

  /// Nothing is allocated in the steady state: a tensor's memory goes to the next of its size.
  @Test func tensorsReturnTheirMemory() {
    let device = Device(threads: 1)
    func address() -> UInt {
      UInt(bitPattern: Tensor(repeating: 1, shape: [50, 50], on: device).pointer)
    }
    #expect(address() == address())
  }
}
