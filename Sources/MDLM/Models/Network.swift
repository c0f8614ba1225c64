/// A denoiser with weights that can be trained, saved and read: what configurations call a backbone.
public protocol Network: Denoiser, AnyObject {
  /// Its sizes.
  var configuration: NetworkConfiguration { get }
  /// The weights; two networks may share them.
  var parameters: ParameterStore { get }
}

/// A type of networks, which ``Backbone`` names.
protocol NetworkArchitecture: Network {
  /// Creates a network with all weights at zero.
  ///
  /// - Parameters:
  ///   - configuration: Its sizes.
  ///   - device: Where it computes.
  ///   - trainable: Whether room for gradients is kept.
  init(_ configuration: NetworkConfiguration, on device: Device, trainable: Bool)

  /// The names and shapes of the parameters of a network of these sizes.
  static func layout(_ sizes: NetworkConfiguration) -> ParameterLayout
}

extension Network {
  public var vocabularySize: Int { configuration.vocabularySize }
  public var length: Int { configuration.length }
  public var conditionsOnTime: Bool { configuration.timeConditioning }
}

/// The kinds of networks, by their names in the official code's configurations.
///
/// A new one is a case here, which names its type, and a file with that type, which conforms to
/// `NetworkArchitecture`.
public enum Backbone: String, CaseIterable, Sendable {
  /// The bidirectional transformer of MDLM with adaptive normalization.
  case dit
  /// The same blocks with causal attention and without conditioning.
  case ar

  /// The type that computes it.
  var architecture: any NetworkArchitecture.Type {
    switch self {
    case .dit: DiffusionTransformer.self
    case .ar: AutoregressiveTransformer.self
    }
  }

  /// Whether its blocks read a conditioning vector.
  var isConditioned: Bool {
    switch self {
    case .dit: true
    case .ar: false
    }
  }

  /// Whether a position knows those before it only, so that its answer is about the token that
  /// follows.
  public var isCausal: Bool {
    switch self {
    case .dit: false
    case .ar: true
    }
  }
}

extension NetworkConfiguration {
  /// Makes a network of these sizes with all weights at zero.
  ///
  /// - Parameters:
  ///   - device: Where it computes.
  ///   - trainable: Whether room for gradients is kept.
  /// - Returns: A network of the type that ``backbone`` names.
  public func network(on device: Device, trainable: Bool = false) -> any Network {
    backbone.architecture.init(self, on: device, trainable: trainable)
  }

  /// The names and shapes of its parameters.
  var layout: ParameterLayout { backbone.architecture.layout(self) }

  /// The number of trainable parameters.
  ///
  /// For `dit` VD + (256c + c) + (c² + c) + N(12D² + 13D + 6Dc) + D + VD + V + 2Dc + 2D.
  public var parameterCount: Int { layout.entries.reduce(0) { $0 + $1.count } }
}
