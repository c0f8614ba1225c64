@testable import MDLM

/// Damage that leaves JSON what it is, and makes its values what they should not be.
extension Mutator {
  /// Changes a value, a key or a line; bytes that are no JSON stay as they are.
  mutating func changingJSON(of bytes: [UInt8], _ form: Form) -> [UInt8] {
    switch form {
    case .binary, .text: return bytes
    case .json: return changed(bytes[...]) ?? bytes
    case .jsonLines: return changingLine(of: bytes)
    case .safetensors: return changingHeader(of: bytes)
    }
  }

  private mutating func changed(_ text: ArraySlice<UInt8>) -> [UInt8]? {
    guard var value = try? JSONValue(parsing: text, as: .json5, name: "") else { return nil }
    repeat { change(&value) } while chance(3)
    return Array(value.line().utf8)
  }

  private mutating func changingLine(of bytes: [UInt8]) -> [UInt8] {
    var lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
      .map(Array.init)
    let (index, other) = (below(lines.count), below(lines.count))
    switch below(8) {
    case 0: lines.remove(at: index)
    case 1: lines.insert(lines[index], at: other)
    case 2: lines.swapAt(index, other)
    default: if let line = changed(lines[index][...]) { lines[index] = line }
    }
    return Array(lines.joined(separator: [UInt8(ascii: "\n")]))
  }

  /// Changes the header of a safetensors file, and the length in front of it to match.
  private mutating func changingHeader(of bytes: [UInt8]) -> [UInt8] {
    guard bytes.count >= 8 else { return bytes }
    let length = bytes[..<8].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    if length < UInt64(bytes.count - 8), chance(3) {
      return changingFloats(of: bytes, from: 8 + Int(length))
    }
    guard length <= UInt64(bytes.count - 8), let header = changed(bytes[8...].prefix(Int(length)))
    else { return bytes }
    return (0..<8).map { UInt8(truncatingIfNeeded: header.count >> (8 * $0)) } + header
      + bytes[(8 + Int(length))...]
  }

  /// Writes over numbers behind `start` with others that are no mistake of the format.
  private mutating func changingFloats(of bytes: [UInt8], from start: Int) -> [UInt8] {
    var bytes = bytes
    let patterns: [UInt32] = [
      0, 1 << 31, 1, 0x3F80_0000, 0x7F7F_FFFF, 0xFF7F_FFFF, 0x7F80_0000, 0x7FC0_0000, 0x6000_0000,
    ]
    repeat {
      let pattern = element(patterns)
      let place = start + below(bytes.count - start) / 4 * 4
      for index in 0..<min(4, bytes.count - place) {
        bytes[place + index] = UInt8(truncatingIfNeeded: pattern >> (8 * UInt32(index)))
      }
    } while chance(3, of: 4)
    return bytes
  }

  // MARK: Values

  private mutating func change(_ value: inout JSONValue) {
    let donor = anyPart(of: value)
    changePart(of: &value, donor)
  }

  /// Changes the value or one of its parts.
  ///
  /// What lies far out is met more often than it would be by
  /// its share of all values: a tokenizer has few settings and many tokens.
  private mutating func changePart(of value: inout JSONValue, _ donor: JSONValue) {
    switch value {
    case .array(var elements) where !elements.isEmpty && chance(4, of: 5):
      changePart(of: &elements[below(elements.count)], donor)
      value = .array(elements)
    case .object(var members) where !members.isEmpty && chance(4, of: 5):
      changePart(of: &members[below(members.count)].value, donor)
      value = .object(members)
    default: changeHere(&value, donor)
    }
  }

  private mutating func anyPart(of value: JSONValue) -> JSONValue {
    let parts: [JSONValue] =
      switch value {
      case .array(let elements): elements
      case .object(let members): members.map(\.value)
      default: []
      }
    return parts.isEmpty || chance(4) ? value : anyPart(of: element(parts))
  }

  private mutating func changeHere(_ value: inout JSONValue, _ donor: JSONValue) {
    guard chance(3, of: 4) else { return value = anyValue(donor) }
    switch value {
    case .number: value = .number(element(Self.decimals))
    case .string(let text): value = .string(changed(text))
    case .array(var elements) where !elements.isEmpty:
      let index = below(elements.count)
      switch below(4) {
      case 0: elements.remove(at: index)
      case 1: elements.insert(elements[index], at: below(elements.count))
      case 2: elements.append(donor)
      default: elements += repeatElement(elements[index], count: element([1, 6, 70, 3000]))
      }
      value = .array(elements)
    case .object(var members) where !members.isEmpty:
      let index = below(members.count)
      switch below(4) {
      case 0: members.remove(at: index)
      case 1: members.append(members[index])
      case 2: members[index].key = changed(members[index].key)
      default: members.swapAt(index, below(members.count))
      }
      value = .object(members)
    default: value = anyValue(donor)
    }
  }

  private mutating func anyValue(_ donor: JSONValue) -> JSONValue {
    switch below(9) {
    case 0: return .null
    case 1: return .boolean(chance(2))
    case 2: return .number(element(Self.decimals))
    case 3: return .string(element(Self.texts))
    case 4: return .array([])
    case 5: return .object([])
    case 6:
      return (0..<element([1, 8, 62, 66])).reduce(donor) { inner, _ in .array([inner]) }
    case 7:
      return (0..<element([1, 8, 62, 66])).reduce(donor) { inner, _ in
        .object([JSONMember(key: "type", value: inner)])
      }
    default: return donor
    }
  }

  private mutating func changed(_ text: String) -> String {
    var scalars = Array(text.unicodeScalars)
    switch below(5) {
    case 0: return element(Self.texts)
    case 1: scalars = Array(scalars.prefix(below(scalars.count + 1)))
    case 2: scalars += scalars
    case 3:
      scalars.insert(contentsOf: element(Self.texts).unicodeScalars, at: below(scalars.count + 1))
    default: scalars.reverse()
    }
    var result = String.UnicodeScalarView()
    result.append(contentsOf: scalars)
    return String(result)
  }

  /// Texts that mean something to one parser or another.
  private static let texts = [
    "", " ", "\0", "\n", "a", "##", "/", "..", "../../x", "/dev/null", "[MASK]", "[UNK]", "[CLS]",
    "<mask>", "<|endoftext|>", "ByteLevel", "Sequence", "NFKD", "BertNormalizer", "Digits", "text",
    "byte", "e\u{301}", "\u{301}", "\u{2126}", "\u{1F468}\u{200D}\u{1F469}", "\u{202E}", "F64",
    "I8", "18446744073709551616", "-1", "NaN", String(repeating: "a", count: 3000),
    String(repeating: "\u{FDFA}", count: 300),
  ]
}
