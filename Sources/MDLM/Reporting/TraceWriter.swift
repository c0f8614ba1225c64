#if canImport(Darwin)
  import Darwin
#else
  import Glibc
#endif

/// Writes what happens while sequences are drawn to a file, a JSON object a line.
///
/// The file can be read at any time: every line is written whole, in one call. Real numbers are
/// rounded to six digits. <doc:FileFormats> tells the fields.
public final class TraceWriter {
  private let file: OutputFile
  private let maskID: Int32
  private let name: ((Int32) -> String)?
  private var named: Set<Int32> = []

  /// Begins a trace; a file that is already at `path` is replaced.
  ///
  /// - Parameters:
  ///   - path: The file to write.
  ///   - header: How the samples will be drawn.
  ///   - name: The text that a token stands for, with its spaces, as in
  ///     ``Tokenizer/displayText(of:)``; nil for models without tokenizer.
  /// - Throws: ``InputError`` of category `cannotWrite`.
  public init(
    path: String, header: TraceHeader, name: ((Int32) -> String)?
  ) throws(InputError) {
    file = try OutputFile(emptying: path)
    maskID = header.maskID
    self.name = name
    try write(header.json)
  }

  /// Adds one event as a line.
  ///
  /// - Parameter event: An event of a sample that has begun and is not finished.
  /// - Throws: ``InputError`` of category `cannotWrite`.
  public func write(_ event: SamplingEvent) throws(InputError) {
    // Reveals say all that calls of the network lead to; the end has their number.
    if case .called = event { return }
    try write(.object(members(of: event).map { JSONMember(key: $0.0, value: $0.1) }))
  }

  private func members(of event: SamplingEvent) -> [(String, JSONValue)] {
    switch event {
    case .began(let beginning):
      [("sample", .number(beginning.sample)), ("begin", Self.list(beginning.tokens))]
        + names(of: beginning.tokens)
    case .revealed(let reveal):
      [
        ("sample", .number(reveal.sample)), ("step", .number(reveal.step)),
        ("time", Self.rounded(reveal.time)), ("position", .number(reveal.position)),
        ("token", .number(reveal.token)),
        ("probability", Self.rounded(reveal.belief.probability)),
        ("entropy", Self.rounded(reveal.belief.entropy)),
        (
          "top",
          .array(
            reveal.belief.top.map { [.number($0.token), Self.rounded($0.probability)] })
        ),
      ] + names(of: [reveal.token] + reveal.belief.top.map(\.token))
    case .remasked(let remask):
      [
        ("sample", .number(remask.sample)), ("step", .number(remask.step)),
        ("time", Self.rounded(remask.time)), ("position", .number(remask.position)),
        ("remasked", .number(remask.token)),
      ]
    case .called: []
    case .finished(let sample):
      [
        ("sample", .number(sample.index)), ("end", Self.list(sample.tokens)),
        ("nfe", .number(sample.networkCalls)),
      ] + names(of: sample.tokens)
    }
  }

  /// The names of tokens that no earlier line has named.
  private func names(of tokens: [Int32]) -> [(String, JSONValue)] {
    guard let name else { return [] }
    let new = tokens.filter { $0 != maskID && named.insert($0).inserted }
    if new.isEmpty { return [] }
    return [
      ("names", .object(new.map { JSONMember(key: "\($0)", value: .string(name($0))) }))
    ]
  }

  private func write(_ line: JSONValue) throws(InputError) { try file.write(line.line() + "\n") }

  private static func list(_ ids: [Int32]) -> JSONValue { .array(ids.map { .number($0) }) }

  private static func rounded(_ value: Double) -> JSONValue { .number(value.rounded(digits: 6)) }
}

extension Double {
  /// The nearest number of so many significant decimal digits.
  func rounded(digits: Int) -> Double {
    guard isFinite, self != 0 else { return self }
    let exponent = digits - 1 - Int(floor(log10(magnitude)))
    // Beyond these powers the scale is infinite or loses digits; such numbers stay as they are.
    guard exponent.magnitude <= 290 else { return self }
    // A power of ten with a positive exponent is exact up to 22, so small numbers are divided by it.
    let scale = pow(10, Double(exponent.magnitude))
    return exponent >= 0 ? (self * scale).rounded() / scale : (self / scale).rounded() * scale
  }
}
