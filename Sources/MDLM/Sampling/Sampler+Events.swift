import Dispatch

extension Sampler {
  /// Draws a sequence for every template, and hands out what happens as it does.
  ///
  /// ```swift
  /// for try await event in sampler.events(from: model.network, templates) {
  ///   if case .revealed(let reveal) = event { show(reveal.token, at: reveal.position) }
  ///   if case .finished(let sample) = event { print(model.text(of: sample.tokens)) }
  /// }
  /// ```
  ///
  /// The work runs on a thread of its own, and goes ahead of a slow consumer. It ends after the current
  /// call of the network when the consumer leaves the loop or its task is cancelled.
  ///
  /// - Parameters:
  ///   - denoiser: The network.
  ///   - templates: What is fixed and what is free in each sequence.
  ///   - firstIndex: The number of the first sample.
  /// - Returns: The events; the stream throws ``InputError`` as ``check(_:for:)`` does.
  public func events(
    from denoiser: some Denoiser, _ templates: [SequenceTemplate], firstIndex: Int = 0
  ) -> AsyncThrowingStream<SamplingEvent, any Error> {
    AsyncThrowingStream { continuation in
      DispatchQueue.global().async {
        do {
          _ = try sample(from: denoiser, templates, firstIndex: firstIndex) { event in
            if case .terminated = continuation.yield(event) { .stop } else { .proceed }
          }
          continuation.finish()
        } catch {
          continuation.finish(throwing: error)
        }
      }
    }
  }
}
