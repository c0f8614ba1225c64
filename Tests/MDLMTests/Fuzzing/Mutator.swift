@testable import MDLM

/// Makes damaged copies of valid files; what it makes depends on its seed alone.
struct Mutator {
  /// What a file holds, so that it can be damaged where it hurts.
  enum Form: Sendable {
    case binary, text, json, jsonLines
    /// A length, a JSON header of that length, and data.
    case safetensors
  }

  var random: SplitMix64

  init(seed: UInt64) { random = SplitMix64(seed) }

  /// Returns a damaged copy of `file`, with parts of `donor` in places.
  mutating func mutated(_ file: [UInt8], _ form: Form, donor: [UInt8]) -> [UInt8] {
    var bytes = file
    if form != .binary, form != .text, chance(2, of: 3) {
      bytes = changingJSON(of: bytes, form)
      // Most of these must reach what reads the values: no further damage.
      if chance(4, of: 5) { return bytes }
    }
    repeat { damage(&bytes, form, donor) } while chance(2)
    return bytes
  }

  // MARK: Draws

  /// Whether something of the chance `count / total` happens; one in `total` alone.
  mutating func chance(_ count: Int, of total: Int? = nil) -> Bool {
    below(total ?? count) < (total == nil ? 1 : count)
  }

  /// A number from 0 to below `count`, which is at least 1.
  mutating func below(_ count: Int) -> Int { Int(random.next() % UInt64(count)) }

  mutating func element<Element>(_ elements: [Element]) -> Element {
    elements[below(elements.count)]
  }

  /// A number from 0 to `most`, small ones as likely as large ones.
  private mutating func size(_ most: Int) -> Int {
    guard most > 0 else { return 0 }
    let bits = UInt64.bitWidth - UInt64(most).leadingZeroBitCount
    return below(min(most, 1 << below(bits + 1)) + 1)
  }

  /// A place in `bytes`; half of them lie at the head, where headers are.
  private mutating func place(_ bytes: [UInt8]) -> Int {
    chance(2) ? below(min(bytes.count, 128)) : below(bytes.count)
  }

  private mutating func slice(_ bytes: [UInt8]) -> Range<Int> {
    let start = place(bytes)
    return start..<start + size(bytes.count - start)
  }

  // MARK: Damage

  private mutating func damage(_ bytes: inout [UInt8], _ form: Form, _ donor: [UInt8]) {
    guard !bytes.isEmpty else { return bytes = Array(donor.prefix(size(donor.count))) }
    switch below(form == .binary ? 11 : 15) {
    case 0: bytes[place(bytes)] ^= 1 << UInt8(below(8))
    case 1: bytes[place(bytes)] = element(Self.telling)
    case 2, 3: putNumber(into: &bytes)
    case 4: bytes.removeSubrange(slice(bytes))
    case 5:
      let part = Array(bytes[slice(bytes)].prefix(2000))
      for _ in 0...size(20) { bytes.insert(contentsOf: part, at: place(bytes)) }
    case 6:
      let (first, second) = (slice(bytes), slice(bytes))
      let parts = (Array(bytes[first]), Array(bytes[second]))
      bytes.replaceSubrange(first, with: parts.1)
      let start = min(second.lowerBound, bytes.count)
      bytes.replaceSubrange(
        start..<max(start, min(second.upperBound, bytes.count)), with: parts.0)
    case 7 where !donor.isEmpty: bytes.insert(contentsOf: donor[slice(donor)], at: place(bytes))
    case 8: bytes.removeLast(1 + size(bytes.count - 1))
    case 9: bytes.insert(contentsOf: element(Self.malformed), at: place(bytes))
    case 10: bytes += (0..<size(300)).map { _ in UInt8(truncatingIfNeeded: random.next()) }
    case 11, 12: putDecimal(into: &bytes)
    case 13: moveLine(in: &bytes)
    default: nest(&bytes)
    }
  }

  /// Bytes that mean something to one parser or another.
  private static let telling: [UInt8] =
    [0, 1, 0x7F, 0x80, 0xC2, 0xFE, 0xFF, 0x0A, 0x0D, 0x09] + Array(#" "'\{}[]:,#-+.0eE/>@"#.utf8)

  /// What is no UTF-8, and a byte order mark where none belongs.
  private static let malformed: [[UInt8]] = [
    [0xFF], [0x80], [0xC0, 0x80], [0xE2, 0x82], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80],
    [0xF0, 0x9F], [0xEF, 0xBB, 0xBF], [0xC2, 0x85], [0xE2, 0x80, 0xA8], [0xCC, 0x81],
  ]

  /// Writes over a little-endian number, often at a place where one would stand.
  private mutating func putNumber(into bytes: inout [UInt8]) {
    let width = 1 << below(4)
    var start = place(bytes)
    if chance(3, of: 4) { start -= start % width }
    let old = bytes[start...].prefix(width).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    let values: [UInt64] = [
      0, 1, .max, .max >> 1, 1 << 63, 1 << 31, .max >> 33, .max >> 32, 1 << 62, 1 << 61, 1 << 40,
      UInt64(bytes.count), UInt64(bytes.count / width), old &+ 1, old &- 1, 0 &- old, old &* 2,
      UInt64(below(1 << 16)),
    ]
    let value = element(values)
    for index in 0..<min(width, bytes.count - start) {
      bytes[start + index] = UInt8(truncatingIfNeeded: value >> (8 * UInt64(index)))
    }
  }

  /// Numbers as text that parsers may stumble over.
  static let decimals = [
    "0", "-0", "-1", "1", "2", "255", "256", "65536", "16777215", "16777216", "2147483647",
    "2147483648", "-2147483648", "4294967295", "4294967296", "9007199254740993",
    "9223372036854775807", "9223372036854775808", "-9223372036854775808", "18446744073709551615",
    "18446744073709551616", "0.5", "-0.5", "1.0", "1e0", "1e6", "1e18", "1e19", "1e308", "1e999",
    "-1e999", "1e-400", "NaN", "Infinity", "-Infinity", "0xFF", "0xFFFFFFFFFFFFFFFF", "01", "+1",
    ".5", "5.", "1e", "1_000", "99999999999999999999999999999999999999999999",
  ]

  /// Replaces a run of digits, with its sign and point.
  private mutating func putDecimal(into bytes: inout [UInt8]) {
    let start = place(bytes)
    func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
    guard let first = bytes[start...].firstIndex(where: isDigit) else { return }
    let end = bytes[first...].firstIndex { !isDigit($0) && $0 != 0x2E } ?? bytes.count
    bytes.replaceSubrange(first..<end, with: element(Self.decimals).utf8)
  }

  /// Removes, repeats or swaps lines.
  private mutating func moveLine(in bytes: inout [UInt8]) {
    var lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    let (index, other) = (below(lines.count), below(lines.count))
    switch below(3) {
    case 0: lines.remove(at: index)
    case 1: lines.insert(lines[index], at: other)
    default: lines.swapAt(index, other)
    }
    bytes = Array(lines.joined(separator: [UInt8(ascii: "\n")]))
  }

  /// Puts brackets into brackets, closed or not.
  private mutating func nest(_ bytes: inout [UInt8]) {
    let depth = element([1, 2, 60, 63, 64, 65, 66, 500, 20_000])
    let (open, close) = element([("[", "]"), ("{\"a\":", "}"), ("(", ")"), ("[{\"a\":", "}]")])
    let range = slice(bytes)
    if chance(2) {
      bytes.insert(
        contentsOf: Array(repeating: Array(close.utf8), count: depth).joined(),
        at: range.upperBound)
    }
    bytes.insert(
      contentsOf: Array(repeating: Array(open.utf8), count: depth).joined(),
      at: range.lowerBound)
  }
}
