/// A run of floats on a device: its own buffer, or a window on another storage.
///
/// Its memory goes back to the device's pool with the last reference. Tensors that share a storage
/// share its content; operations never write to a storage that a tensor already shows, except
/// optimizers, which own the parameters.
public final class Storage: @unchecked Sendable {
  public let device: Device
  public let count: Int
  let pointer: UnsafeMutablePointer<Float>
  private let whole: Storage?

  /// Creates a storage of `count` floats of any content.
  init(_ count: Int, on device: Device) {
    self.device = device
    self.count = count
    pointer = device.buffers.acquire(count)
    whole = nil
  }

  /// Creates a window on `count` floats of `whole`, starting at `offset`.
  init(_ whole: Storage, offset: Int, count: Int) {
    require(
      offset >= 0 && count >= 0 && offset + count <= whole.count,
      "[Storage] window \(offset)..<\(offset + count) of \(whole.count) floats")
    device = whole.device
    self.count = count
    pointer = whole.pointer + offset
    self.whole = whole
  }

  deinit {
    if whole == nil { device.buffers.release(pointer, count: count) }
  }
}
