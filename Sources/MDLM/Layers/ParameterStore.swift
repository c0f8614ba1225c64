/// How the values of a parameter are drawn before training.
enum Initializer: Sendable, Equatable {
  case zeros
  case ones
  /// Uniform in ± bound.
  case uniform(bound: Double)

  /// PyTorch's default for a linear layer: ± 1/√fanIn, for its weight and its bias.
  static func linear(fanIn: Int) -> Initializer { .uniform(bound: 1 / Double(fanIn).squareRoot()) }
}

/// The names and shapes of a network's parameters, in the order of the official code's
/// `parameters()`.
struct ParameterLayout: Sendable {
  struct Entry: Sendable {
    let name: String
    let shape: [Int]
    let initializer: Initializer
    let offset: Int
    var count: Int { shape.reduce(1, *) }
  }

  private(set) var entries: [Entry] = []
  /// The length of a buffer for all parameters.
  private(set) var count = 0

  mutating func add(_ name: String, _ shape: [Int], _ initializer: Initializer) {
    entries.append(Entry(name: name, shape: shape, initializer: initializer, offset: count))
    // Every parameter starts on a cache line; the gaps stay zero.
    count += (shape.reduce(1, *) + 15) / 16 * 16
  }

  /// The parameters as windows on one buffer of ``count`` floats.
  func windows(on storage: Storage) -> [NamedTensor] {
    entries.map { entry in
      NamedTensor(
        name: entry.name, shape: entry.shape,
        values: UnsafeMutableBufferPointer(
          start: storage.pointer + entry.offset, count: entry.count),
        owner: storage)
    }
  }
}

/// All parameters of a network in one contiguous buffer, and their gradients in another.
///
/// A parameter is a named window on both. Optimizers, the moving average and checkpoints work on the
/// whole buffers.
public final class ParameterStore: Sendable {
  let layout: ParameterLayout
  let values: Storage
  /// The gradients' buffer, or nil for weights that are only read.
  let gradients: Storage?
  private let indices: [String: Int]

  public var device: Device { values.device }

  /// Creates a store with every value at zero.
  init(_ layout: ParameterLayout, on device: Device, withGradients: Bool) {
    self.layout = layout
    values = Storage(layout.count, on: device)
    values.pointer.update(repeating: 0, count: layout.count)
    gradients = withGradients ? Storage(layout.count, on: device) : nil
    gradients?.pointer.update(repeating: 0, count: layout.count)
    indices = Dictionary(
      uniqueKeysWithValues: layout.entries.enumerated().map { ($1.name, $0) })
  }

  /// The number of trainable values.
  public var parameterCount: Int { layout.entries.reduce(0) { $0 + $1.count } }

  /// Every parameter with its name, in order; writing to it changes the network.
  public var parameters: [NamedTensor] { layout.windows(on: values) }

  /// The gradients of the last backward passes, by the parameters' names; empty without gradients.
  public var parameterGradients: [NamedTensor] {
    gradients.map(layout.windows(on:)) ?? []
  }

  /// Sets every gradient to zero.
  public func clearGradients() {
    gradients?.pointer.update(repeating: 0, count: layout.count)
  }

  /// Draws every parameter from its initial distribution.
  public func initialize(seed: UInt64) {
    for (index, entry) in layout.entries.enumerated() {
      let target = values.pointer + entry.offset
      switch entry.initializer {
      case .zeros: target.update(repeating: 0, count: entry.count)
      case .ones: target.update(repeating: 1, count: entry.count)
      case .uniform(let bound):
        var random = RandomKey(seed: seed, stream: .initialization).generator(row: index)
        for position in 0..<entry.count {
          target[position] = Float((2 * random.nextUniform() - 1) * bound)
        }
      }
    }
  }

  /// Copies the values of another store of the same network.
  public func copyValues(from other: ParameterStore) {
    require(
      layout.count == other.layout.count,
      "[copyValues] \(other.layout.count) values for a network of \(layout.count)")
    values.pointer.update(from: other.values.pointer, count: layout.count)
  }

  /// The parameter, or some of its rows, as a tensor, tied to its gradient if `recording`.
  func tensor(_ name: String, rows: Range<Int>? = nil, recording: Bool) -> Tensor {
    guard let index = indices[name] else { fatalError("[ParameterStore] no parameter '\(name)'") }
    let entry = layout.entries[index]
    let rows = rows ?? 0..<entry.shape[0]
    let rowCount = entry.count / max(1, entry.shape[0])
    func window(_ storage: Storage) -> Tensor {
      Tensor(
        shape: [rows.count] + entry.shape.dropFirst(),
        storage: Storage(
          storage, offset: entry.offset + rows.lowerBound * rowCount, count: rows.count * rowCount))
    }
    guard recording else { return window(values) }
    guard let gradients else {
      fatalError("[ParameterStore] '\(name)' is read-only: the store has no gradients")
    }
    return window(values).variable(named: name, accumulator: window(gradients))
  }
}
