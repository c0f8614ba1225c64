/// One block of the network: attention and a two-layer MLP, each normalized, modulated and gated by
/// the conditioning (adaLN-Zero; Peebles & Xie 2023, arXiv 2212.09748).
enum DiffusionTransformerBlock {
  static func addParameters(
    to layout: inout ParameterLayout, block: Int, _ sizes: DiffusionTransformerConfiguration
  ) {
    let (width, path) = (sizes.hiddenSize, "blocks.\(block).")
    layout.add(path + "norm1.weight", [width], .ones)
    layout.add(path + "attn_qkv.weight", [3 * width, width], .linear(fanIn: width))
    layout.add(path + "attn_out.weight", [width, width], .linear(fanIn: width))
    layout.add(path + "norm2.weight", [width], .ones)
    layout.add(path + "mlp.0.weight", [4 * width, width], .linear(fanIn: width))
    layout.add(path + "mlp.0.bias", [4 * width], .linear(fanIn: width))
    layout.add(path + "mlp.2.weight", [width, 4 * width], .linear(fanIn: 4 * width))
    layout.add(path + "mlp.2.bias", [width], .linear(fanIn: 4 * width))
    // Zero gates: at first every block is the identity.
    layout.add(
      path + "adaLN_modulation.weight", [6 * width, sizes.conditioningSize], .zeros)
    layout.add(path + "adaLN_modulation.bias", [6 * width], .zeros)
  }

  /// What a block needs beside its input and parameters.
  struct Context {
    let sizes: DiffusionTransformerConfiguration
    let length: Int
    let rotary: RotaryTable
    /// `[groups, conditioningSize]`.
    let conditioning: Tensor
    let groups: RowGroups
    let block: Int
  }

  /// Returns the block's output for `x`, both `[sequences · length, hiddenSize]`.
  static func forward(_ x: Tensor, _ parameters: ModuleParameters, _ context: Context) -> Tensor {
    let (width, groups) = (context.sizes.hiddenSize, context.groups)
    let modulation = parameters.linear("adaLN_modulation", context.conditioning)
    func chunk(_ index: Int) -> ColumnSlice { ColumnSlice(modulation, chunk: index, width: width) }

    let device = x.device
    let middle = device.during(.attention) {
      let normalized = x.normalized(
        weight: parameters["norm1.weight"],
        modulation: Modulation(shift: chunk(0), scale: chunk(1), groups: groups))
      let attention = Tensor.selfAttention(
        consuming: parameters.linear("attn_qkv", normalized, bias: false),
        length: context.length, heads: context.sizes.headCount, rotary: context.rotary)
      let mixed = dropped(
        parameters.linear("attn_out", attention, bias: false), .attentionDropout, parameters,
        context)
      return x.adding(mixed, gate: chunk(2), groups: groups)
    }
    return device.during(.mlp) {
      let normalized = middle.normalized(
        weight: parameters["norm2.weight"],
        modulation: Modulation(shift: chunk(3), scale: chunk(4), groups: groups))
      let expanded = parameters.linear("mlp.0", normalized, activation: .gelu)
      let contracted = dropped(
        parameters.linear("mlp.2", expanded), .feedForwardDropout, parameters, context)
      return middle.adding(contracted, gate: chunk(5), groups: groups)
    }
  }

  /// Drops a share of a branch's output before its gate, in training.
  private static func dropped(
    _ branch: Tensor, _ stream: RandomStream, _ parameters: ModuleParameters, _ context: Context
  ) -> Tensor {
    guard let dropout = parameters.pass.dropout, context.sizes.dropout > 0 else { return branch }
    // Blocks share a stream: a step has room for a thousand of them.
    let key = RandomKey(
      seed: dropout.seed, stream: stream, step: dropout.step * 1024 + context.block)
    let addresses = (0..<branch.rows).map { UInt32(truncatingIfNeeded: dropout.firstRow + $0) }
    return branch.dropout(context.sizes.dropout, key: key, addresses: addresses)
  }
}
