import MDLM

extension ListRuns {
  func run(in context: CommandContext) throws {
    let places = directories ?? [Self.usualPlace]
    for place in directories ?? [] where !RunDirectory(place).exists {
      throw InputError(
        .missingInput, place, found: "no directory there", expected: "a run or a directory of runs",
        remedy: "Check the spelling of the path")
    }
    var rows = places.flatMap { RunDirectory.all(in: $0) }.map { RunRow($0) }
    guard !rows.isEmpty else {
      return context.note(
        "no run in \(places.joined(separator: ", ")); a run is a directory that mdlm train has "
          + "written, with config.json5 and metrics.jsonl")
    }
    switch order {
    case .name: rows.sort { $0.path < $1.path }
    case .time: rows.sort { ($1.written, $0.path) < ($0.written, $1.path) }
    }
    if json {
      for row in rows { try context.print(JSONLine(row.fields).text) }
    } else {
      for line in RunTable(rows).lines { try context.print(line) }
    }
  }

  /// Where `mdlm train` puts runs.
  private static let usualPlace = "runs"
}
