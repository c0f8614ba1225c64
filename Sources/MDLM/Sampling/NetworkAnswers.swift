/// Answers what sequences ask of the network, many of them in one call.
struct NetworkAnswers<Network: Denoiser> {
  private let denoiser: Network
  private let diffusion: DiffusionSettings
  private let controls: TokenControls
  /// Tokens that are never drawn.
  private let forbidden: [Int]
  /// Whether a mask may be drawn again: D3PM's network gives it a probability.
  private let drawsMask: Bool
  /// Whether causal networks go on from what they have computed.
  private let keepsKeys: Bool
  /// Whether observers want to know what the model said of each token.
  private let describes: Bool

  init(
    _ denoiser: Network, _ diffusion: DiffusionSettings, _ settings: SamplerSettings,
    describes: Bool
  ) {
    self.denoiser = denoiser
    self.diffusion = diffusion
    controls = settings.controls
    drawsMask = diffusion.parameterization == .d3pm && !diffusion.excludesMask
    keepsKeys = settings.keepsKeys
    forbidden = controls.banned.union([diffusion.maskID]).map(Int.init)
      .filter { (0..<denoiser.vocabularySize).contains($0) }
    // ReMDM goes by the probabilities of the tokens it has drawn.
    self.describes = describes || settings.predictor == .remdmConf
  }

  /// Calls the network once for each length that is asked for.
  ///
  /// - Parameters:
  ///   - walks: The sequences, which receive their answers.
  ///   - requests: What each of them asks for.
  ///   - report: Receives what happens.
  /// - Throws: ``InputError`` for a network whose scores are no finite numbers.
  func answer(
    _ walks: inout [SequenceWalk], _ requests: [SequenceWalk.Request],
    _ report: (SamplingEvent) -> Void
  ) throws(InputError) {
    if diffusion.parameterization == .ar { return try answerCausally(&walks, requests, report) }
    let groups = Dictionary(grouping: walks.indices) { requests[$0].tokens.count }
    for (length, group) in groups.sorted(by: { $0.key < $1.key }) {
      try answer(&walks, group.map { (walk: $0, request: requests[$0]) }, length: length, report)
    }
  }

  /// Answers requests for one position each, from the tokens before it.
  ///
  /// Sequences with as many new tokens go through the network together.
  private func answerCausally(
    _ walks: inout [SequenceWalk], _ requests: [SequenceWalk.Request],
    _ report: (SamplingEvent) -> Void
  ) throws(InputError) {
    let causal = keepsKeys ? denoiser as? any CausalNetwork : nil
    if let causal {
      for index in walks.indices where walks[index].cache == nil {
        walks[index].cache = causal.cache()
      }
    }
    let groups = Dictionary(grouping: walks.indices) { index in
      (requests[index].positions.first ?? 0) - (walks[index].cache?.count ?? 0)
    }
    for (count, members) in groups.sorted(by: { $0.key < $1.key }) {
      let tokens = members.flatMap { index in
        let position = requests[index].positions.first ?? 0
        return requests[index].tokens.prefix(position).suffix(count)
      }
      let head: OutputHead
      if let causal {
        head = causal.extending(members.compactMap { walks[$0].cache }, by: tokens)
      } else {
        let features = denoiser.features(
          tokens, length: count, noiseLevels: [Float](repeating: 0, count: members.count),
          .inference)
        let last = members.indices.map { Int32(($0 + 1) * count - 1) }
        head = denoiser.head(features, rows: last, .inference)
      }
      let places = members.enumerated().map { row, index in
        requests[index].positions.map { Place(walk: index, position: $0, row: row) }
      }
      let group = members.map { (walk: $0, request: requests[$0]) }
      try answer(&walks, group, places, head, report)
      report(.called(NetworkCall(samples: members.map { walks[$0].index }, length: count)))
    }
  }

  /// One row that was asked for.
  private struct Place {
    let walk: Int
    let position: Int
    /// Its row among those of the output layer.
    let row: Int
  }

  private func answer(
    _ walks: inout [SequenceWalk], _ group: [(walk: Int, request: SequenceWalk.Request)],
    length: Int, _ report: (SamplingEvent) -> Void
  ) throws(InputError) {
    let features = denoiser.features(
      group.flatMap { $0.request.tokens }, length: length,
      noiseLevels: group.map {
        Float(diffusion.noiseLevel(maskProbability: $0.request.maskProbability))
      }, .inference)
    var rows: [Int32] = []
    let places = group.enumerated().map { sequence, member in
      member.request.positions.map { position in
        rows.append(Int32(sequence * length + position - member.request.tokens.startIndex))
        return Place(walk: member.walk, position: position, row: rows.count - 1)
      }
    }
    try features.rows.device.during(.head) { () throws(InputError) in
      let head = rows.isEmpty ? nil : denoiser.head(features, rows: rows, .inference)
      try answer(&walks, group, places, head, report)
    }
    report(.called(NetworkCall(samples: group.map { walks[$0.walk].index }, length: length)))
  }

  /// Hands every sequence what the output layer says of its places.
  private func answer(
    _ walks: inout [SequenceWalk], _ group: [(walk: Int, request: SequenceWalk.Request)],
    _ places: [[Place]], _ head: OutputHead?, _ report: (SamplingEvent) -> Void
  ) throws(InputError) {
    let drawn = try toDraw(places, group, head, &walks)
    let draws = try draw(drawn, head, group, walks)
    for (member, draws) in zip(group, draws) {
      if case .read = member.request.action { continue }
      walks[member.walk].receive(draws, report)
    }
  }

  /// The places whose tokens are drawn, for each sequence; those that only ask are answered.
  private func toDraw(
    _ places: [[Place]], _ group: [(walk: Int, request: SequenceWalk.Request)],
    _ head: OutputHead?, _ walks: inout [SequenceWalk]
  ) throws(InputError) -> [[Place]] {
    func asked(_ isAsked: (SamplingStep.Action) -> Bool) -> [[Place]] {
      zip(group, places).map { isAsked($0.request.action) ? $1 : [] }
    }
    let certainties = try read(
      asked { if case .consider = $0 { true } else { false } }, head, walks
    ) { Certainty(logits: $1) }
    let levels = Dictionary(
      uniqueKeysWithValues: group.map { member in
        (
          member.walk,
          diffusion.schedule.noiseLevel(maskProbability: member.request.maskProbability)
        )
      })
    let scores = ConcreteScore(vocabularySize: denoiser.vocabularySize)
    let probabilities = try read(
      asked { if case .read = $0 { true } else { false } }, head, walks
    ) { place, logits in
      let values = TokenDistribution(logits: logits).probabilities
      guard diffusion.parameterization == .sedd else { return values.map(Float.init) }
      let total = scores.total(
        logSum: Certainty(logits: logits).logSum, totalNoise: levels[place.walk] ?? 0)
      return values.map { Float($0 * total) }
    }
    return group.indices.map { index in
      let (walk, request) = group[index]
      switch request.action {
      case .consider(let positions):
        let chosen = Set(walks[walk].choose(positions, certainties[index]))
        return places[index].filter { chosen.contains($0.position) }
      case .read(let positions):
        walks[walk].receive(probabilities[index], at: positions)
        return []
      case .reveal, .rest, .assign: return places[index]
      }
    }
  }

  /// Draws the tokens of some places of each sequence.
  private func draw(
    _ places: [[Place]], _ head: OutputHead?,
    _ group: [(walk: Int, request: SequenceWalk.Request)], _ walks: [SequenceWalk]
  ) throws(InputError) -> [[SamplingStep.Draw]] {
    let requests = Dictionary(uniqueKeysWithValues: group.map { ($0.walk, $0.request) })
    let counts = controls.repetitionPenalty == 1 ? [:] : requests.mapValues(counts(of:))
    return try read(places, head, walks, allowingMask: drawsMask) { place, logits in
      let model = TokenDistribution(logits: logits)
      let token: Int32 =
        if case .reveal(_, .likeliest) = requests[place.walk]?.action {
          model.likeliest(but: diffusion.maskID)
        } else {
          model.controlled(by: controls, counts: counts[place.walk] ?? [:])
            .token(at: walks[place.walk].tokenUniform(at: place.position))
        }
      return SamplingStep.Draw(
        place.position, token,
        belief: describes
          ? model.belief(in: token) : TokenBelief(probability: 0, entropy: 0, top: []))
    }
  }

  /// How often each token is visible.
  private func counts(of request: SequenceWalk.Request) -> [Int32: Int] {
    request.tokens.reduce(into: [:]) { counts, token in
      if token != diffusion.maskID { counts[token, default: 0] += 1 }
    }
  }

  /// Calls `body` with the logits of each place, forbidden tokens at −∞ but for the mask where it is
  /// allowed, on all threads.
  private func read<Value>(
    _ places: [[Place]], _ head: OutputHead?, _ walks: [SequenceWalk], allowingMask: Bool = false,
    _ body: (Place, UnsafeBufferPointer<Float>) -> Value
  ) throws(InputError) -> [[Value]] {
    let all = places.flatMap { $0 }
    var values = [Value?](repeating: nil, count: all.count)
    values.withUnsafeMutableBufferPointer { values in
      head?.forEachRow(all.map(\.row)) { index, logits in
        let place = all[index]
        guard logits.allSatisfy(\.isFinite) else { return }
        let mask = logits[Int(diffusion.maskID)]
        for token in forbidden { logits[token] = -.infinity }
        if let allowed = walks[place.walk].template.allowed[place.position] {
          for token in logits.indices where !allowed.contains(Int32(token)) {
            logits[token] = -.infinity
          }
        }
        if allowingMask { logits[Int(diffusion.maskID)] = mask }
        values[index] = body(place, UnsafeBufferPointer(logits))
      }
    }
    var rest = values.compactMap { $0 }[...]
    guard rest.count == all.count else {
      throw InputError(
        .badData, "the network", found: "scores of tokens that are no finite numbers",
        expected: "a finite score for every token",
        remedy: "Use weights from before training diverged")
    }
    return places.map { part in
      defer { rest = rest.dropFirst(part.count) }
      return Array(rest.prefix(part.count))
    }
  }
}

extension OutputHead {
  /// Calls `body` with the number and the scores of some rows, a block of rows at a time and on all
  /// threads.
  fileprivate func forEachRow(
    _ chosen: [Int], _ body: (Int, UnsafeMutableBufferPointer<Float>) -> Void
  ) {
    let (vocabulary, device) = (weight.rows, input.device)
    let blockSize = max(16, min(1024, (8 << 20) / vocabulary))
    for start in stride(from: 0, to: chosen.count, by: blockSize) {
      let block = chosen[start..<min(start + blockSize, chosen.count)]
      let logits = OutputHead(
        input: input.gatheringRows(block.map(Int32.init)), weight: weight, bias: bias
      ).logits()
      device.workers.forEach(block.count) { row in
        body(
          start + row,
          UnsafeMutableBufferPointer(
            start: logits.pointer + row * vocabulary, count: vocabulary))
      }
    }
  }
}
