internal import CVectorKernels

/// A weighted loss and the loss of each row that it sums.
struct RowLosses {
  /// Σ weight · loss, a scalar.
  let total: Tensor
  /// The loss of each row without its weight, in nats: for the cross-entropy −log p(target).
  let losses: [Float]
  /// −log of the largest probability of each row, in nats.
  let lowest: [Float]
}

extension Tensor {
  /// Projects rows of features on the vocabulary and sums their weighted losses.
  ///
  /// The logits of a block of rows exist only while its softmax, loss and gradients are computed.
  ///
  /// - Parameters:
  ///   - weight: `[vocabulary, width]`.
  ///   - bias: `[vocabulary]`.
  ///   - targets: The right token of each row.
  ///   - rowWeights: What each row's loss counts in the sum.
  ///   - excluded: A token that never is the answer and gets probability 0: SUBS's mask.
  ///   - loss: How logits become a loss.
  ///   - isFinal: The sum will be differentiated as it is, with factor 1. The gradients of weight and
  ///     bias are then added to their accumulators right here.
  /// - Returns: The sum, and each row's loss.
  func vocabularyLoss(
    weight: Tensor, bias: Tensor, targets: [Int32], rowWeights: [Float], excluding excluded: Int?,
    _ loss: any LogitLoss = CrossEntropyLoss(), isFinal: Bool = false
  ) -> RowLosses {
    let vocabulary = weight.rows
    require(
      weight.width == width && bias.count == vocabulary && targets.count == rows
        && rowWeights.count == rows,
      "[vocabularyLoss] features \(shape), weight \(weight.shape), \(targets.count) targets")
    require(
      targets.allSatisfy { $0 >= 0 && $0 < vocabulary && Int($0) != excluded },
      "[vocabularyLoss] a target outside the \(vocabulary) tokens, or the excluded one")
    let recording = wantsGradient || weight.wantsGradient || bias.wantsGradient
    // Where gradients are added up: at once in an accumulator, or in a tensor until backward().
    let saved = [self, weight, bias].map { input in
      isFinal ? input.node?.accumulator ?? input.zeroGradient() : input.zeroGradient()
    }
    // The loss of every row, then −log of its largest probability.
    var scores = [Float](repeating: 0, count: 2 * rows)
    let total = targets.withUnsafeBufferPointer { targets in
      rowWeights.withUnsafeBufferPointer { weights in
        scores.withUnsafeMutableBufferPointer { scores in
          if let targets = targets.baseAddress, let weights = weights.baseAddress,
            let scores = scores.baseAddress
          {
            HeadKernels(
              features: pointer, weight: weight.pointer, bias: bias.pointer, targets: targets,
              excluded: excluded ?? -1, loss: loss, rows: rows, width: width,
              vocabulary: vocabulary, device: device
            ).run(
              HeadKernels.Scores(losses: scores, lowest: scores + rows),
              gradients: recording
                ? HeadKernels.Gradients(
                  rowWeights: weights, features: saved[0]?.pointer, weight: saved[1]?.pointer,
                  bias: saved[2]?.pointer) : nil)
          }
          return zip(weights, scores).reduce(0.0) { $0 + Double($1.0) * Double($1.1) }
        }
      }
    }
    let scalar = Tensor(repeating: Float(total), shape: [], on: device)
    let inputs = [self, weight, bias]
    let recorded = scalar.recorded("vocabularyLoss", inputs) { upstream, gradients in
      require(
        !isFinal || upstream.scalar == 1,
        "[vocabularyLoss] a final loss with the factor \(upstream.scalar)")
      for (input, gradient) in zip(inputs, saved) {
        guard let gradient, !isFinal || input.node?.accumulator == nil else { continue }
        gradients.addScaled(gradient, by: upstream.scalar, to: input)
      }
    }
    return RowLosses(
      total: recorded, losses: Array(scores[..<rows]), lowest: Array(scores[rows...]))
  }

  private func zeroGradient() -> Tensor? {
    wantsGradient ? Tensor(repeating: 0, shape: shape, on: device) : nil
  }
}

extension Gradients {
  /// Adds `factor · gradient`, which the caller gives up.
  fileprivate func addScaled(_ gradient: Tensor, by factor: Float, to input: Tensor) {
    if factor == 1 {
      pass(gradient, to: input)
    } else {
      addOntoZero(to: input) { mdlm_accumulate(gradient.pointer, factor, $0, gradient.count) }
    }
  }
}
