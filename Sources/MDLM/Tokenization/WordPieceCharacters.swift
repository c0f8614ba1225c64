/// The classes of characters that BERT's tokenization tells apart.
///
/// The reference is Hugging Face `tokenizers`, whose tables of categories are mostly those of
/// Unicode 8: to give the same ids, a character that came later has no category here.
extension Unicode.Scalar {
  /// Whether cleaning drops the character: controls, formats and private use.
  var isDroppedByCleaning: Bool {
    switch value {
    case 0x09, 0x0A, 0x0D: false
    case 0, 0xFFFD: true
    default:
      switch properties.generalCategory {
      case .control, .privateUse: true
      case .format: isFromUnicode(8)
      default: false
      }
    }
  }

  /// Whether the character is a nonspacing mark (Mn), as the accents are.
  var isNonspacingMark: Bool {
    switch value {
    // These have changed their category since.
    case 0x1734, 0x1171E: true
    case 0x1885, 0x1886, 0xA9BD, 0x111C9: false
    default: properties.generalCategory == .nonspacingMark && isFromUnicode(8)
    }
  }

  /// Whether the character is any mark, by the tables of Unicode 9.
  var isMark: Bool {
    switch value {
    case 0x1CF2, 0x1CF3: true
    case 0x111C9: false
    default:
      switch properties.generalCategory {
      case .nonspacingMark, .spacingMark, .enclosingMark: isFromUnicode(9)
      default: false
      }
    }
  }

  /// Whether the character is punctuation; in ASCII all symbols are.
  var isBertPunctuation: Bool {
    switch value {
    case 0x21...0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0x7E, 0x166D, 0x111C9: true
    case 0..<0x80: false
    default:
      switch properties.generalCategory {
      case .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation,
        .initialPunctuation, .finalPunctuation, .otherPunctuation:
        isFromUnicode(8)
      default: false
      }
    }
  }

  /// Whether the character is one of the ideographs that BERT takes for words.
  var isBertIdeograph: Bool {
    switch value {
    case 0x3400...0x4DBF, 0x4E00...0x9FFF, 0xF900...0xFAFF, 0x20000...0x2A6DF, 0x2A700...0x2B81F,
      0x2B920...0x2CEAF, 0x2F800...0x2FA1F:
      true
    default: false
    }
  }

  /// Whether `\w` matches the character (Unicode Technical Standard 18, annex C; Unicode 16).
  var isWordCharacter: Bool {
    switch properties.generalCategory {
    case .nonspacingMark, .spacingMark, .enclosingMark, .decimalNumber, .connectorPunctuation:
      isFromUnicode(16)
    default: (properties.isAlphabetic || properties.isJoinControl) && isFromUnicode(16)
    }
  }

  /// Whether the character was there in this version of Unicode.
  func isFromUnicode(_ version: Int) -> Bool {
    guard let age = properties.age else { return false }
    return age.major < version || (age.major == version && age.minor == 0)
  }
}
