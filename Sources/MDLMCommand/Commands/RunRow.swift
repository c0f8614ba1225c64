import MDLM

#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// What a list says about one run.
struct RunRow {
  let path: String
  /// Seconds since 1970.
  let written: Double
  /// Nil for a run that cannot be read.
  let state: RunHistory.State?
  /// Why the run cannot be read, in one line.
  let failure: String?
  let step: Int?
  let maxSteps: Int?
  let best: RunHistory.Validation?
  let parameters: Int?
  let tokens: Double?
  let seconds: Double?

  /// Reads the run; mistakes in it become its ``failure``.
  init(_ directory: RunDirectory) {
    path = directory.path
    written = directory.lastWritten ?? 0
    let history = Result { try RunHistory(directory: directory) }
    failure =
      if case .failure(let error) = history {
        "\(error)".split(separator: "\n").first.map(String.init)
      } else { nil }
    let run = try? history.get()
    state = run?.state
    step = run?.step
    maxSteps = run?.maxSteps
    best = run?.bestValidation
    tokens = run?.tokens
    seconds = run?.seconds
    parameters = run?.parameters
  }

  /// The time in UTC to the second, as `2026-11-27T20:40:00Z`.
  var writtenText: String { Date(timeIntervalSince1970: written).ISO8601Format() }

  /// The object that `--json` prints; its keys are promised to scripts.
  var fields: [String: JSONLine.Value] {
    func number(_ value: Double?) -> JSONLine.Value { value.map { .number($0) } ?? .null }
    func integer(_ value: Int?) -> JSONLine.Value { value.map { .integer($0) } ?? .null }
    return [
      "run": .string(path), "state": .string(state?.name ?? "unreadable"),
      "reason": (state?.reason ?? failure).map { .string($0) } ?? .null,
      "step": integer(step), "max_steps": integer(maxSteps),
      "best_nll": number(best?.nll), "best_stderr": number(best?.standardError),
      "best_ppl": number(best?.perplexity), "best_step": integer(best?.step),
      "parameters": integer(parameters), "tokens": number(tokens), "seconds": number(seconds),
      "written": .string(writtenText),
    ]
  }
}
