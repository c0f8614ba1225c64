/// Reads lines of metrics as writers write them, many times faster than a parser of all of JSON.
///
/// It refuses every line that has anything else in it, right or wrong, which is then for the parser.
struct MetricLineScanner {
  private let bytes: JSONLineFile.Line
  private var index = 0

  init(_ bytes: JSONLineFile.Line) { self.bytes = bytes }

  private enum Field: String, CaseIterable {
    case kind, step, loss, lr, tokens, seconds, nll, stderr, expected, deviation, batch
    case meanLoss = "loss_mean"
    case gradientNorm = "grad_norm"
    case tokensPerSecond = "tokens_per_s"
    case memory = "rss_mb"
    case lossByMaskedShare = "loss_by_masked_share"
  }

  private static let names = Field.allCases.map { (Array($0.rawValue.utf8), $0) }

  /// The fields of the line, or nil where it is not for this scanner.
  mutating func fields() -> MetricFields? {
    var fields = MetricFields()
    var hasStep = false
    guard consume("{") else { return nil }
    repeat {
      guard let key = string(), consume(":") else { return nil }
      let name = Self.names.first { name, _ in
        name.count == key.count && name.elementsEqual(bytes[key])
      }
      guard let name else {
        guard skipValue() else { return nil }
        continue
      }
      if name.1 == .step { hasStep = true }
      guard skipNull() || read(name.1, into: &fields) else { return nil }
    } while consume(",")
    // A line of another kind may be anything.
    guard consume("}"), index == bytes.count, hasStep, fields.kind != nil else { return nil }
    return fields
  }

  private mutating func read(_ field: Field, into fields: inout MetricFields) -> Bool {
    func known<Value>(_ value: Value?, _ keep: (Value) -> Void) -> Bool {
      value.map(keep) != nil
    }
    switch field {
    case .kind:
      fields.kind = string().flatMap { MetricFields.Kind(rawValue: text($0)) }
      return fields.kind != nil
    case .step:
      guard let value = number(), let step = Int(exactly: value),
        (0...RunLine.countLimit).contains(step)
      else { return false }
      fields.step = step
    case .loss: return known(number()) { fields.loss = $0 }
    case .meanLoss: return known(number()) { fields.meanLoss = $0 }
    case .lr: return known(number()) { fields.learningRate = $0 }
    case .gradientNorm: return known(number()) { fields.gradientNorm = $0 }
    case .tokens: return known(number()) { fields.tokens = $0 }
    case .seconds: return known(number()) { fields.seconds = $0 }
    case .tokensPerSecond: return known(number()) { fields.tokensPerSecond = $0 }
    case .memory: return known(number()) { fields.memory = $0 }
    case .nll: return known(number()) { fields.nll = $0 }
    case .stderr: return known(number()) { fields.standardError = $0 }
    case .expected: return known(number()) { fields.expected = $0 }
    case .deviation: return known(number()) { fields.deviation = $0 }
    case .batch: return known(string()) { fields.batch = text($0) }
    case .lossByMaskedShare: return known(losses()) { fields.lossByMaskedShare = $0 }
    }
    return true
  }

  // MARK: Values

  private mutating func skipValue() -> Bool {
    skipNull() || boolean() != nil || string() != nil || number() != nil
  }

  private mutating func skipNull() -> Bool { consume("null") }

  private mutating func boolean() -> Bool? {
    consume("true") ? true : consume("false") ? false : nil
  }

  /// Where a string without escapes and beyond ASCII nothing stands, quotes left out.
  private mutating func string() -> Range<Int>? {
    guard index < bytes.count, bytes[index] == UInt8(ascii: "\"") else { return nil }
    var end = index + 1
    while end < bytes.count, bytes[end] != UInt8(ascii: "\"") {
      guard (0x20...0x7E).contains(bytes[end]), bytes[end] != UInt8(ascii: "\\") else { return nil }
      end += 1
    }
    guard end < bytes.count else { return nil }
    defer { index = end + 1 }
    return index + 1..<end
  }

  private func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }

  private mutating func losses() -> MaskedShareLosses? {
    guard consume("[") else { return nil }
    var values: [Float] = []
    values.reserveCapacity(MaskedShareLosses.count)
    repeat {
      if skipNull() {
        values.append(.nan)
      } else {
        // Single precision forgives the rounding of the quick way.
        guard let value = number(isExact: false) else { return nil }
        values.append(Float(value))
      }
    } while consume(",")
    return consume("]") ? MaskedShareLosses(values) : nil
  }

  /// A number in the grammar of JSON.
  ///
  /// - Parameter isExact: Whether to find the nearest double, or one that is nearly so.
  /// - Returns: The number, or nil where none stands here.
  private mutating func number(isExact: Bool = true) -> Double? {
    let start = index
    let isNegative = consume("-")
    var (digits, mantissa, exponent) = (0, UInt64(0), 0)
    func take(_ scanner: inout Self) -> Int {
      let first = scanner.index
      while scanner.index < scanner.bytes.count {
        let digit = scanner.bytes[scanner.index] &- UInt8(ascii: "0")
        guard digit < 10 else { break }
        mantissa = mantissa &* 10 &+ UInt64(digit)
        digits += mantissa == 0 ? 0 : 1
        scanner.index += 1
      }
      return scanner.index - first
    }
    let first = index
    guard take(&self) > 0, index - first == 1 || bytes[first] != UInt8(ascii: "0") else {
      return nil
    }
    if consume(".") {
      exponent = -take(&self)
      guard exponent < 0 else { return nil }
    }
    let isPlain = !(index < bytes.count && bytes[index] | 0x20 == UInt8(ascii: "e"))
    // Up to here a quotient of two doubles without error is rounded right.
    if isPlain, digits <= (isExact ? 15 : 19), exponent >= -22 {
      let value = Double(mantissa) / Self.powers[-exponent]
      return isNegative ? -value : value
    }
    while index < bytes.count,
      ![UInt8(ascii: ","), UInt8(ascii: "}"), UInt8(ascii: "]")].contains(bytes[index])
    {
      index += 1
    }
    return JSONValue.number(text(start..<index)).double.flatMap {
      RunLine.numbers.contains($0) ? $0 : nil
    }
  }

  /// Powers of ten that doubles hold without error.
  private static let powers = (0...22).reduce(into: [1.0]) { powers, _ in
    powers.append((powers.last ?? 1) * 10)
  }

  // MARK: Bytes

  private mutating func consume(_ text: StaticString) -> Bool {
    let count = text.utf8CodeUnitCount
    guard index + count <= bytes.count else { return false }
    for offset in 0..<count where bytes[index + offset] != text.utf8Start[offset] { return false }
    index += count
    return true
  }
}
