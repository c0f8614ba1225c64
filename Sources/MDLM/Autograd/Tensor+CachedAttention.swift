extension Tensor {
  /// Returns what new tokens gather from the cached ones, from themselves and from new ones before.
  ///
  /// It is causal attention over whole sequences, of which only the last tokens are given. It stores
  /// their keys and values in the layer's part of the caches; after the last layer the caller advances
  /// the caches. It is for inference and records nothing.
  ///
  /// - Parameters:
  ///   - queries: `[caches · new tokens, heads · headSize]`, sequence after sequence.
  ///   - keys: The same shape as the queries.
  ///   - values: The same shape as the queries.
  ///   - caches: Of each sequence; they may hold different numbers of tokens.
  ///   - layer: The layer of the network, the next in order.
  ///   - heads: Heads.
  ///   - rotary: Angles for every position up to the last new token's.
  /// - Returns: The same shape as the queries.
  static func cachedAttention(
    queries: ColumnSlice, keys: ColumnSlice, values: ColumnSlice, caches: [KeyValueCache],
    layer: Int, heads: Int, rotary: RotaryTable
  ) -> Tensor {
    let (device, rows, headSize) = (queries.tensor.device, queries.tensor.rows, rotary.headSize)
    require(
      !caches.isEmpty && rows % caches.count == 0
        && [queries, keys, values].allSatisfy {
          $0.tensor.rows == rows && $0.width == heads * headSize
        },
      "[cachedAttention] queries \(queries.tensor.shape), keys \(keys.tensor.shape), values "
        + "\(values.tensor.shape) for \(caches.count) caches, \(heads) heads of \(headSize)")
    let tokens = rows / caches.count
    for cache in caches {
      require(
        cache.heads == heads && cache.headSize == headSize && cache.device === device,
        "[cachedAttention] a cache of \(cache.heads) heads of \(cache.headSize) for \(heads) of "
          + "\(headSize), or of another device")
      // Refuses a cache that is given twice, too.
      cache.beginStoring(tokens, layer: layer)
      require(
        rotary.cosine.count >= (cache.count + tokens) * headSize / 2,
        "[cachedAttention] angles for \(rotary.cosine.count * 2 / headSize) positions, "
          + "\(cache.count + tokens) tokens")
    }
    let result = Tensor(uninitialized: [rows, heads * headSize], on: device)
    CachedAttention(
      queries: queries.heads, keys: keys.heads, values: values.heads, caches: caches, layer: layer,
      tokens: tokens, heads: heads, headSize: headSize, rotary: rotary, device: device
    ).run(output: result.pointer)
    return result
  }
}
