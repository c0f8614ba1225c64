internal import CVectorKernels

extension Tensor {
  /// Returns x · sigmoid(x), element by element.
  public func silu() -> Tensor {
    let result = Tensor(uninitialized: shape, on: device)
    mdlm_silu(pointer, result.pointer, count)
    return result.recorded("silu", [self]) { upstream, gradients in
      gradients.add(to: self) { gradient, beta in
        mdlm_silu_backward(pointer, upstream.pointer, gradient, beta == 0 ? 0 : 1, count)
      }
    }
  }
}
