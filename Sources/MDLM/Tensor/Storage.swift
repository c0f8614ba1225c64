/// A run of floats on a device: its own buffer, or a window on another storage.
///
/// Its memory goes back to the device's pool with the last reference. Tensors that share a storage
/// share its content; operations never write to a storage that a tensor already shows, except
/// optimizers, which own the parameters.
public final class Storage: @unchecked Sendable {
  public let device: Device
  public let count: Int
  private let whole: Storage?
  /// The buffer; nil while the values are discarded.
  private var buffer: UnsafeMutablePointer<Float>?
  /// Computes the values again, where that is cheaper than keeping them.
  private var remake: ((UnsafeMutablePointer<Float>) -> Void)?

  /// Creates a storage of `count` floats of any content.
  init(_ count: Int, on device: Device) {
    self.device = device
    self.count = count
    buffer = device.buffers.acquire(count)
    whole = nil
  }

  /// Creates a window on `count` floats of `whole`, starting at `offset`.
  init(_ whole: Storage, offset: Int, count: Int) {
    require(
      offset >= 0 && count >= 0 && offset + count <= whole.count,
      "[Storage] window \(offset)..<\(offset + count) of \(whole.count) floats")
    device = whole.device
    self.count = count
    buffer = whole.pointer + offset
    self.whole = whole
  }

  deinit {
    if let buffer, whole == nil { device.buffers.release(buffer, count: count) }
  }

  /// The first value; values that were discarded are made again.
  ///
  /// That must not happen on several threads at once: take the pointer before a parallel region.
  var pointer: UnsafeMutablePointer<Float> {
    if let buffer { return buffer }
    let buffer = device.buffers.acquire(count)
    remake?(buffer)
    self.buffer = buffer
    return buffer
  }

  /// Allows the values to be discarded between the forward and the backward pass.
  ///
  /// - Parameter remake: Writes the same values again. It keeps what it needs for that alive.
  func setRemake(_ remake: @escaping (UnsafeMutablePointer<Float>) -> Void) {
    require(whole == nil, "[Storage] a window cannot be discarded")
    self.remake = remake
  }

  /// Gives the memory back until the values are asked for again, if they can be made again.
  func discard() {
    guard remake != nil, let buffer else { return }
    device.buffers.release(buffer, count: count)
    self.buffer = nil
  }
}
