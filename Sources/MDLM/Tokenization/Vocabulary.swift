/// The tokens of a byte-level BPE by their ids, added ones included.
///
/// Files spell the bytes of a token in the letters of the ByteLevel alphabet.
struct Vocabulary: Sendable, Equatable {
  /// The bytes of every token; empty for ids that no token has.
  private let strings: ByteStrings
  /// The ids of tokens whose name is their text, not letters of the alphabet.
  private let plainIDs: Set<Int32>
  /// The ids of added tokens that are none of the model.
  private let addedIDs: Set<Int32>
  /// The id of each byte.
  let byteIDs: [Int32]

  /// The number of ids: one more than the largest, whether or not all below it are in use.
  var count: Int { strings.count }

  /// Makes the vocabulary.
  ///
  /// - Parameters:
  ///   - strings: The bytes of every token by its id; empty for ids that no token has.
  ///   - plainIDs: The ids of tokens whose name is their text.
  ///   - addedIDs: The ids of added tokens that are none of the model.
  ///   - path: The file in errors.
  /// - Throws: ``InputError`` where a byte has no token: not every text could be encoded.
  init(
    _ strings: ByteStrings, plainIDs: Set<Int32> = [], addedIDs: Set<Int32> = [], in path: String
  ) throws(InputError) {
    self.strings = strings
    self.addedIDs = addedIDs
    self.plainIDs = plainIDs
    var byteIDs = [Int32](repeating: -1, count: 256)
    for id in 0..<strings.count where strings.length(of: id) == 1 {
      guard let byte = strings[id].first, !plainIDs.contains(Int32(id)),
        !addedIDs.contains(Int32(id))
      else { continue }
      byteIDs[Int(byte)] = Int32(id)
    }
    if let byte = byteIDs.firstIndex(of: -1) {
      let letter = JSONValue.quoted(Self.letters(of: [UInt8(byte)]))
      throw InputError(
        .badData, path, found: "a vocabulary without \(letter), the byte \(byte)",
        expected: "a token for each of the 256 bytes",
        remedy: "Train it with all letters of the ByteLevel alphabet")
    }
    self.byteIDs = byteIDs
  }

  func bytes(of id: Int32) -> ArraySlice<UInt8> {
    0 <= id && id < strings.count ? strings[Int(id)] : []
  }

  /// The name of a token as a file spells it, or nil where there is none.
  func name(of id: Int32) -> String? {
    let bytes = bytes(of: id)
    if bytes.isEmpty { return nil }
    return plainIDs.contains(id)
      ? String(decoding: bytes, as: UTF8.self) : Self.letters(of: bytes)
  }

  /// The bytes of the tokens that a piece of text may be, by id; empty for all others.
  func pieces() -> ByteStrings {
    let excluded = plainIDs.union(addedIDs)
    var result = ByteStrings()
    result.reserveCapacity(count, byteCount: strings.bytes.count)
    for id in 0..<count { result.append(excluded.contains(Int32(id)) ? [] : strings[id]) }
    return result
  }
}

extension Vocabulary {
  /// Whether tokens stand for the same bytes under the same names.
  static func == (first: Vocabulary, second: Vocabulary) -> Bool {
    first.strings == second.strings && first.plainIDs == second.plainIDs
  }
}

// MARK: - The alphabet

extension Vocabulary {
  /// The letters that stand for `bytes`.
  static func letters(of bytes: some Sequence<UInt8>) -> String {
    var name = String.UnicodeScalarView()
    for byte in bytes { name.append(ByteTokenizer.letters[Int(byte)]) }
    return String(name)
  }

  /// Appends the bytes that the letters of `name` stand for; false where it has other characters.
  static func appendBytes(of name: ArraySlice<UInt8>, to bytes: inout [UInt8]) -> Bool {
    var decoder = ScalarDecoder(name)
    while let scalar = try? decoder.next() {
      guard scalar.value < values.count, values[Int(scalar.value)] >= 0 else { return false }
      bytes.append(UInt8(truncatingIfNeeded: values[Int(scalar.value)]))
    }
    return decoder.index == name.endIndex
  }

  /// The byte that each letter stands for, by its code point, or −1.
  private static let values: [Int16] = {
    var values = [Int16](repeating: -1, count: 324)
    for (byte, letter) in ByteTokenizer.letters.enumerated() {
      values[Int(letter.value)] = Int16(byte)
    }
    return values
  }()
}
