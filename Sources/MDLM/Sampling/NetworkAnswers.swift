/// Answers what sequences ask of the network, many of them in one call.
struct NetworkAnswers<Network: Denoiser> {
  private let denoiser: Network
  private let diffusion: DiffusionSettings
  private let controls: TokenControls
  /// Tokens that are never drawn.
  private let forbidden: [Int]
  /// Whether observers want to know what the model said of each token.
  private let describes: Bool

  init(
    _ denoiser: Network, _ diffusion: DiffusionSettings, _ settings: SamplerSettings,
    describes: Bool
  ) {
    self.denoiser = denoiser
    self.diffusion = diffusion
    controls = settings.controls
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
    let groups = Dictionary(grouping: walks.indices) { requests[$0].tokens.count }
    for (length, group) in groups.sorted(by: { $0.key < $1.key }) {
      try answer(&walks, group.map { (walk: $0, request: requests[$0]) }, length: length, report)
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
        Float(diffusion.schedule.noiseLevel(maskProbability: $0.request.maskProbability))
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
      let drawn = try toDraw(places, group, head, &walks)
      let draws = try draw(drawn, head, group, walks)
      for (member, draws) in zip(group, draws) {
        if case .read = member.request.action { continue }
        walks[member.walk].receive(draws, report)
      }
    }
    report(.called(NetworkCall(samples: group.map { walks[$0.walk].index }, length: length)))
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
    let probabilities = try read(
      asked { if case .read = $0 { true } else { false } }, head, walks
    ) { TokenDistribution(logits: $1).probabilities.map(Float.init) }
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
    return try read(places, head, walks) { place, logits in
      let model = TokenDistribution(logits: logits)
      let token: Int32 =
        if case .reveal(_, .likeliest) = requests[place.walk]?.action { model.likeliest } else {
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

  /// Calls `body` with the logits of each place, forbidden tokens at −∞, on all threads.
  private func read<Value>(
    _ places: [[Place]], _ head: OutputHead?, _ walks: [SequenceWalk],
    _ body: (Place, UnsafeBufferPointer<Float>) -> Value
  ) throws(InputError) -> [[Value]] {
    let all = places.flatMap { $0 }
    var values = [Value?](repeating: nil, count: all.count)
    values.withUnsafeMutableBufferPointer { values in
      head?.forEachRow(all.map(\.row)) { index, logits in
        let place = all[index]
        guard logits.allSatisfy(\.isFinite) else { return }
        for token in forbidden { logits[token] = -.infinity }
        if let allowed = walks[place.walk].template.allowed[place.position] {
          for token in logits.indices where !allowed.contains(Int32(token)) {
            logits[token] = -.infinity
          }
        }
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
