@testable import MDLM

extension GenerationTrace {
  /// A finished sample in which each step reveals the next of `words`, but for the given first ones.
  ///
  /// Ids are the places of the words from 1 on.
  init(words: [String], given: Int = 0, end: Int? = nil) {
    self.init(header: .simulated)
    let mask = SimulatedSampling.maskID
    let ids = words.indices.map { Int32($0 + 1) }
    for (id, word) in zip(ids, words) { names[id] = word }
    var sample = TraceSample(
      index: 0, beginning: ids.enumerated().map { $0.offset < given ? $0.element : mask })
    for (step, place) in (given..<max(given, words.count)).enumerated() {
      let belief = TokenBelief(
        probability: 0.5, entropy: 1, top: [.init(token: ids[place], probability: 0.5)])
      sample.changes.append(
        .revealed(
          Reveal(
            sample: 0, step: step, time: 1 - Double(step) / Double(words.count), position: place,
            token: ids[place], belief: belief)))
    }
    sample.end = Array(ids.prefix(end ?? ids.count))
    sample.networkCalls = sample.changes.count
    samples = [sample]
  }

  /// What a sampler has recorded, without a file in between.
  init(_ record: SimulatedSampling.Record, name: (Int32) -> String) {
    self.init(header: .simulated)
    var sample = TraceSample(index: 0, beginning: record.frames.first ?? [])
    for event in record.events {
      switch event {
      case .began, .called: break
      case .revealed(let reveal):
        sample.changes.append(.revealed(reveal))
        names[reveal.token] = name(reveal.token)
      case .remasked(let remask):
        sample.changes.append(.remasked(remask, mask: SimulatedSampling.maskID))
      case .finished(let end):
        sample.end = end.tokens
        sample.networkCalls = end.networkCalls
      }
    }
    for token in sample.beginning { names[token] = name(token) }
    samples = [sample]
  }
}
