extension GenerationTrace {
  /// Reads the lines of a trace.
  ///
  /// - Parameters:
  ///   - bytes: The content of the file.
  ///   - name: The file's name in errors.
  /// - Throws: ``InputError`` that names the file and the line.
  init(parsing bytes: [UInt8], name: String) throws(InputError) {
    let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    guard let first = lines.first, lines.count > 1 else {
      throw InputError(
        .badData, name, found: bytes.isEmpty ? "an empty file" : "no whole line",
        expected: "the header of a trace in the first line",
        remedy: "Name a file that mdlm sample --trace has written")
    }
    let header = try TraceHeader(TraceLine(parsing: first, name: name, line: 1))
    var reader = TraceReader(header: header)
    for (index, bytes) in lines.enumerated().dropFirst() {
      do throws(InputError) {
        try reader.read(TraceLine(parsing: bytes, name: name, line: index + 1))
      } catch {
        // What follows the last line end is nothing, or a line that was cut off while it was
        // written, which is never a whole JSON object.
        let isWhole = (try? JSONValue(parsing: bytes, name: name)) != nil
        if index == lines.count - 1, !isWhole { break }
        throw error
      }
    }
    self = reader.trace
    try checkTextSize(name: name)
  }

  /// The most bytes that all tokens of a trace may spell: pages and pictures hold all of them, and a
  /// long name that is there once can be that of every token.
  private static let textLimit = 1 << 26

  private func checkTextSize(name: String) throws(InputError) {
    var size = 0
    for sample in samples {
      for token in sample.beginning { size += names[token]?.utf8.count ?? 0 }
      for case .revealed(let reveal) in sample.changes {
        size += names[reveal.token]?.utf8.count ?? 0
      }
    }
    guard size <= Self.textLimit else {
      throw InputError(
        .badData, name, found: "tokens that spell \(size) bytes of text",
        expected: "at most \(Self.textLimit)", remedy: "Trace fewer samples")
    }
  }
}

/// A trace while its lines are read, and what must hold for the next one.
private struct TraceReader {
  private(set) var trace: GenerationTrace
  /// Where the samples are in the trace, by their numbers.
  private var places: [Int: Int] = [:]
  /// The sequences as they are now, in the order of the samples.
  private var canvases: [[Int32]] = []

  private var maskID: Int32 { trace.header.maskID }

  init(header: TraceHeader) { trace = GenerationTrace(header: header) }

  mutating func read(_ line: TraceLine) throws(InputError) {
    let number = try line.integer("sample", in: 0...Int.max)
    if line.has("begin") {
      try begin(number, line)
    } else {
      guard let place = places[number] else {
        throw line.mistake(
          "sample", found: "\(number), which has not begun",
          expected: "a sample with an earlier line that has \"begin\"")
      }
      guard !trace.samples[place].isFinished else {
        throw line.mistake(
          "sample", found: "\(number), which has ended", expected: "nothing after its end")
      }
      try readChange(of: place, line)
    }
    if line.has("names") { try readNames(line) }
  }

  private mutating func begin(_ number: Int, _ line: TraceLine) throws(InputError) {
    guard places[number] == nil else {
      throw line.mistake(
        "sample", found: "\(number), which has begun before", expected: "another number")
    }
    places[number] = trace.samples.count
    let tokens = try line.ids("begin")
    trace.samples.append(TraceSample(index: number, beginning: tokens))
    canvases.append(tokens)
  }

  private mutating func readChange(of place: Int, _ line: TraceLine) throws(InputError) {
    if line.has("token") {
      try apply(.revealed(try reveal(place, line)), to: place)
    } else if line.has("remasked") {
      try apply(.remasked(try remask(place, line), mask: maskID), to: place)
    } else if line.has("end") {
      try end(place, line)
    } else {
      throw line.mistake(
        found: "none of the fields begin, token, remasked and end", expected: "one of them",
        remedy: "Remove the line")
    }
  }

  private mutating func apply(_ change: TraceChange, to place: Int) throws(InputError) {
    canvases[place][change.position] = change.result
    trace.samples[place].changes.append(change)
  }

  private func reveal(_ place: Int, _ line: TraceLine) throws(InputError) -> Reveal {
    let (step, time, position) = try coordinates(place, line)
    let present = canvases[place][position]
    guard present == maskID else {
      throw line.mistake(
        "position", found: "\(position), where token \(present) already is",
        expected: "a place that is masked")
    }
    let token = try line.integer("token", in: 0...Int32.max)
    guard token != maskID else {
      throw line.mistake("token", found: "the mask, \(token)", expected: "another token")
    }
    return Reveal(
      sample: trace.samples[place].index, step: step, time: time, position: position, token: token,
      belief: TokenBelief(
        probability: try line.number("probability", in: 0...1),
        entropy: try line.number("entropy", in: 0...100), top: try line.candidates("top")))
  }

  private func remask(_ place: Int, _ line: TraceLine) throws(InputError) -> Remask {
    let (step, time, position) = try coordinates(place, line)
    let token = try line.integer("remasked", in: 0...Int32.max)
    let present = canvases[place][position]
    guard present != maskID else {
      throw line.mistake(
        "position", found: "\(position), which is masked", expected: "a place with a token")
    }
    guard present == token else {
      throw line.mistake(
        "remasked", found: "\(token)", expected: "\(present), the token at place \(position)")
    }
    return Remask(
      sample: trace.samples[place].index, step: step, time: time, position: position, token: token)
  }

  private func coordinates(
    _ place: Int, _ line: TraceLine
  ) throws(InputError) -> (step: Int, time: Double, position: Int) {
    guard !canvases[place].isEmpty else {
      throw line.mistake("position", found: "one in an empty sequence", expected: "no change of it")
    }
    return (
      try line.integer(
        "step", in: max(0, trace.samples[place].stepCount - 1)...TraceLine.stepLimit),
      try line.number("time", in: 0...1),
      try line.integer("position", in: 0...canvases[place].count - 1)
    )
  }

  private mutating func end(_ place: Int, _ line: TraceLine) throws(InputError) {
    let tokens = try line.ids("end")
    guard canvases[place].starts(with: tokens) else {
      throw line.mistake(
        "end", found: "tokens that the changes do not lead to",
        expected: "the first tokens of the sequence, or all of them")
    }
    trace.samples[place].networkCalls = try line.integer("nfe", in: 0...Int.max)
    trace.samples[place].end = tokens
  }

  private mutating func readNames(_ line: TraceLine) throws(InputError) {
    for member in try line.members("names") {
      guard let id = Int32(member.key), id >= 0, let name = member.value.string else {
        throw line.mistake(
          "names", found: "\(JSONValue.quoted(member.key)): \(member.value.summary)",
          expected: "a token id and its text")
      }
      trace.names[id] = name
    }
  }
}
