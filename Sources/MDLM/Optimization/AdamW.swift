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
    var constants = mdlm_adamw_settings(
      decay: Float(1 - learningRate * settings.weightDecay),
      step_size: Float(learningRate / (1 - pow(settings.beta1, Double(stepCount)))),
      toward_first: Float(1 - settings.beta1), beta2: Float(settings.beta2),
      toward_second: Float(1 - settings.beta2),
      correction: Float((1 - pow(settings.beta2, Double(stepCount))).squareRoot()),
      epsilon: Float(settings.epsilon), gradient_scale: Float(clip),
      toward_ema: Float(1 - (average?.decay ?? 0)))
    let values = parameters.values
    let blocks = BlockPartition(layout.count, largest: 1 << 16, smallest: 1 << 12)
    values.device.workers.forEach(blocks.blocks) { block in
      let start = blocks[block].lowerBound
      mdlm_adamw(
        values.pointer + start, gradients.pointer + start, first.pointer + start,
        second.pointer + start, average.map { $0.weights.values.pointer + start }, &constants,
        blocks[block].count)
    }
  }
}

extension ParameterStore {
  /// √Σ g² over all gradients, summed in double precision by blocks.
  public func gradientNorm() -> Double {
    guard let gradients else { return 0 }
    let blocks = BlockPartition(layout.count, largest: 1 << 16, smallest: 1 << 12)
    var sums = [Double](repeating: 0, count: blocks.blocks)
    sums.withUnsafeMutableBufferPointer { sums in
      device.workers.forEach(blocks.blocks) { block in
        sums[block] = mdlm_sum_of_squares(
          gradients.pointer + blocks[block].lowerBound, blocks[block].count)
      }
    }
    return sums.reduce(0, +).squareRoot()
  }
}
