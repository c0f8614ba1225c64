import Testing

@testable import MDLM

/// The backward pass itself.
struct GradientsTests {
  let device = Device(threads: 1)

  private func leaf(_ value: Float, _ accumulator: Tensor) -> Tensor {
    Tensor([value], shape: [1], on: device).variable(named: "x", accumulator: accumulator)
  }

  @Test func gradientsOfEveryPathAddUp() {
    let gradient = Tensor(repeating: 0, shape: [1], on: device)
    let x = leaf(3, gradient)
    let y = x.scaled(by: 2)
    (y * y + y).sum().backward()  // 4x² + 2x
    #expect(gradient.values == [26])
  }

  @Test func backwardPassesAddToTheAccumulator() {
    let gradient = Tensor(repeating: 1, shape: [1], on: device)
    for _ in 0..<2 { leaf(3, gradient).scaled(by: 5).sum().backward() }
    #expect(gradient.values == [11])
  }

  @Test func tapeIsConsumed() {
    let gradient = Tensor(repeating: 0, shape: [1], on: device)
    let loss = leaf(3, gradient).scaled(by: 5).sum()
    loss.backward()
    loss.backward()
    #expect(gradient.values == [5])
  }

  @Test func constantsLeaveNoTape() {
    let x = Tensor([1, 2], shape: [2], on: device)
    #expect(!(x * x).silu().wantsGradient)
  }

  @Test func detachedValuesPassNoGradient() {
    let gradient = Tensor(repeating: 0, shape: [1], on: device)
    let x = leaf(3, gradient)
    (x * x.detached).sum().backward()
    #expect(gradient.values == [3])
  }

  @Test func deepChainsNeedNoStack() {
    let gradient = Tensor(repeating: 0, shape: [1], on: device)
    var x = leaf(1, gradient)
    for _ in 0..<20_000 { x = x.scaled(by: 1) }
    x.sum().backward()
    #expect(gradient.values == [1])
  }

  /// A branch that is dropped with rate r keeps each value with probability 1 − r.
  @Test(arguments: [0.1, 0.5]) func dropoutRate(rate: Double) {
    let (rows, width) = (200, 50)
    let ones = Tensor(repeating: 1, shape: [rows, width], on: device)
    let key = RandomKey(seed: 3, stream: .feedForwardDropout, step: 1)
    let kept = ones.dropout(rate, key: key, addresses: Array(0..<UInt32(rows)))
    let dropped = kept.values.filter { $0 == 0 }.count
    let counts = [dropped, rows * width - dropped]
    #expect(ChiSquare(counts: counts, probabilities: [rate, 1 - rate]).isBelievable)
  }

  @Test func dropoutOfABatchIsThatOfItsParts() {
    let x = Tensor(repeating: 1, shape: [6, 5], on: device)
    let key = RandomKey(seed: 3, stream: .feedForwardDropout)
    let whole = x.dropout(0.5, key: key, addresses: Array(10..<16)).values
    let half = Tensor(repeating: 1, shape: [3, 5], on: device)
    let parts = [10, 13].flatMap { first in
      half.dropout(0.5, key: key, addresses: Array(first..<first + 3)).values
    }
    #expect(whole == parts)
  }
}
