/// A named, row-major block of floats inside a larger buffer, such as one parameter of a network.
///
/// ``values`` points into memory that the named tensor keeps alive: use the pointer only while the
/// named tensor, or the network it belongs to, is held.
public struct NamedTensor: @unchecked Sendable {
  /// The key it has in a file, such as `blocks.0.attn_qkv.weight`.
  public let name: String
  public let shape: [Int]
  public let values: UnsafeMutableBufferPointer<Float>
  private let owner: AnyObject?

  public init(
    name: String, shape: [Int], values: UnsafeMutableBufferPointer<Float>, owner: AnyObject?
  ) {
    require(
      shape.reduce(1, *) == values.count,
      "[NamedTensor] \(name): shape \(shape) does not hold \(values.count) values")
    self.name = name
    self.shape = shape
    self.values = values
    self.owner = owner
  }
}
