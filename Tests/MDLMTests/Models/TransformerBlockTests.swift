import Testing

@testable import MDLM

/// One block and its gradients against the oracle.
struct TransformerBlockTests {
  private let sizes = NetworkConfiguration(
    vocabularySize: 2, length: 4, hiddenSize: 6, blockCount: 1, headCount: 1, conditioningSize: 5,
    dropout: 0)
  private let device = Device(threads: 2)

  /// The three ways through a block; which rows of the batch `x` holds, and which the result.
  enum Way: String, CaseIterable {
    case whole
    /// The first block: rows of equal tokens are given once.
    case distinct
    /// The last block: some rows are asked for.
    case selected
  }
  private static let places: [Int32] = [0, 1, 1, 2, 0, 0, 3, 1, 1, 1, 4, 0]
  private static let selected: [Int32] = [1, 2, 8, 11]

  /// One group of conditioning for all rows, or one for each sequence.
  @Test(
    .releaseOnly,
    arguments: [(1, Way.whole), (3, .whole), (1, .distinct), (1, .selected), (3, .selected)])
  func gradientsAgreeWithTheOracle(groups: Int, way: Way) {
    let rows = 3 * sizes.length
    var layout = ParameterLayout()
    TransformerBlock.addParameters(to: &layout, block: 0, sizes)
    let store = ParameterStore(layout, on: device, withGradients: true)
    store.randomize(seed: 31)

    var random = SplitMix64(37)
    let inputRows = way == .distinct ? 5 : rows
    let inputs = [[inputRows, sizes.hiddenSize], [groups, sizes.conditioningSize]].map { shape in
      Tensor(random.floats(shape.reduce(1, *)), shape: shape, on: device)
    }
    let accumulators = inputs.map { Tensor(repeating: 0, shape: $0.shape, on: device) }
    let leaves = zip(inputs, accumulators).map { $0.variable(named: "input", accumulator: $1) }
    let output = forward(way, leaves[0], conditioning: leaves[1], store)
    let upstream = random.floats(output.count)
    (output * Tensor(upstream, shape: output.shape, on: device)).sum().backward()

    let names = ["x", "conditioning"] + store.parameters.map(\.name)
    let values = inputs.map(double) + store.doubles
    let gradients = accumulators.map(\.values) + store.gradientValues
    func oracle(_ values: [DoubleTensor]) -> DoubleTensor {
      let x = way == .distinct ? values[0].gatheringRows(Self.places) : values[0]
      let result = NetworkOracle(sizes, names: Array(names[2...]), values: Array(values[2...]))
        .block(0, x, values[1], length: sizes.length) { $0 * groups / rows }
      return way == .selected ? result.gatheringRows(Self.selected) : result
    }
    #expect(relativeDeviation(output.values, oracle(values).values) <= GradientCheck.tolerance)
    for index in names.indices {
      GradientCheck.compare(
        names[index], gradients[index], at: index, of: values,
        tolerance: 2 * GradientCheck.tolerance, random: &random
      ) { zip(oracle($0).values, upstream).reduce(0) { $0 + $1.0 * Double($1.1) } }
    }
  }

  private func forward(
    _ way: Way, _ x: Tensor, conditioning: Tensor, _ store: ParameterStore
  ) -> Tensor {
    let parameters = ModuleParameters(store: store, pass: .deterministicTraining).at("blocks.0")
    let context = TransformerBlock.Context(
      sizes: sizes, rows: RowSelection(allOf: 3, length: sizes.length), length: sizes.length,
      rotary: RotaryTable(length: sizes.length, headSize: sizes.headSize), pattern: .full,
      conditioning: conditioning, block: 0)
    return switch way {
    case .whole: TransformerBlock.forward(x, parameters, context)
    case .distinct:
      TransformerBlock.forward(distinct: x, places: Self.places, parameters, context)
    case .selected:
      TransformerBlock.forward(
        x, only: RowSelection(Self.selected, sequences: 3, length: sizes.length), parameters,
        context)
    }
  }

  private func double(_ tensor: Tensor) -> DoubleTensor {
    DoubleTensor(shape: tensor.shape, values: tensor.values.map(Double.init))
  }
}
