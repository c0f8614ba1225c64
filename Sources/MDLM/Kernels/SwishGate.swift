internal import CVectorKernels

/// y = gate · sigmoid(gate) · x, element by element: the middle of a SwiGLU layer (arXiv 2002.05202).
func swishGate(
  _ gate: UnsafePointer<Float>, times x: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>,
  count: Int
) {
  mdlm_silu(gate, y, count)
  for index in 0..<count { y[index] *= x[index] }
}
