import MDLM

extension Report {
  func run(in context: CommandContext) throws {
    switch subject {
    case .run(let path):
      try RunPage(RunHistory(directory: RunDirectory(path))).write(to: output)
    case .comparison(let first, let second):
      let runs = try [first, second].map { try RunHistory(directory: RunDirectory($0)) }
      try RunComparisonPage(runs[0], runs[1]).write(to: output)
    case .traces(let paths, let picture): try write(picture, of: paths, in: context)
    }
    context.say("wrote \(output)")
  }

  private func write(
    _ picture: Picture, of traces: [String], in context: CommandContext
  ) throws {
    let entries = try traces.map { path in
      let trace = try GenerationTrace(contentsOf: path)
      let title = title(of: path, among: traces)
      return TracePage.Entry(title: title, trace: trace, sample: try chosen(trace, path))
    }
    switch picture {
    case .page: try TracePage(entries).write(to: output)
    case .animation: try TraceAnimation(entries[0].trace, entries[0].sample).write(to: output)
    }
    for entry in entries where !entry.sample.isFinished {
      context.note("\(entry.title) ends before sample \(entry.sample.index) does")
    }
  }

  /// The name of the file, or the whole path where the other trace has the same name.
  private func title(of path: String, among traces: [String]) -> String {
    let names = traces.map { $0.split(separator: "/").last.map(String.init) ?? $0 }
    return Set(names).count < names.count ? path : names[traces.firstIndex(of: path) ?? 0]
  }

  private func chosen(_ trace: GenerationTrace, _ path: String) throws(InputError) -> TraceSample {
    guard let first = trace.samples.first else {
      throw InputError(
        .badData, path, found: "no sample", expected: "at least one that has begun",
        remedy: "Draw a sample with mdlm sample --trace")
    }
    guard let sample else { return first }
    if let found = trace.sample(sample) { return found }
    let numbers = trace.samples.map(\.index).sorted()
    throw InputError(
      .usage, "--sample", found: "\(sample)",
      expected: "a sample of \(path), from \(numbers.first ?? 0) to \(numbers.last ?? 0)",
      remedy: "Write, for example, --sample \(first.index)")
  }
}
