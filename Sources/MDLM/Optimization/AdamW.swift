internal import CVectorKernels

#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// Adam with decoupled weight decay (Loshchilov & Hutter 2019), in PyTorch's arithmetic, with the
/// moving average of the weights in the same pass over memory.
public struct AdamW: Sendable {
  /// The constants that a run fixes.
  public struct Settings: Equatable, Sendable {
    public var beta1 = 0.9
    public var beta2 = 0.999
    public var epsilon = 1e-8
    public var weightDecay = 0.0
    /// Gradients are scaled down so that their global norm is at most this; nil never scales.
    public var gradientClip: Double? = 1

    public init() {}
  }

  public let settings: Settings
  /// Steps taken so far.
  public internal(set) var stepCount = 0
  let first: Storage
  let second: Storage
  let layout: ParameterLayout

  /// Creates the optimizer of `parameters` with zero moments.
  public init(_ settings: Settings, for parameters: ParameterStore) {
    self.settings = settings
    layout = parameters.layout
    first = Storage(layout.count, on: parameters.device)
    second = Storage(layout.count, on: parameters.device)
    first.pointer.update(repeating: 0, count: layout.count)
    second.pointer.update(repeating: 0, count: layout.count)
  }

  /// The running means of the gradients, by parameter.
  public var firstMoments: [NamedTensor] { layout.windows(on: first) }
  /// The running means of the squared gradients, by parameter.
  public var secondMoments: [NamedTensor] { layout.windows(on: second) }

  /// Changes the parameters by one step along their gradients, and moves the average after them.
  ///
  /// - Parameters:
  ///   - parameters: Values and gradients; the gradients are left as they are.
  ///   - learningRate: Of this step.
  ///   - gradientNorm: The global norm of the gradients (``ParameterStore/gradientNorm()``), which
  ///     clipping compares with its limit.
  ///   - average: The moving average and its decay for this step, or nil.
  public mutating func step(
    _ parameters: ParameterStore, learningRate: Double, gradientNorm: Double,
    average: (weights: ParameterStore, decay: Double)? = nil
  ) {
    guard let gradients = parameters.gradients else {
      fatalError("[AdamW] the parameters have no gradients")
    }
    stepCount += 1
    // torch.nn.utils.clip_grad_norm_: factor min(1, c / (norm + 1e-6)).
    let clip = settings.gradientClip.map { min(1, $0 / (gradientNorm + 1e-6)) } ?? 1
    let constants = mdlm_adamw_settings(
      decay: Float(1 - learningRate * settings.weightDecay),
      step_size: Float(learningRate / (1 - pow(settings.beta1, Double(stepCount)))),
      toward_first: Float(1 - settings.beta1), beta2: Float(settings.beta2),
      toward_second: Float(1 - settings.beta2),
      correction: Float((1 - pow(settings.beta2, Double(stepCount))).squareRoot()),
      epsilon: Float(settings.epsilon), gradient_scale: Float(clip),
      toward_ema: Float(1 - (average?.decay ?? 0)))
    let (start, blocks) = (layout.denseStart, layout.denseBlocks)
    let buffers = Buffers(
      values: parameters.values.pointer, first: first.pointer, second: second.pointer,
      average: average?.weights.values.pointer)
    let dense = gradients.pointer
    parameters.device.workers.forEach(blocks.blocks) { index in
      let block = blocks[index]
      buffers.step(
        start + block.lowerBound, gradients: dense + block.lowerBound, count: block.count,
        constants)
    }
    if let table = parameters.tableGradient {
      Self.step(table, buffers, constants, on: parameters.device)
    }
  }

  /// Steps every row of a table; rows that were not looked up have a gradient of zero.
  private static func step(
    _ table: TableGradient, _ buffers: Buffers, _ constants: mdlm_adamw_settings,
    on device: Device
  ) {
    let width = table.shape[1]
    let zeros = [Float](repeating: 0, count: width)
    let blocks = BlockPartition(table.shape[0], largest: 256, smallest: 16)
    zeros.withUnsafeBufferPointer { zeros in
      device.workers.forEach(blocks.blocks) { block in
        for row in blocks[block] {
          guard let gradient = table.row(row).map({ UnsafePointer($0) }) ?? zeros.baseAddress else {
            continue
          }
          buffers.step(row * width, gradients: gradient, count: width, constants)
        }
      }
    }
  }

  /// All that a step changes.
  private struct Buffers {
    let values, first, second: UnsafeMutablePointer<Float>
    let average: UnsafeMutablePointer<Float>?

    func step(
      _ start: Int, gradients: UnsafePointer<Float>, count: Int,
      _ constants: mdlm_adamw_settings
    ) {
      withUnsafePointer(to: constants) { constants in
        mdlm_adamw(
          values + start, gradients, first + start, second + start, average.map { $0 + start },
          constants, count)
      }
    }
  }
}

extension ParameterStore {
  /// √Σ g² over all gradients, summed in double precision by blocks.
  public func gradientNorm() -> Double {
    guard let gradients else { return 0 }
    let blocks = layout.denseBlocks
    var sums = [Double](repeating: 0, count: blocks.blocks)
    sums.withUnsafeMutableBufferPointer { sums in
      device.workers.forEach(blocks.blocks) { block in
        sums[block] = mdlm_sum_of_squares(
          gradients.pointer + blocks[block].lowerBound, blocks[block].count)
      }
    }
    return sums.reduce(tableGradient?.sumOfSquares() ?? 0, +).squareRoot()
  }
}
