internal import CVectorKernels

/// Four random words that depend on nothing but `counter` and `key` (Philox4x32-10).
func philox(_ counter: SIMD4<UInt32>, key: SIMD2<UInt32>) -> SIMD4<UInt32> {
  var result = SIMD4<UInt32>()
  withUnsafeBytes(of: counter) { counter in
    withUnsafeBytes(of: key) { key in
      withUnsafeMutableBytes(of: &result) { result in
        guard let c = counter.bindMemory(to: UInt32.self).baseAddress,
          let k = key.bindMemory(to: UInt32.self).baseAddress,
          let r = result.bindMemory(to: UInt32.self).baseAddress
        else { return }
        mdlm_philox(c, k, r)
      }
    }
  }
  return result
}
