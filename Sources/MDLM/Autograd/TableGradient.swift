internal import CVectorKernels

/// The gradient of a table whose rows are looked up, such as an embedding's: only rows that were
/// looked up have one.
///
/// A batch sees a small part of a large vocabulary; a dense gradient would be mostly zeros, which take
/// memory to hold and time to clear and to read.
final class TableGradient: @unchecked Sendable {
  /// `[rows, width]`, as the table.
  let shape: [Int]
  private let device: Device
  /// For each row of the table its place in ``values``, or −1.
  private var places: [Int32]
  private var count = 0
  private var values: Storage

  private var width: Int { shape[1] }

  init(shape: [Int], on device: Device) {
    require(shape.count == 2, "[TableGradient] a table has rows and columns, not \(shape)")
    self.shape = shape
    self.device = device
    places = [Int32](repeating: -1, count: shape[0])
    values = Storage(0, on: device)
  }

  /// The gradient of one row, or nil where it is zero.
  func row(_ row: Int) -> UnsafeMutablePointer<Float>? {
    places[row] < 0 ? nil : values.pointer + Int(places[row]) * width
  }

  /// Makes every gradient zero.
  func clear() {
    for row in places.indices { places[row] = -1 }
    count = 0
  }

  /// Adds row i of `gradients` (`[rows.count, width]`) to the gradient of row `rows[i]`.
  func add(_ gradients: Tensor, to rows: [Int32]) {
    let known = count
    for row in rows where places[Int(row)] < 0 {
      places[Int(row)] = Int32(count)
      count += 1
    }
    reserve(count)
    (values.pointer + known * width).update(repeating: 0, count: (count - known) * width)
    gradients.scatterAdd(to: values.pointer, rows: rows.map { places[Int($0)] })
  }

  private func reserve(_ rows: Int) {
    guard rows * width > values.count else { return }
    let grown = Storage(rows * width, on: device)
    grown.pointer.update(from: values.pointer, count: values.count)
    values = grown
  }

  /// All rows, zeros included.
  func dense() -> Storage {
    let dense = Storage(shape[0] * width, on: device)
    dense.pointer.update(repeating: 0, count: dense.count)
    for index in places.indices {
      guard let row = row(index) else { continue }
      (dense.pointer + index * width).update(from: row, count: width)
    }
    return dense
  }

  /// Σ g² of every row, in the table's order.
  func sumOfSquares() -> Double {
    places.indices.reduce(0) { sum, index in
      sum + (row(index).map { mdlm_sum_of_squares($0, width) } ?? 0)
    }
  }
}
