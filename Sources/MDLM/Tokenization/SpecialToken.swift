/// The tokens that packing adds to text; a tokenizer has those that its packing needs.
public enum SpecialToken: String, Sendable, CaseIterable {
  /// Opens a row.
  case begin = "[BOS]"
  /// Closes a row and separates documents.
  case end = "[EOS]"
  /// Fills the rest of a short row.
  case padding = "[PAD]"

  /// The name of the mask token, which every tokenizer has.
  static let maskName = "[MASK]"
}

/// The ids of the mask and of the packing tokens behind `textCount` ids of text.
///
/// The mask comes first, then those of [BOS], [EOS], [PAD] that are there, in this order.
struct SpecialTokenIDs: Sendable, Equatable {
  let textCount: Int
  let specials: Set<SpecialToken>

  var mask: Int32 { Int32(textCount) }
  var all: Set<Int32> { Set(named.map(\.id)) }
  /// Text, mask and packing tokens together.
  var vocabularySize: Int { textCount + 1 + specials.count }

  /// Every token with its name, in the order of the ids.
  var named: [(name: String, id: Int32)] {
    let names = [SpecialToken.maskName] + present.map(\.rawValue)
    return names.enumerated().map { ($0.element, mask + Int32($0.offset)) }
  }

  func id(of special: SpecialToken) -> Int32? {
    present.firstIndex(of: special).map { mask + 1 + Int32($0) }
  }

  private var present: [SpecialToken] { SpecialToken.allCases.filter(specials.contains) }
}
