@testable import MDLM

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A source of known entropy: each symbol repeats the one before it, or with probability `flip` is
/// any of the others; the first is uniform.
struct MarkovSource: Sendable {
  let symbols: Int
  let flip: Double

  /// The entropy of a row of `length` symbols over its length, in nats.
  func entropy(length: Int) -> Double {
    let step =
      -flip * log(flip / Double(symbols - 1)) - (1 - flip) * log(1 - flip)
    return (log(Double(symbols)) + Double(length - 1) * step) / Double(length)
  }

  func rows(_ count: Int, length: Int, seed: UInt64) -> TokenRows {
    var random = SplitMix64(seed)
    let tokens = (0..<count).flatMap { _ -> [Int32] in
      var symbol = Int.random(in: 0..<symbols, using: &random)
      return (0..<length).map { position in
        if position > 0 && Double.random(in: 0..<1, using: &random) < flip {
          symbol = (symbol + Int.random(in: 1..<symbols, using: &random)) % symbols
        }
        return Int32(symbol)
      }
    }
    return TokenRows(length: length, tokens: tokens)
  }
}
