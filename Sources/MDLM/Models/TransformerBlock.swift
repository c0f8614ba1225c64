/// One block of a transformer: attention and a two-layer MLP, each normalized and added to the
/// residual stream.
///
/// With conditioning both are modulated and gated by it (adaLN-Zero; Peebles & Xie 2023,
/// arXiv 2212.09748); without, the block is a plain pre-norm one.
enum TransformerBlock {
  static func addParameters(
    to layout: inout ParameterLayout, block: Int, _ sizes: NetworkConfiguration
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
    guard sizes.backbone.isConditioned else { return }
    // Zero gates: at first every block is the identity.
    layout.add(
      path + "adaLN_modulation.weight", [6 * width, sizes.conditioningSize], .zeros)
    layout.add(path + "adaLN_modulation.bias", [6 * width], .zeros)
  }

  /// What a block needs beside its input and parameters.
  struct Context {
    let sizes: NetworkConfiguration
    /// Every row of the batch.
    let rows: RowSelection
    let length: Int
    let rotary: RotaryTable
    let pattern: AttentionPattern
    /// `[groups, conditioningSize]`: one group for all rows, or one for each sequence; nil for a
    /// network without conditioning.
    var conditioning: Tensor?
    let block: Int

    /// Which of the selected rows share a row of conditioning.
    func groups(of selection: RowSelection) -> RowGroups {
      RowGroups(
        starts: conditioning?.rows ?? 1 == 1 ? [0, selection.rows.count] : selection.starts)
    }
  }

  /// Returns the block's output for `x`, both `[sequences · length, hiddenSize]`.
  static func forward(_ x: Tensor, _ parameters: ModuleParameters, _ context: Context) -> Tensor {
    let modulation = Modulations(parameters, context)
    return x.device.during(.attention) {
      let normalized = modulation.normalizedAttentionInput(x, parameters, context)
      let qkv = parameters.linear("attn_qkv", normalized, bias: false)
      return mix(.init(qkv), into: x, context.rows, parameters, modulation, context)
    }
  }

  /// Returns the output of the first block, where rows of the same token are equal.
  ///
  /// Half of a noised batch is masks: queries, keys and values are computed once for each token.
  /// All rows share one group of conditioning, or have none.
  ///
  /// - Parameters:
  ///   - embeddings: Those of the distinct tokens, `[distinct tokens, hiddenSize]`.
  ///   - places: Which of them stands in each row of the batch.
  ///   - parameters: The block's.
  ///   - context: All else.
  /// - Returns: `[sequences · length, hiddenSize]`.
  static func forward(
    distinct embeddings: Tensor, places: [Int32], _ parameters: ModuleParameters,
    _ context: Context
  ) -> Tensor {
    let modulation = Modulations(parameters, context)
    return embeddings.device.during(.attention) {
      let normalized = modulation.normalizedAttentionInput(embeddings, parameters, context)
      let qkv = parameters.linear("attn_qkv", normalized, bias: false).gatheringRows(places)
      return mix(
        .init(qkv), into: embeddings.gatheringRows(places), context.rows, parameters, modulation,
        context)
    }
  }

  /// Returns the output of the last block for some rows; the others serve as keys and values only.
  ///
  /// - Parameters:
  ///   - x: `[sequences · length, hiddenSize]`.
  ///   - selection: The rows that are asked for.
  ///   - parameters: The block's.
  ///   - context: All else.
  /// - Returns: `[selected rows, hiddenSize]`.
  static func forward(
    _ x: Tensor, only selection: RowSelection, _ parameters: ModuleParameters, _ context: Context
  ) -> Tensor {
    let modulation = Modulations(parameters, context)
    let width = context.sizes.hiddenSize
    return x.device.during(.attention) {
      let normalized = modulation.normalizedAttentionInput(x, parameters, context)
      let weight = "attn_qkv.weight"
      let queries = normalized.gatheringRows(selection.rows)
        .linear(parameters.rows(0..<width, of: weight))
      let keysValues = normalized.linear(parameters.rows(width..<3 * width, of: weight))
      return mix(
        .init(queries: queries, keysValues: keysValues), into: x.gatheringRows(selection.rows),
        selection, parameters, modulation, context)
    }
  }

  /// Returns the block's output for new tokens of sequences whose earlier ones are cached, for
  /// inference.
  ///
  /// - Parameters:
  ///   - x: `[sequences · new tokens, hiddenSize]`.
  ///   - caches: The keys and values of each sequence, which receive those of the new tokens.
  ///   - parameters: The block's.
  ///   - context: All else; `rows` are the new tokens.
  /// - Returns: The same shape as `x`.
  static func forward(
    _ x: Tensor, extending caches: [KeyValueCache], _ parameters: ModuleParameters,
    _ context: Context
  ) -> Tensor {
    let modulation = Modulations(parameters, context)
    return x.device.during(.attention) {
      let normalized = modulation.normalizedAttentionInput(x, parameters, context)
      let projected = Projected(parameters.linear("attn_qkv", normalized, bias: false))
      let attention = Tensor.cachedAttention(
        queries: projected.queries, keys: projected.keys, values: projected.values,
        caches: caches, layer: context.block, heads: context.sizes.headCount,
        rotary: context.rotary)
      return mix(attention, into: x, context.rows, parameters, modulation, context)
    }
  }

  private static func mix(
    _ projected: Projected, into residual: Tensor, _ selection: RowSelection,
    _ parameters: ModuleParameters, _ modulation: Modulations, _ context: Context
  ) -> Tensor {
    let attention = Tensor.attention(
      queries: projected.queries, keys: projected.keys, values: projected.values,
      selection: selection, length: context.length, heads: context.sizes.headCount,
      rotary: context.rotary, pattern: context.pattern)
    return mix(attention, into: residual, selection, parameters, modulation, context)
  }

  /// The projection of attention and the MLP, each added to the residual stream of some rows.
  private static func mix(
    _ attention: Tensor, into residual: Tensor, _ selection: RowSelection,
    _ parameters: ModuleParameters, _ modulation: Modulations, _ context: Context
  ) -> Tensor {
    let middle = add(
      "attn_out", of: attention, bias: false, to: residual, gate: modulation.gate(2),
      .attentionDropout, selection, parameters, context)
    return middle.device.during(.mlp) {
      let normalized = middle.normalized(
        weight: parameters["norm2.weight"],
        modulation: modulation.modulation(3, context.groups(of: selection)))
      let expanded = parameters.linear("mlp.0", normalized, activation: .gelu)
      return add(
        "mlp.2", of: expanded, bias: true, to: middle, gate: modulation.gate(5),
        .feedForwardDropout, selection, parameters, context)
    }
  }

  /// Queries, keys and values, in one tensor or two.
  private struct Projected {
    let queries: ColumnSlice
    let keys: ColumnSlice
    let values: ColumnSlice

    init(_ qkv: Tensor) {
      let slices = (0..<3).map { ColumnSlice(qkv, chunk: $0, width: qkv.width / 3) }
      (queries, keys, values) = (slices[0], slices[1], slices[2])
    }

    init(queries: Tensor, keysValues: Tensor) {
      let width = queries.width
      self.queries = ColumnSlice(queries, chunk: 0, width: width)
      keys = ColumnSlice(keysValues, chunk: 0, width: width)
      values = ColumnSlice(keysValues, chunk: 1, width: width)
    }
  }

  /// The block's six vectors of shifts, scales and gates: attention's three, then the MLP's; none
  /// without conditioning.
  private struct Modulations {
    private let tensor: Tensor?
    private let width: Int

    init(_ parameters: ModuleParameters, _ context: Context) {
      tensor = context.conditioning.map { parameters.linear("adaLN_modulation", $0) }
      width = context.sizes.hiddenSize
    }

    func gate(_ index: Int) -> ColumnSlice? {
      tensor.map { ColumnSlice($0, chunk: index, width: width) }
    }

    /// The shift in chunk `index`, and the scale in the next.
    func modulation(_ index: Int, _ groups: RowGroups) -> Modulation? {
      tensor.map {
        Modulation(
          shift: ColumnSlice($0, chunk: index, width: width),
          scale: ColumnSlice($0, chunk: index + 1, width: width), groups: groups)
      }
    }

    func normalizedAttentionInput(
      _ x: Tensor, _ parameters: ModuleParameters, _ context: Context
    ) -> Tensor {
      x.normalized(
        weight: parameters["norm1.weight"],
        modulation: modulation(
          0,
          tensor?.rows ?? 1 == 1
            ? RowGroups(rows: x.rows, groups: 1) : context.groups(of: context.rows)))
    }
  }

  /// Returns `residual + gate · dropout(linear(input))`, the gate being 1 where there is none.
  private static func add(
    _ linear: String, of input: Tensor, bias: Bool, to residual: Tensor, gate: ColumnSlice?,
    _ stream: RandomStream, _ selection: RowSelection, _ parameters: ModuleParameters,
    _ context: Context
  ) -> Tensor {
    let dropout = context.sizes.dropout > 0 ? parameters.pass.dropout : nil
    if dropout == nil && gate?.tensor.rows ?? 1 == 1 {
      return residual.addingLinear(
        input, parameters[linear + ".weight"], bias: bias ? parameters[linear + ".bias"] : nil,
        gate: gate)
    }
    var branch = parameters.linear(linear, input, bias: bias)
    if let dropout {
      // Blocks share a stream: a step has room for a thousand of them.
      let key = RandomKey(
        seed: dropout.seed, stream: stream, step: dropout.step * 1024 + context.block)
      branch = branch.dropout(
        context.sizes.dropout, key: key,
        addresses: selection.rows.map { UInt32(truncatingIfNeeded: dropout.firstRow + Int($0)) })
    }
    guard let gate else { return residual.adding(branch) }
    return residual.adding(branch, gate: gate, groups: context.groups(of: selection))
  }
}
