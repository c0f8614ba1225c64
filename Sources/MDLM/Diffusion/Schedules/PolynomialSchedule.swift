#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// α(t) = (1 − 2ε)(1 − t^N) + ε with ε = 0.0001: a share t^N is masked, but for the ε at both ends.
///
/// `polyN` of MD4 (arXiv 2406.04329). A share ε of the tokens is masked at time 0 already, which keeps
/// the weight finite there for N ≥ 1.
public struct PolynomialSchedule: SurvivalSchedule {
  /// The share of tokens that survives to time 1, and that is masked at time 0.
  public let epsilon = 1e-4
  /// N.
  public let degree: Double

  public static let usualDegree = 2.0

  /// Requires degree > 0.
  public init(degree: Double = usualDegree) {
    require(degree > 0 && degree.isFinite, "[PolynomialSchedule] degree \(degree)")
    self.degree = degree
  }

  public func survival(at time: Double) -> Double {
    // 1 − t^N, which keeps its digits near time 1.
    epsilon - (1 - 2 * epsilon) * expm1(degree * log(time))
  }

  public func survivalDecline(at time: Double) -> Double {
    (1 - 2 * epsilon) * degree * pow(time, degree - 1)
  }

  public func maskProbability(at time: Double) -> Double {
    epsilon + (1 - 2 * epsilon) * pow(time, degree)
  }

  public func time(totalNoise: Double) -> Double {
    let masked = (-expm1(-totalNoise) - epsilon) / (1 - 2 * epsilon)
    let left = (exp(-totalNoise) - epsilon) / (1 - 2 * epsilon)
    // log t^N, from the smaller of the two shares.
    return exp((masked < 0.5 ? log(max(masked, 0)) : log1p(-max(left, 0))) / degree)
  }
}
