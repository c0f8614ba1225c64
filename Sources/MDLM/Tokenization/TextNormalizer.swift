#if canImport(FoundationEssentials)
  import Foundation
#else
  import Foundation
#endif

/// Minimal stand-in: replaced by the WordPiece branch's file of this name.
enum TextNormalizer: Sendable {
  case identity(JSONValue)
  case nfc, nfd, nfkc, nfkd, lowercase
  indirect case sequence([TextNormalizer], JSONValue)

  init(_ json: JSONValue, in path: String) throws(InputError) {
    switch json["type"]?.string {
    case nil where json == .null: self = .identity(.null)
    case "NFC": self = .nfc
    case "NFD": self = .nfd
    case "NFKC": self = .nfkc
    case "NFKD": self = .nfkd
    case "Lowercase": self = .lowercase
    case "Sequence":
      var parts: [TextNormalizer] = []
      if case .array(let elements) = json["normalizers"] {
        for element in elements { parts.append(try TextNormalizer(element, in: path)) }
      }
      self = .sequence(parts, json)
    case let type:
      throw InputError(
        .badData, path, found: "normalizer '\(type ?? json.summary)'",
        expected: "NFC, NFD, NFKC, NFKD, Lowercase, a Sequence of these, or none",
        remedy: "Use a tokenizer with one of these normalizers")
    }
  }

  func normalized(_ bytes: ArraySlice<UInt8>) -> [UInt8] {
    let text = String(decoding: bytes, as: UTF8.self)
    switch self {
    case .identity: return Array(bytes)
    case .nfc: return Array(text.precomposedStringWithCanonicalMapping.utf8)
    case .nfd: return Array(text.decomposedStringWithCanonicalMapping.utf8)
    case .nfkc: return Array(text.precomposedStringWithCompatibilityMapping.utf8)
    case .nfkd: return Array(text.decomposedStringWithCompatibilityMapping.utf8)
    case .lowercase:
      return text.unicodeScalars.flatMap { Array($0.properties.lowercaseMapping.utf8) }
    case .sequence(let parts, _):
      return parts.reduce(Array(bytes)) { $1.normalized($0[...]) }
    }
  }

  var isIdentity: Bool {
    switch self {
    case .identity: true
    case .sequence(let parts, _): parts.allSatisfy(\.isIdentity)
    default: false
    }
  }

  var json: JSONValue {
    switch self {
    case .identity(let json), .sequence(_, let json): json
    case .nfc: ["type": "NFC"]
    case .nfd: ["type": "NFD"]
    case .nfkc: ["type": "NFKC"]
    case .nfkd: ["type": "NFKD"]
    case .lowercase: ["type": "Lowercase"]
    }
  }
}
