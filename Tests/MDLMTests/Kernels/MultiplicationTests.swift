import CVectorKernels
import Testing

@testable import MDLM

/// The matrix products against plain loops in double precision, for sizes around the tiles' borders.
struct MultiplicationTests {
  private static let sizes: [(rows: Int, columns: Int, inner: Int)] = [
    (1, 1, 1), (3, 5, 7), (1, 700, 3), (96, 64, 128), (97, 65, 129), (33, 17, 300), (200, 3, 40),
    (12, 130, 257), (5, 9, 0),
  ]

  @Test(arguments: sizes, [(false, false), (true, false), (false, true), (true, true)])
  func agreesWithTheDefinition(
    size: (rows: Int, columns: Int, inner: Int), transposed: (a: Bool, b: Bool)
  ) {
    var random = SplitMix64(7)
    let (m, n, k) = size
    // Wider strides than rows, so that a wrong one shows.
    let (strideA, strideB, strideC) = (
      (transposed.a ? m : k) + 2, (transposed.b ? k : n) + 3, n + 1
    )
    let a = random.floats((transposed.a ? k : m) * strideA + 1)
    let b = random.floats((transposed.b ? n : k) * strideB + 1)
    for beta in [Float(0), 1] {
      var c = random.floats(m * strideC)
      let before = c
      a.withUnsafeBufferPointer { a in
        b.withUnsafeBufferPointer { b in
          c.withUnsafeMutableBufferPointer { c in
            guard let a = a.baseAddress, let b = b.baseAddress, let c = c.baseAddress else {
              return
            }
            multiply(
              MatrixView(a, stride: strideA, transposed: transposed.a),
              MatrixView(b, stride: strideB, transposed: transposed.b), into: c, stride: strideC,
              rows: m, columns: n, inner: k, beta: beta)
          }
        }
      }
      for row in 0..<m {
        for column in 0..<n {
          let sum = (0..<k).reduce(Double(beta * before[row * strideC + column])) { sum, index in
            sum + Double(a[transposed.a ? index * strideA + row : row * strideA + index])
              * Double(b[transposed.b ? column * strideB + index : index * strideB + column])
          }
          #expect(abs(Double(c[row * strideC + column]) - sum) <= 2e-6 * Double(k + 1).squareRoot())
        }
        #expect(
          c[row * strideC + n] == before[row * strideC + n], "the gap after a row was written")
      }
    }
  }

  @Test(arguments: [1, 8, 9, 17, 64, 65]) func transposition(size: Int) {
    var random = SplitMix64(UInt64(size))
    for (rows, columns) in [(size, size), (size, 3), (3, size), (size, 2 * size + 1)] {
      let x = random.floats(rows * (columns + 2))
      var y = [Float](repeating: -7, count: columns * (rows + 1))
      mdlm_transpose(x, columns + 2, &y, rows + 1, rows, columns)
      for column in 0..<columns {
        for row in 0..<rows {
          #expect(y[column * (rows + 1) + row] == x[row * (columns + 2) + column])
        }
        #expect(y[column * (rows + 1) + rows] == -7)
      }
    }
  }

  /// Few rows and many, few columns and many: every way a projection is divided.
  @Test(arguments: [(1, 700), (2, 3), (60, 1000), (255, 70), (256, 70), (300, 129), (600, 64)])
  func projection(rows: Int, columns: Int) {
    let inner = 37
    var random = SplitMix64(3)
    let device = Device(threads: 2)
    let x = Tensor(random.floats(rows * inner), shape: [rows, inner], on: device)
    let weight = Tensor(random.floats(columns * inner), shape: [columns, inner], on: device)
    let found = x.linear(weight)
    let expected = DoubleTensor(shape: x.shape, values: x.values.map(Double.init))
      .linear(DoubleTensor(shape: weight.shape, values: weight.values.map(Double.init)))
    #expect(relativeDeviation(found.values, expected.values) <= 1e-6)
  }
}
