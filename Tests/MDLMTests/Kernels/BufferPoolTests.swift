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

  /// At most an eighth of a buffer is waste, and every count up to the next size fits.
  @Test func similarCountsShareABufferThatHoldsTheLargest() {
    let pool = BufferPool()
    let first = pool.acquire(1000)
    first.update(repeating: 1, count: 1024)
    pool.release(first, count: 1000)
    let second = pool.acquire(1024)
    #expect(second == first)
    pool.release(second, count: 1024)
    // The next size is 1,152, an eighth more.
    let third = pool.acquire(1025)
    #expect(third != first)
    pool.release(third, count: 1025)
    let fourth = pool.acquire(1153)
    #expect(fourth != third)
    pool.release(fourth, count: 1153)
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
