#if canImport(FoundationEssentials)
  import FoundationEssentials
#else
  import Foundation
#endif

/// One JSON object on one line, with sorted keys: what `--json` prints.
struct JSONLine {
  /// A value of an object.
  enum Value: Encodable {
    case integer(Int)
    case number(Double)
    case string(String)
    case bool(Bool)
    case integers([Int32])
    case strings([String])
    case array([Value])
    case object([String: Value])
    case null

    func encode(to encoder: any Encoder) throws {
      var container = encoder.singleValueContainer()
      switch self {
      case .integer(let value): try container.encode(value)
      // JSON has no word for a number that is not finite.
      case .number(let value) where !value.isFinite: try container.encodeNil()
      case .number(let value): try container.encode(value)
      case .string(let value): try container.encode(value)
      case .bool(let value): try container.encode(value)
      case .integers(let value): try container.encode(value)
      case .strings(let value): try container.encode(value)
      case .array(let value): try container.encode(value)
      case .object(let value): try container.encode(value)
      case .null: try container.encodeNil()
      }
    }
  }

  let text: String

  init(_ fields: [String: Value]) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    text = String(decoding: try encoder.encode(fields), as: UTF8.self)
  }
}
