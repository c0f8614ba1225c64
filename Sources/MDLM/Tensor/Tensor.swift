/// A row-major array of 32-bit floats with a shape and, where gradients are wanted, its history.
///
/// Operations return new tensors; a tensor's values never change once it is made. See
/// ``Tensor/backward()`` for gradients.
public struct Tensor: Sendable {
  /// The length of each axis; empty for a scalar.
  public let shape: [Int]
  let storage: Storage
  let node: GraphNode?

  init(shape: [Int], storage: Storage, node: GraphNode? = nil) {
    require(
      shape.reduce(1, *) == storage.count,
      "[Tensor] shape \(shape) does not hold \(storage.count) values")
    self.shape = shape
    self.storage = storage
    self.node = node
  }

  /// Creates a tensor of any content, for an operation to fill.
  init(uninitialized shape: [Int], on device: Device) {
    self.init(shape: shape, storage: Storage(shape.reduce(1, *), on: device))
  }

  /// The number of values.
  public var count: Int { storage.count }
  /// The device that holds the values.
  public var device: Device { storage.device }
  /// The length of the last axis; 1 for a scalar.
  public var width: Int { shape.last ?? 1 }
  /// The number of rows of the last axis.
  public var rows: Int { width == 0 ? 0 : count / width }

  var pointer: UnsafeMutablePointer<Float> { storage.pointer }
}

extension Tensor {
  /// Creates a tensor of the given values.
  public init(_ values: [Float], shape: [Int], on device: Device) {
    require(
      values.count == shape.reduce(1, *),
      "[Tensor] \(values.count) values do not fill shape \(shape)")
    self.init(uninitialized: shape, on: device)
    pointer.update(from: values, count: values.count)
  }

  /// Creates a tensor of equal values.
  public init(repeating value: Float, shape: [Int], on device: Device) {
    self.init(uninitialized: shape, on: device)
    pointer.update(repeating: value, count: count)
  }

  /// The values in row-major order.
  public var values: [Float] {
    withExtendedLifetime(storage) {
      Array(UnsafeBufferPointer(start: pointer, count: count))
    }
  }

  /// The value of a tensor that has one.
  public var scalar: Float {
    require(count == 1, "[scalar] shape \(shape) holds \(count) values")
    return withExtendedLifetime(storage) { pointer[0] }
  }
}

extension Tensor: CustomStringConvertible {
  public var description: String {
    let shown = values.prefix(8).map(\.description).joined(separator: ", ")
    return "Tensor \(shape) [\(shown)\(count > 8 ? ", …" : "")]"
  }
}
