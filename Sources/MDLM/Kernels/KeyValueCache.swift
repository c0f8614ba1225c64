/// The keys and values of the tokens that a sequence has so far, for networks that append to it.
///
/// Every layer in turn stores the same number of new tokens; then ``advance(by:)`` counts them among
/// the cached. Memory is taken for the whole capacity at once: for each layer the keys of every head,
/// turned by their positions, then its values, so that a head's rows follow each other.
final class KeyValueCache {
  let layers: Int
  /// The most tokens of the sequence.
  let capacity: Int
  let heads: Int
  let headSize: Int
  let device: Device
  /// Cached tokens.
  private(set) var count = 0

  /// New tokens, and the layers that have stored them.
  private var pending = (tokens: 0, layers: 0)
  private let buffer: UnsafeMutablePointer<Float>
  private var size: Int { 2 * layers * heads * capacity * headSize }

  /// Creates an empty cache.
  ///
  /// - Parameters:
  ///   - layers: Layers of the network that attend.
  ///   - capacity: The most tokens of the sequence.
  ///   - heads: Heads of each layer.
  ///   - headSize: Columns of a head.
  ///   - device: Where the network is.
  init(layers: Int, capacity: Int, heads: Int, headSize: Int, on device: Device) {
    require(
      layers > 0 && capacity > 0 && heads > 0 && headSize > 0,
      "[KeyValueCache] \(layers) layers, \(capacity) tokens, \(heads) heads of \(headSize)")
    self.layers = layers
    self.capacity = capacity
    self.heads = heads
    self.headSize = headSize
    self.device = device
    buffer = device.buffers.acquire(2 * layers * heads * capacity * headSize)
  }

  deinit { device.buffers.release(buffer, count: size) }

  /// Counts the new tokens, which every layer has stored, among the cached.
  func advance(by tokens: Int) {
    require(
      pending == (tokens, layers),
      "[KeyValueCache] cannot advance by \(tokens): \(pending.layers) of \(layers) layers stored "
        + "\(pending.tokens) new tokens")
    count += tokens
    pending = (0, 0)
  }

  /// Makes room for the next new tokens of a layer, which the caller then writes.
  ///
  /// Layers come in their order, each once before the cache advances.
  func beginStoring(_ tokens: Int, layer: Int) {
    require(
      layer == pending.layers && layer < layers,
      "[KeyValueCache] layer \(layer) stores new tokens where "
        + (pending.layers < layers ? "layer \(pending.layers) is next" : "the cache must advance"))
    require(
      tokens > 0 && (layer == 0 || tokens == pending.tokens),
      "[KeyValueCache] layer \(layer) stores \(tokens) new tokens, "
        + (layer == 0 ? "which are none" : "those before it \(pending.tokens)"))
    require(
      tokens <= capacity - count,
      "[KeyValueCache] \(tokens) new tokens after \(count) do not fit in \(capacity)")
    pending = (tokens, layer + 1)
  }

  /// The keys of one head, `[capacity, headSize]`: row p is that of position p.
  func keys(layer: Int, head: Int) -> UnsafeMutablePointer<Float> {
    buffer + (2 * layer * heads + head) * capacity * headSize
  }

  /// The values of one head, `[capacity, headSize]`.
  func values(layer: Int, head: Int) -> UnsafeMutablePointer<Float> {
    buffer + ((2 * layer + 1) * heads + head) * capacity * headSize
  }
}
