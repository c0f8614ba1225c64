extension String {
  /// The text with signs in place of what does not show or would act on what shows it.
  ///
  /// Control characters get their pictures (`␛` for escape) and tabs `⇥`; controls of the writing
  /// direction, which would reach beyond the text, become U+FFFD. Line feeds are kept.
  package var showingControls: String {
    guard unicodeScalars.contains(where: \.isControlling) else { return self }
    var result = ""
    for scalar in unicodeScalars {
      result.unicodeScalars.append(scalar.isControlling ? scalar.picture : scalar)
    }
    return result
  }

  /// The text as the content of an element or the value of an attribute of XML or HTML.
  ///
  /// What XML 1.0 has no place for becomes U+FFFD.
  var escapedForMarkup: String {
    var result = ""
    for scalar in unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "\n", "\t", " "..."\u{7E}", "\u{A0}"..."\u{FFFD}", "\u{10000}"...:
        result.unicodeScalars.append(scalar)
      default: result += "\u{FFFD}"
      }
    }
    return result
  }
}

extension Unicode.Scalar {
  fileprivate var isControlling: Bool {
    switch self {
    case "\n": false
    case "\0"..."\u{1F}", "\u{7F}"..."\u{9F}", "\u{2028}", "\u{2029}": true
    case "\u{200E}", "\u{200F}", "\u{202A}"..."\u{202E}", "\u{2066}"..."\u{2069}": true
    default: false
    }
  }

  fileprivate var picture: Unicode.Scalar {
    switch self {
    case "\t": "⇥"
    case "\u{7F}": "\u{2421}"
    case "\0"..."\u{1F}": Unicode.Scalar(0x2400 + value) ?? "\u{FFFD}"
    default: "\u{FFFD}"
    }
  }
}
