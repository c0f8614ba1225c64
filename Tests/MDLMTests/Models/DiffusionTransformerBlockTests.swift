import Testing

@testable import MDLM

/// One block and its gradients against the oracle.
struct DiffusionTransformerBlockTests {
  private let sizes = DiffusionTransformerConfiguration(
    vocabularySize: 2, length: 4, hiddenSize: 6, blockCount: 1, headCount: 1, conditioningSize: 5,
    dropout: 0)
  private let device = Device(threads: 2)

  /// One group of conditioning for all rows, or one for each sequence.
  @Test(.releaseOnly, arguments: [1, 3]) func gradientsAgreeWithTheOracle(groups: Int) {
    let rows = 3 * sizes.length
    var layout = ParameterLayout()
    DiffusionTransformerBlock.addParameters(to: &layout, block: 0, sizes)
    let store = ParameterStore(layout, on: device, withGradients: true)
    store.randomize(seed: 31)

    var random = SplitMix64(37)
    let inputs = [[rows, sizes.hiddenSize], [groups, sizes.conditioningSize]].map { shape in
      Tensor(random.floats(shape.reduce(1, *)), shape: shape, on: device)
    }
    let accumulators = inputs.map { Tensor(repeating: 0, shape: $0.shape, on: device) }
    let leaves = zip(inputs, accumulators).map { $0.variable(named: "input", accumulator: $1) }
    let output = DiffusionTransformerBlock.forward(
      leaves[0],
      ModuleParameters(store: store, pass: .deterministicTraining).at("blocks.0"),
      DiffusionTransformerBlock.Context(
        sizes: sizes, length: sizes.length,
        rotary: RotaryTable(length: sizes.length, headSize: sizes.headSize),
        conditioning: leaves[1], groups: RowGroups(rows: rows, groups: groups), block: 0))
    let upstream = random.floats(output.count)
    (output * Tensor(upstream, shape: output.shape, on: device)).sum().backward()

    let names = ["x", "conditioning"] + store.parameters.map(\.name)
    let values = inputs.map(double) + store.doubles
    let gradients = accumulators.map(\.values) + store.gradientValues
    func oracle(_ values: [DoubleTensor]) -> DoubleTensor {
      NetworkOracle(sizes, names: Array(names[2...]), values: Array(values[2...])).block(
        0, values[0], values[1], length: sizes.length
      ) { $0 * groups / rows }
    }
    #expect(relativeDeviation(output.values, oracle(values).values) <= GradientCheck.tolerance)
    for index in names.indices {
      GradientCheck.compare(
        names[index], gradients[index], at: index, of: values,
        tolerance: 2 * GradientCheck.tolerance, random: &random
      ) { zip(oracle($0).values, upstream).reduce(0) { $0 + $1.0 * Double($1.1) } }
    }
  }

  private func double(_ tensor: Tensor) -> DoubleTensor {
    DoubleTensor(shape: tensor.shape, values: tensor.values.map(Double.init))
  }
}
