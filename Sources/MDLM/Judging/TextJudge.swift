/// An autoregressive language model that tells how likely it finds a text.
///
/// It reads text and not ids, so it may have another tokenizer than the model whose samples it
/// judges; generative perplexity is always per token of the judge.
///
/// A text's tokens, behind the judge's token for a beginning where it has one, are cut into
/// consecutive windows of at most ``AutoregressiveNetwork/contextLength`` tokens that do not
/// overlap, which is how the official code measures generative perplexity. The first token of a
/// window is context only: Llama's networks score every token of a text that fits in one window,
/// GPT-2, which begins with nothing, every one but the first.
public struct TextJudge: Sendable {
  /// What it is called in tables: the name of its file or directory.
  public let name: String
  public let network: any AutoregressiveNetwork
  private let beginID: Int32?
  private let encode: @Sendable (String) throws(InputError) -> [Int32]

  /// Tokens that go through the network at once, filling included.
  private static let batchSize = 8192

  /// Makes a judge of a network.
  ///
  /// - Parameters:
  ///   - name: What it is called in tables.
  ///   - network: What gives every token a probability.
  ///   - beginID: The token that opens every text, where the network was trained with one.
  ///   - encode: Turns a text into tokens, without any around them.
  public init(
    name: String, network: any AutoregressiveNetwork, beginID: Int32?,
    encode: @escaping @Sendable (String) throws(InputError) -> [Int32]
  ) {
    self.name = name
    self.network = network
    self.beginID = beginID
    self.encode = encode
  }

  /// Scores texts, or returns nil if `report` stopped the work.
  ///
  /// A score does not depend on which other texts come with it, but for rounding.
  ///
  /// - Parameters:
  ///   - texts: Any texts; one without a token to score has 0 of them.
  ///   - report: Called after every batch with the share of the tokens that is done, 0 to 1.
  /// - Returns: One score for each text, in their order.
  /// - Throws: ``InputError`` for a text that the tokenizer cannot encode, or whose ids the network
  ///   does not have.
  public func scores(
    of texts: [String], report: (Double) -> Disposition = { _ in .proceed }
  ) throws(InputError) -> [TextScore]? {
    var windows: [Window] = []
    for (text, content) in texts.enumerated() {
      let tokens = (beginID.map { [$0] } ?? []) + (try checked(encode(content)))
      for start in stride(from: 0, to: tokens.count, by: network.contextLength) {
        let window = tokens[start..<min(tokens.count, start + network.contextLength)]
        if window.count > 1 { windows.append(Window(text: text, tokens: window)) }
      }
    }
    // Windows of similar lengths go together, so that little is filled up.
    windows.sort { ($0.tokens.count, $1.text) > ($1.tokens.count, $0.text) }
    var scores = [TextScore](repeating: TextScore(nll: 0, tokens: 0), count: texts.count)
    let total = windows.reduce(0) { $0 + $1.tokens.count }
    var (next, done) = (0, 0)
    while next < windows.count {
      let count = max(1, Self.batchSize / windows[next].tokens.count)
      let batch = windows[next..<min(windows.count, next + count)]
      add(batch, to: &scores)
      next = batch.endIndex
      done += batch.reduce(0) { $0 + $1.tokens.count }
      if report(Double(done) / Double(total)) == .stop { return nil }
    }
    return scores
  }

  /// Tokens of one text that the network sees at once.
  private struct Window {
    let text: Int
    let tokens: ArraySlice<Int32>
  }

  /// Adds what the network says of `batch`, whose first window is the longest.
  private func add(_ batch: ArraySlice<Window>, to scores: inout [TextScore]) {
    guard let length = batch.first?.tokens.count else { return }
    var tokens: [Int32] = []
    var places: [Int32] = []
    for window in batch {
      places += (1..<window.tokens.count).map { Int32(tokens.count + $0) }
      tokens += window.tokens
      // Any token will do: what comes later changes nothing.
      tokens += repeatElement(0, count: length - window.tokens.count)
    }
    var nlls = network.negativeLogLikelihoods(tokens, length: length, at: places)[...]
    for window in batch {
      for nll in nlls.prefix(window.tokens.count - 1) { scores[window.text].nll += Double(nll) }
      scores[window.text].tokens += window.tokens.count - 1
      nlls = nlls.dropFirst(window.tokens.count - 1)
    }
  }

  private func checked(_ tokens: [Int32]) throws(InputError) -> [Int32] {
    if let id = tokens.first(where: { $0 < 0 || Int($0) >= network.vocabularySize }) {
      throw InputError(
        .badData, "the judge \(name)", found: "the token id \(id) from its tokenizer",
        expected: "ids below \(network.vocabularySize), as its network has them",
        remedy: "Use the tokenizer that belongs to the network")
    }
    return tokens
  }
}

/// What a judge says of one text.
public struct TextScore: Sendable, Equatable {
  /// Σ −log p over the scored tokens, in nats.
  public var nll: Double
  /// How many tokens of the judge were scored.
  public var tokens: Int

  public init(nll: Double, tokens: Int) {
    self.nll = nll
    self.tokens = tokens
  }
}
