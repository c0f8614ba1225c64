/// What a normalizer and a splitter together make of single characters, looked up instead of worked
/// out: everything up to the kana, and the ideographs.
struct WordPieceCharacterTable: Sendable, Equatable {
  enum Effect: UInt8 {
    /// The character leaves no trace.
    case dropped
    case separator
    /// The character is a word of its own.
    case isolated
    case word
    case symbol
    /// What becomes of the character takes the normalizer to say.
    case other
  }

  /// An effect, and the normalized bytes of a character that has some.
  struct Entry: Sendable, Equatable {
    var effect = Effect.other
    private(set) var count: UInt8 = 0
    /// The bytes, the first of them lowest.
    private(set) var bytes: UInt64 = 0

    /// An entry with as many bytes as fit in a word.
    init?(_ effect: Effect, _ bytes: [UInt8]) {
      guard bytes.count <= 8 else { return nil }
      self.effect = effect
      count = UInt8(bytes.count)
      self.bytes = bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }

    static let other = Entry()

    private init() {}

    /// An entry with the three bytes that a character from U+0800 to U+FFFF has.
    @inline(__always)
    fileprivate init(_ effect: Effect, threeBytesOf value: UInt32) {
      self.effect = effect
      count = 3
      let first: UInt32 = 0xE0 | value >> 12
      let second: UInt32 = 0x80 | value >> 6 & 0x3F
      let third: UInt32 = 0x80 | value & 0x3F
      bytes = UInt64(first) | UInt64(second) << 8 | UInt64(third) << 16
    }
  }

  private static let size: UInt32 = 0x3100
  private static let ideographs: ClosedRange<UInt32> = 0x4E00...0x9FFF

  /// The table of nearly all files, which takes tens of milliseconds to make.
  static let uncasedBert = WordPieceCharacterTable(.bert(.uncased), .bert)

  private let entries: [Entry]
  private let ideographEffect: Effect

  init(_ normalizer: TextNormalizer, _ splitter: WordPieceSplitter) {
    func entry(_ value: UInt32) -> Entry {
      guard let scalar = Unicode.Scalar(value) else { return .other }
      return Self.entry(of: scalar, normalizer, splitter)
    }
    entries = (0..<Self.size).map(entry)
    // They are all alike: no case, no decomposition, no accent.
    let first = Self.ideographs.lowerBound
    let ideograph = entry(first)
    // Where spaces are no separators, those around ideographs are part of words.
    let isItself = ideograph == Entry(ideograph.effect, threeBytesOf: first)
    ideographEffect = isItself ? ideograph.effect : .other
  }

  private static func entry(
    of scalar: Unicode.Scalar, _ normalizer: TextNormalizer, _ splitter: WordPieceSplitter
  ) -> Entry {
    guard normalizer.isCharacterwise || scalar.isASCII else { return .other }
    let scalars = normalizer.normalized([scalar])
    if scalars.isEmpty { return Entry(.dropped, []) ?? .other }
    // Where such a mark ends up depends on its neighbours.
    if scalars.contains(where: { CharacterDecomposition.combiningClass(of: $0) != 0 }) {
      return .other
    }
    let classes = scalars.map(splitter.characterClass(of:))
    let inner = classes.indices.filter { classes[$0] != .separator }
    guard let first = inner.first, let last = inner.last else {
      return Entry(.separator, []) ?? .other
    }
    let isApart = first > 0 && last < scalars.count - 1
    guard inner.count == last - first + 1, isApart || inner.count == scalars.count,
      inner.allSatisfy({ classes[$0] == classes[first] })
    else { return .other }
    let bytes = scalars[first...last].flatMap { Array(String($0).utf8) }
    if classes[first] == .isolated, inner.count > 1 { return .other }
    let effect: Effect =
      switch classes[first] {
      case _ where isApart: .isolated
      case .isolated: .isolated
      case .symbol: .symbol
      case .word, .separator: .word
      }
    return Entry(effect, bytes) ?? .other
  }

  /// What becomes of `scalar`.
  @inline(__always)
  func entry(of scalar: Unicode.Scalar) -> Entry {
    if scalar.value < Self.size { return entries[Int(scalar.value)] }
    guard Self.ideographs ~= scalar.value else { return .other }
    return Entry(ideographEffect, threeBytesOf: scalar.value)
  }
}
