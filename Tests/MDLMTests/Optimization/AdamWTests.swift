import Testing

@testable import MDLM

struct AdamWTests {
  /// Parameters a (2 values) and b (1 value) with the given gradients.
  private func store(gradients: [Float]) -> ParameterStore {
    var layout = ParameterLayout()
    layout.add("a", [2], .ones)
    layout.add("b", [1], .ones)
    let store = ParameterStore(layout, on: Device(threads: 1), withGradients: true)
    store.initialize(seed: 0)
    var rest = gradients[...]
    for gradient in store.parameterGradients {
      for index in gradient.values.indices { gradient.values[index] = rest.removeFirst() }
    }
    return store
  }

  private func values(_ store: ParameterStore) -> [Float] { store.parameters.flatMap(\.values) }

  /// After one step m̂ = g and v̂ = g², so every value moves by the learning rate against its sign.
  @Test func firstStepMovesEveryValueByTheLearningRate() {
    let store = store(gradients: [0.5, -3, 0.001])
    var settings = AdamW.Settings()
    settings.gradientClip = nil
    var optimizer = AdamW(settings, for: store)
    optimizer.step(
      store, learningRate: 0.25, gradientNorm: store.gradientNorm())
    for (value, expected) in zip(values(store), [0.75, 1.25, 0.75]) {
      #expect(abs(Double(value) - expected) <= 1e-5)
    }
    #expect(optimizer.stepCount == 1)
  }

  @Test func weightDecayIsDecoupledFromTheGradient() {
    let store = store(gradients: [0, 0, 0])
    var settings = AdamW.Settings()
    settings.weightDecay = 0.5
    var optimizer = AdamW(settings, for: store)
    for _ in 0..<2 {
      optimizer.step(
        store, learningRate: 0.5, gradientNorm: store.gradientNorm())
    }
    #expect(values(store) == [0.5625, 0.5625, 0.5625])  // (1 − 0.5 · 0.5)²
    #expect(optimizer.secondMoments.flatMap(\.values) == [0, 0, 0])
  }

  @Test func normIsReportedBeforeClipping() {
    let store = store(gradients: [2, 3, 6])
    var optimizer = AdamW(AdamW.Settings(), for: store)
    #expect(store.gradientNorm() == 7)
    optimizer.step(store, learningRate: 0.1, gradientNorm: 7)
    #expect(store.gradientNorm() == 7)
  }

  /// clip_grad_norm_ multiplies by c / (norm + 1e-6), which shows where gradients are small.
  ///
  /// After one step m = 0.1 g.
  @Test func gradientsAreClippedToTheGlobalNorm() {
    let store = store(gradients: [2e-5, 3e-5, 6e-5])
    var settings = AdamW.Settings()
    settings.gradientClip = 1e-5
    var optimizer = AdamW(settings, for: store)
    optimizer.step(
      store, learningRate: 0.1, gradientNorm: store.gradientNorm())
    let expected = [2e-5, 3e-5, 6e-5].map { 0.1 * $0 * 1e-5 / (7e-5 + 1e-6) }
    #expect(relativeDeviation(optimizer.firstMoments.flatMap(\.values), expected) <= 3e-7)
  }

  @Test func smallGradientsAreNotScaledUp() {
    let store = store(gradients: [0.1, 0, 0])
    var optimizer = AdamW(AdamW.Settings(), for: store)
    optimizer.step(
      store, learningRate: 0.1, gradientNorm: store.gradientNorm())
    let expected = [0.01, 0, 0]
    #expect(relativeDeviation(optimizer.firstMoments.flatMap(\.values), expected) <= 2e-7)
  }

  @Test func averageFollowsTheNewValues() {
    let (store, average) = (store(gradients: [1, 1, 1]), store(gradients: [0, 0, 0]))
    var optimizer = AdamW(AdamW.Settings(), for: store)
    optimizer.step(
      store, learningRate: 0.5, gradientNorm: store.gradientNorm(), average: (average, decay: 0.75))
    // 0.75 · 1 + 0.25 · 0.5.
    for value in values(average) { #expect(abs(value - 0.875) <= 1e-6) }
  }

  @Test func gapsBetweenParametersStayZero() {
    let store = store(gradients: [1, 2, 3])
    var optimizer = AdamW(AdamW.Settings(), for: store)
    optimizer.step(
      store, learningRate: 0.5, gradientNorm: store.gradientNorm())
    let all = UnsafeBufferPointer(start: store.values.pointer, count: store.layout.count)
    #expect(all.filter { $0 != 0 }.count == 3)
  }
}
