import MDLM

extension Score {
  func run(in context: CommandContext) throws {
    let reader = SampleReader(tokenizer: try tokenizer.map(TokenizeInput.makeTokenizer))
    if let plot { try AtomicReplacement.checkFile(plot) }
    let sets = try files.map { try samples(of: $0, reader, in: context) }
    let unit = try commonUnit(of: sets)
    let real = try reference.map { try pieces(of: $0, like: sets, unit, reader) }
    let judge = try judge.map { try TextJudge(path: $0, on: Device(threads: threads)) }

    var rows: [QualityRow] = []
    var progress = JudgingProgress(in: context)
    for set in sets + (real.map { [$0] } ?? []) {
      for group in SampleQuality.groups(set.samples) {
        let quality = try measure(group, of: set, judge, reader.tokenizer?.endID, &progress)
        rows.append(
          QualityRow(file: set.file, isRealText: set.isRealText, unit: set.unit, quality: quality))
      }
    }
    progress.end()
    try context.interruption.check()
    noteUnequalLengths(rows, in: context)
    if let plot { try draw(rows, to: plot) }
    let lines = json ? try rows.jsonLines : QualityTable(rows).lines
    for line in lines { try context.print(line) }
  }

  /// The samples of one file.
  private struct SampleSet {
    let file: String
    var isRealText = false
    let samples: [SampleRecord]
    let unit: SampleReader.Unit
  }

  private func samples(
    of file: String, _ reader: SampleReader, in context: CommandContext
  ) throws(InputError) -> SampleSet {
    let isInput = file == "-"
    let text = isInput ? try context.readInput() : try SourceText(contentsOf: file)
    let (samples, unit) = try reader.samples(in: text)
    return SampleSet(file: isInput ? text.name : file, samples: samples, unit: unit)
  }

  /// Refuses to set figures of ids beside figures of characters.
  private func commonUnit(of sets: [SampleSet]) throws(InputError) -> SampleReader.Unit {
    let unit = sets.first?.unit ?? .characters
    if let other = sets.first(where: { $0.unit != unit }) {
      throw InputError(
        .badData, other.file,
        found: "samples of \(other.unit.rawValue) beside the \(unit.rawValue) of \(sets[0].file)",
        expected: "files that count the same",
        remedy: "Name the model's tokenizer with --tokenizer, so that text has token ids")
    }
    return unit
  }

  /// Real text in pieces as long as the samples, as many as the largest group has.
  private func pieces(
    of file: String, like sets: [SampleSet], _ unit: SampleReader.Unit, _ reader: SampleReader
  ) throws(InputError) -> SampleSet {
    if unit == .tokens, reader.tokenizer == nil {
      throw InputError(
        .usage, "--reference", found: "samples of token ids and no --tokenizer",
        expected: "the tokenizer that turns the reference to such ids",
        remedy: "Name it with --tokenizer PATH")
    }
    let samples = sets.flatMap(\.samples)
    let tokens = samples.reduce(0) { $0 + $1.tokens.count }
    let length = max(1, (tokens + samples.count / 2) / max(1, samples.count))
    let largest = sets.flatMap { SampleQuality.groups($0.samples) }.map(\.count).max() ?? 1
    let text = try SourceText(contentsOf: file)
    return SampleSet(
      file: file, isRealText: true,
      samples: try reader.pieces(of: text, length: length, count: largest), unit: unit)
  }

  private func measure(
    _ group: [SampleRecord], of set: SampleSet, _ judge: TextJudge?, _ endID: Int32?,
    _ progress: inout JudgingProgress
  ) throws -> SampleQuality {
    do throws(InputError) {
      let quality = try SampleQuality(of: group, endID: endID, judge: judge) { share in
        progress.show("\(set.file)  \(group.count) samples", share)
      }
      if let quality { return quality }
    } catch {
      var error = error
      if error.subject == "the samples" { error.subject = set.file }
      throw error
    }
    progress.end()
    throw progress.interruption
  }

  /// Says where figures that depend on the length or the number of samples do not compare.
  private func noteUnequalLengths(_ rows: [QualityRow], in context: CommandContext) {
    func differ(_ values: [Double]) -> Bool {
      guard let least = values.min(), let greatest = values.max() else { return false }
      return greatest > 1.02 * least
    }
    if differ(rows.map(\.quality.statistics.tokens.mean)) {
      context.note("the samples differ in length: entropy and repetition grow with it")
    }
    if differ(rows.map { Double($0.quality.statistics.count) }) {
      context.note("the groups differ in size: distinct-n falls as samples are added")
    }
  }

  private func draw(_ rows: [QualityRow], to path: String) throws(InputError) {
    let points = rows.filter { !$0.isRealText }.map { row in
      FrontierPlot.Point(series: row.quality.method.predictor ?? row.file, quality: row.quality)
    }
    let real = rows.first(where: \.isRealText)?.quality
    guard let plot = FrontierPlot(points, realText: real) else {
      throw InputError(
        .badData, files[0], found: "no calls of the network ('nfe') in any sample",
        expected: "them for --plot, which shows quality against cost",
        remedy: "Use files that mdlm sample --json wrote, or leave out --plot")
    }
    try plot.write(to: path)
  }
}
