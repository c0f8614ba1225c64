/// A named, row-major block of floats inside a larger buffer, such as one parameter of a network.
///
/// It does not own its memory: `owner` keeps the buffer alive.
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
