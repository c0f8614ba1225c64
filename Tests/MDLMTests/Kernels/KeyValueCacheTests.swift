import Testing

@testable import MDLM

/// How a cache counts its tokens, and what it refuses: a process ends with the message.
struct KeyValueCacheTests {
  private static func cache(_ layers: Int = 2) -> KeyValueCache {
    KeyValueCache(layers: layers, capacity: 8, heads: 2, headSize: 4, on: Device(threads: 1))
  }

  private func expectMessage(_ text: String, in result: ExitTest.Result?) {
    let message = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(message.contains(text), "the process wrote '\(message)'")
  }

  @Test func tokensCountOnceEveryLayerHasThem() {
    let cache = Self.cache()
    for tokens in [3, 1, 4] {
      let before = cache.count
      for layer in 0..<2 { cache.beginStoring(tokens, layer: layer) }
      #expect(cache.count == before)
      cache.advance(by: tokens)
      #expect(cache.count == before + tokens)
    }
  }

  /// Every head of every layer has memory of its own for the whole capacity.
  @Test func headsDoNotOverlap() {
    let cache = Self.cache(3)
    let starts = (0..<3).flatMap { layer in
      (0..<2).flatMap { head in
        [cache.keys(layer: layer, head: head), cache.values(layer: layer, head: head)]
      }
    }.sorted()
    #expect(zip(starts, starts.dropFirst()).allSatisfy { $1 - $0 == 8 * 4 })
  }

  @Test func tokensMustFit() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      let cache = Self.cache(1)
      cache.beginStoring(7, layer: 0)
      cache.advance(by: 7)
      cache.beginStoring(2, layer: 0)
    }
    expectMessage("2 new tokens after 7 do not fit in 8", in: result)
  }

  @Test func layerStoresOnceBeforeTheCacheAdvances() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      let cache = Self.cache(1)
      cache.beginStoring(1, layer: 0)
      cache.beginStoring(1, layer: 0)
    }
    expectMessage("layer 0 stores new tokens where the cache must advance", in: result)
  }

  @Test func layersComeInOrder() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      let cache = Self.cache(3)
      cache.beginStoring(1, layer: 0)
      cache.beginStoring(1, layer: 2)
    }
    expectMessage("layer 2 stores new tokens where layer 1 is next", in: result)
  }

  @Test func layersStoreEqualNumbers() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      let cache = Self.cache()
      cache.beginStoring(3, layer: 0)
      cache.beginStoring(2, layer: 1)
    }
    expectMessage("layer 1 stores 2 new tokens, those before it 3", in: result)
  }

  @Test func cacheAdvancesAfterTheLastLayer() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      let cache = Self.cache()
      cache.beginStoring(3, layer: 0)
      cache.advance(by: 3)
    }
    expectMessage("cannot advance by 3: 1 of 2 layers stored 3 new tokens", in: result)
  }

  @Test func cacheAdvancesByWhatWasStored() async {
    let result = await #expect(
      processExitsWith: .failure, observing: [\.standardErrorContent]
    ) {
      let cache = Self.cache(1)
      cache.beginStoring(3, layer: 0)
      cache.advance(by: 1)
    }
    expectMessage("cannot advance by 1: 1 of 1 layers stored 3 new tokens", in: result)
  }
}
