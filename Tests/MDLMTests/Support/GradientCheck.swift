import Testing

@testable import MDLM

/// One operation under test: one line of a table.
struct Operation: Sendable, CustomTestStringConvertible {
  let name: String
  /// The shape of every input; each is filled with fixed pseudo-random numbers and gets its gradient
  /// checked.
  let inputs: [[Int]]
  /// The library's operation.
  let operation: @Sendable ([Tensor]) -> Tensor
  /// The same in double precision, from its definition.
  let oracle: @Sendable ([DoubleTensor]) -> DoubleTensor

  init(
    _ name: String, _ inputs: [[Int]], _ operation: @escaping @Sendable ([Tensor]) -> Tensor,
    oracle: @escaping @Sendable ([DoubleTensor]) -> DoubleTensor
  ) {
    self.name = name
    self.inputs = inputs
    self.operation = operation
    self.oracle = oracle
  }

  var testDescription: String { "\(name) \(inputs)" }
}

/// Compares an operation and its pullback with a Double oracle and the oracle's central differences.
enum GradientCheck {
  /// Of a tensor's largest magnitude.
  ///
  /// A sum of n products of order one errs by about √n · 6e-8 in
  /// single precision; the sums here have up to a few hundred terms, in two or three stages.
  static let tolerance = 5e-6
  /// The truncation error, of order step², and the rounding error, 1e-16 / step, are both far below
  /// the tolerance.
  static let step = 1e-5
  /// Elements of one input that are checked one by one; a larger input is checked at as many places
  /// and along one direction that moves all its elements.
  static let checkedElements = 24

  static func run(_ test: Operation, on device: Device = Device(threads: 2)) {
    var random = SplitMix64(17)
    let inputs = test.inputs.map { shape in
      (shape: shape, values: random.floats(shape.reduce(1, *)))
    }
    let doubles = inputs.map { DoubleTensor(shape: $0.shape, values: $0.values.map(Double.init)) }
    let expected = test.oracle(doubles)
    let upstream = random.floats(expected.values.count)

    let all = Set(inputs.indices)
    let (output, gradients) = gradients(test, inputs, upstream, of: all, on: device)
    #expect(output.shape == expected.shape)
    let deviation = relativeDeviation(output.values, expected.values)
    #expect(deviation <= tolerance, "\(test.name): forward deviates by \(deviation)")

    for input in inputs.indices {
      let alone = Self.gradients(test, inputs, upstream, of: [input], on: device).gradients[input]
      #expect(
        alone == gradients[input], "\(test.name): input \(input) differs when it is the only one")
      compare(
        "\(test.name), input \(input)", gradients[input], at: input, of: doubles, random: &random
      ) { inputs in
        zip(test.oracle(inputs).values, upstream).reduce(0) { $0 + $1.0 * Double($1.1) }
      }
    }
  }

  /// The output, and the gradients of Σ output · upstream with respect to the inputs in `wanted`.
  private static func gradients(
    _ test: Operation, _ inputs: [(shape: [Int], values: [Float])], _ upstream: [Float],
    of wanted: Set<Int>, on device: Device
  ) -> (output: Tensor, gradients: [[Float]]) {
    let accumulators = inputs.map { Tensor(repeating: 0, shape: $0.shape, on: device) }
    let leaves = inputs.enumerated().map { index, input in
      let tensor = Tensor(input.values, shape: input.shape, on: device)
      guard wanted.contains(index) else { return tensor }
      return tensor.variable(named: "\(index)", accumulator: accumulators[index])
    }
    let output = test.operation(leaves)
    (output * Tensor(upstream, shape: output.shape, on: device)).sum().backward()
    return (output, accumulators.map(\.values))
  }

  /// Compares a gradient with central differences of `scalar`.
  static func compare(
    _ name: String, _ gradient: [Float], at input: Int, of inputs: [DoubleTensor],
    tolerance: Double = tolerance, random: inout SplitMix64, _ scalar: ([DoubleTensor]) -> Double
  ) {
    func slope(_ direction: [(index: Int, amount: Double)]) -> Double {
      var (above, below) = (inputs, inputs)
      for (index, amount) in direction {
        above[input].values[index] += amount * step
        below[input].values[index] -= amount * step
      }
      return (scalar(above) - scalar(below)) / (2 * step)
    }
    let scale = gradient.reduce(0) { max($0, abs(Double($1))) }
    let isSmall = gradient.count <= checkedElements
    let places =
      isSmall
      ? Array(gradient.indices)
      : (0..<checkedElements).map { _ in Int.random(in: gradient.indices, using: &random) }
    // Below this, a gradient is zero but for the differences' own rounding.
    let floor = 1e-9
    for place in places {
      let expected = slope([(place, 1)])
      #expect(
        abs(Double(gradient[place]) - expected) <= tolerance * max(scale, abs(expected)) + floor,
        "\(name)[\(place)]: \(gradient[place]), expected \(expected)")
    }
    guard !isSmall else { return }
    let direction = gradient.indices.map { (index: $0, amount: random.next() % 2 == 0 ? 1.0 : -1) }
    let found = zip(gradient, direction).reduce(0) { $0 + Double($1.0) * $1.1.amount }
    let expected = slope(direction)
    // Errors of n elements that do not know of each other add up like √n.
    let allowed = tolerance * scale * Double(gradient.count).squareRoot() + floor
    #expect(
      abs(found - expected) <= allowed, "\(name), all elements: \(found), expected \(expected)")
  }
}
