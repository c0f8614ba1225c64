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
    /// Its place in a buffer without the table; nil for the table itself.
    let gradientOffset: Int?
  }

  private(set) var entries: [Entry] = []
  /// The length of a buffer for all parameters.
  private(set) var count = 0
  /// The first parameter where it is a table of which only rows are used, as of an embedding.
  private(set) var table: Entry?
  /// Where the parameters begin that have a dense gradient.
  private(set) var denseStart = 0

  /// Adds a table; no other parameter may come before it.
  mutating func addTable(_ name: String, _ shape: [Int], _ initializer: Initializer) {
    require(entries.isEmpty, "[ParameterLayout] the table '\(name)' must be the first parameter")
    append(name, shape, initializer, isTable: true)
    table = entries[0]
    denseStart = count
  }

  mutating func add(_ name: String, _ shape: [Int], _ initializer: Initializer) {
    append(name, shape, initializer, isTable: false)
  }

  private mutating func append(
    _ name: String, _ shape: [Int], _ initializer: Initializer, isTable: Bool
  ) {
    entries.append(
      Entry(
        name: name, shape: shape, initializer: initializer, offset: count,
        gradientOffset: isTable ? nil : count - denseStart))
    // Every parameter starts on a cache line; the gaps stay zero.
    count += (shape.reduce(1, *) + 15) / 16 * 16
  }

  /// The parameters as windows on one buffer of ``count`` floats.
  func windows(on storage: Storage) -> [NamedTensor] {
    entries.map { $0.window(on: storage, offset: $0.offset) }
  }
}

extension ParameterLayout {
  /// The dense gradients in blocks for passes over memory.
  var denseBlocks: BlockPartition {
    BlockPartition(count - denseStart, largest: 1 << 16, smallest: 1 << 12)
  }
}

extension ParameterLayout.Entry {
  /// The parameter's values in a buffer.
  func window(on storage: Storage, offset: Int) -> NamedTensor {
    NamedTensor(
      name: name, shape: shape,
      values: UnsafeMutableBufferPointer(start: storage.pointer + offset, count: count),
      owner: storage)
  }
}

/// All parameters of a network in one contiguous buffer, and their gradients in another; the
/// gradient of an embedding is kept for the rows that were looked up only.
///
/// A parameter is a named window on both. Optimizers, the moving average and checkpoints work on the
/// whole buffers.
public final class ParameterStore: Sendable {
  let layout: ParameterLayout
  let values: Storage
  /// The gradients of all parameters but the table, or nil for weights that are only read.
  let gradients: Storage?
  /// The gradient of the layout's table.
  let tableGradient: TableGradient?
  private let indices: [String: Int]

  public var device: Device { values.device }

  /// Creates a store with every value at zero.
  init(_ layout: ParameterLayout, on device: Device, withGradients: Bool) {
    self.layout = layout
    values = Storage(layout.count, on: device)
    values.pointer.update(repeating: 0, count: layout.count)
    gradients = withGradients ? Storage(layout.count - layout.denseStart, on: device) : nil
    tableGradient =
      withGradients ? layout.table.map { TableGradient(shape: $0.shape, on: device) } : nil
    indices = Dictionary(
      uniqueKeysWithValues: layout.entries.enumerated().map { ($1.name, $0) })
    clearGradients()
  }

  /// The number of trainable values.
  public var parameterCount: Int { layout.entries.reduce(0) { $0 + $1.count } }

  /// Every parameter with its name, in order; writing to it changes the network.
  public var parameters: [NamedTensor] { layout.windows(on: values) }

  /// The gradients of the last backward passes, by the parameters' names; empty without gradients.
  ///
  /// That of a token embedding is a copy.
  public var parameterGradients: [NamedTensor] {
    guard let gradients else { return [] }
    return layout.entries.map { entry in
      guard let offset = entry.gradientOffset else {
        return entry.window(on: tableGradient?.dense() ?? gradients, offset: 0)
      }
      return entry.window(on: gradients, offset: offset)
    }
  }

  /// Sets every gradient to zero.
  public func clearGradients() {
    tableGradient?.clear()
    guard let gradients else { return }
    let (pointer, blocks) = (gradients.pointer, layout.denseBlocks)
    device.workers.forEach(blocks.blocks) { index in
      (pointer + blocks[index].lowerBound).update(repeating: 0, count: blocks[index].count)
    }
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
    let width = entry.count / max(1, entry.shape[0])
    func window(_ storage: Storage, _ offset: Int) -> Tensor {
      Tensor(
        shape: [rows.count] + entry.shape.dropFirst(),
        storage: Storage(
          storage, offset: offset + rows.lowerBound * width, count: rows.count * width))
    }
    let parameter = window(values, entry.offset)
    guard recording else { return parameter }
    guard let gradients else {
      fatalError("[ParameterStore] '\(name)' is read-only: the store has no gradients")
    }
    guard let offset = entry.gradientOffset else {
      return tableGradient.map { parameter.table(named: name, gradient: $0) } ?? parameter
    }
    return parameter.variable(named: name, accumulator: window(gradients, offset))
  }
}
