/// What a run through the network is for: training records a tape and drops activations, inference
/// does neither.
public struct ForwardPass: Sendable {
  var recordsGradients: Bool
  /// Whether the loss will be differentiated as it is, so that the output layer can add its gradients
  /// while the logits are there.
  let hasFinalLoss: Bool
  /// Whether blocks keep their input only and are computed again for the backward pass.
  var checkpointsActivations = false
  /// Decides which activations are dropped; nil keeps all.
  let dropout: Dropout?

  struct Dropout: Sendable {
    let seed: UInt64
    let step: Int
    /// The address of the batch's first row, so that a micro-batch draws what the whole would.
    let firstRow: Int
  }

  /// Computes values only.
  public static let inference = ForwardPass(
    recordsGradients: false, hasFinalLoss: false, dropout: nil)
  /// Records gradients and drops nothing: what gradient checks and comparisons need.
  public static let deterministicTraining = ForwardPass(
    recordsGradients: true, hasFinalLoss: false, dropout: nil)

  /// Records gradients and drops activations.
  ///
  /// ``Tensor/backward()`` must be called on the loss itself, and always: the gradients of the output
  /// layer's weights are added before.
  ///
  /// - Parameters:
  ///   - seed: The run's seed.
  ///   - step: The optimizer step.
  ///   - firstSequence: The number of this micro-batch's first sequence in its batch.
  ///   - length: Tokens in a sequence.
  ///   - checkpointsActivations: Whether blocks keep their input only and are computed again for the
  ///     backward pass.
  /// - Returns: A pass that draws what the whole batch would draw for these sequences.
  public static func training(
    seed: UInt64, step: Int, firstSequence: Int, length: Int,
    checkpointsActivations: Bool = false
  ) -> ForwardPass {
    ForwardPass(
      recordsGradients: true, hasFinalLoss: true, checkpointsActivations: checkpointsActivations,
      dropout: Dropout(seed: seed, step: step, firstRow: firstSequence * length))
  }
}

/// The parameters of one module, by names relative to its path, for one forward pass.
struct ModuleParameters {
  let store: ParameterStore
  let pass: ForwardPass
  var path = ""

  /// The parameters of a part of this module.
  func at(_ part: String) -> ModuleParameters {
    ModuleParameters(store: store, pass: pass, path: path + part + ".")
  }

  subscript(name: String) -> Tensor {
    store.tensor(path + name, recording: pass.recordsGradients)
  }

  /// Some rows of the matrix `name`, as a parameter of its own.
  func rows(_ rows: Range<Int>, of name: String) -> Tensor {
    store.tensor(path + name, rows: rows, recording: pass.recordsGradients)
  }

  /// Applies the linear layer `name`, with a bias if it has one.
  func linear(
    _ name: String, _ input: Tensor, bias: Bool = true, activation: Activation = .none
  ) -> Tensor {
    input.linear(
      self[name + ".weight"], bias: bias ? self[name + ".bias"] : nil, activation: activation)
  }
}
