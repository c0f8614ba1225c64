/// The ways to put a number on how likely a model makes text.
///
/// A new one is a case here, with what it estimates, and a type of its own that says which noised
/// copies of a row the network sees.
public enum LikelihoodEstimator: String, CaseIterable, Sendable {
  /// One time and one mask for each row and replicate, as the official code evaluates.
  case official
  /// Four masks for each row and replicate, stratified over the number of masked tokens.
  case stratified
  /// One log-uniform mask probability and one mask for each row and replicate.
  case importance
  /// The chain rule from the first token to the last, with all later positions masked.
  case leftToRight = "left-to-right"
  /// The chain rule in the order in which the model is surest, the first of equally sure positions
  /// (DUEL, arXiv 2603.01367).
  case confidenceOrder = "confidence-order"
  /// What an autoregressive network gives every token but the first of a row, from those before it.
  case nextToken = "next-token"

  /// What its mean over all draws is, in words.
  public var target: String {
    switch self {
    case .official: "the NELBO averaged over times from 0.001 to 1"
    case .stratified: "the NELBO in continuous time, without truncation"
    case .importance:
      "the NELBO integrated over mask probabilities from 0.0009995 to the schedule's last"
    case .leftToRight: "−log p, exact, of generation from left to right"
    case .confidenceOrder: "−log p, exact, of generation by greatest confidence first"
    case .nextToken: "−log p, exact, of each token from those before it in its row"
    }
  }

  /// Which of a parameterization's figures are published: its bound, or −log p itself.
  public static func official(for parameterization: Parameterization) -> LikelihoodEstimator {
    parameterization == .ar ? .nextToken : .official
  }

  /// Whether it can measure such a model.
  ///
  /// All but the official one take the network's outputs for p(x_0 | x_t), the mask left out.
  public func measures(_ parameterization: Parameterization) -> Bool {
    switch self {
    case .official: parameterization != .ar
    case .nextToken: parameterization == .ar
    case .stratified, .importance, .leftToRight, .confidenceOrder: parameterization == .subs
    }
  }

  /// Whether it draws nothing at random, so that the rows alone decide the figure.
  ///
  /// Its figure is an exact −log p of one way to generate, neither above nor below every NELBO.
  public var isDeterministic: Bool {
    switch self {
    case .official, .stratified, .importance: false
    case .leftToRight, .confidenceOrder, .nextToken: true
    }
  }

  /// Whether the draws of a replicate depend on each other across rows; the Monte-Carlo error then
  /// follows from replicates as a whole, else from every row's own.
  var couplesRows: Bool {
    switch self {
    case .official, .importance: true
    case .stratified, .leftToRight, .confidenceOrder, .nextToken: false
    }
  }

  /// The noised copies that the network sees in a replicate; nil where they depend on its answers, and
  /// where the objective itself is measured.
  func draws(of replicate: Replicate) -> (any ReplicateDraws)? {
    switch self {
    case .official, .nextToken: nil
    case .stratified: MaskCountDraws(replicate)
    case .importance: ImportanceDraws(replicate)
    case .leftToRight: LeftToRightDraws(replicate)
    case .confidenceOrder: nil
    }
  }
}
