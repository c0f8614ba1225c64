import Testing

@testable import MDLM

@Suite struct PreTokenizerTests {
  private func preTokenizer(_ json: String) throws -> PreTokenizer {
    try PreTokenizer(JSONValue(parsing: Array(json.utf8)[...], name: "x"), in: "f.json")
  }

  private static let byteLevel = #"{"type":"ByteLevel","add_prefix_space":false}"#
  private static let letters =
    #"{"type":"ByteLevel","add_prefix_space":false,"use_regex":false}"#
  private static let spaced = #"{"type":"ByteLevel","add_prefix_space":true}"#

  private static func split(
    _ pattern: SplitPattern, behavior: String = "Isolated", invert: Bool = false
  ) -> String {
    let split: JSONValue = [
      "type": "Split", "pattern": ["Regex": .string(pattern.regex)],
      "behavior": .string(behavior), "invert": .boolean(invert),
    ]
    return split.line()
  }

  private static func sequence(_ parts: String...) -> String {
    #"{"type":"Sequence","pretokenizers":[\#(parts.joined(separator: ","))]}"#
  }

  /// A pre-tokenizer, and how it splits "ab 12 c٣".
  @Test(arguments: [
    (byteLevel, "ab| 12| c|٣"),
    (letters, "ab 12 c٣"),
    (spaced, " ab| 12| c|٣"),
    (sequence(split(.qwen2), letters), "ab| |1|2| c|٣"),
    (sequence(split(.cl100k, behavior: "Removed", invert: true), letters), "ab| |12| c|٣"),
    (sequence(#"{"type":"Digits","individual_digits":true}"#, byteLevel), "ab| |1|2| c|٣"),
    (sequence(#"{"type":"Digits","individual_digits":false}"#, byteLevel), "ab| |12| c|٣"),
    (sequence(#"{"type":"Digits"}"#, spaced), " ab| | 12| c| ٣"),
    (sequence(sequence(split(.gpt2)), sequence(letters)), "ab| 12| c|٣"),
  ])
  func textIsSplit(json: String, split: String) throws {
    let preTokenizer = try preTokenizer(json)
    var pieces: [String] = []
    Array("ab 12 c٣".utf8).withUnsafeBufferPointer { text in
      preTokenizer.forEachPiece(of: text) { pieces.append(String(decoding: $0, as: UTF8.self)) }
    }
    #expect(pieces.joined(separator: "|") == split)
  }

  @Test(arguments: SplitPattern.allCases)
  func whatIsMadeIsReadAgain(pattern: SplitPattern) throws {
    let made = PreTokenizer(pattern)
    #expect(try preTokenizer(made.json.line()) == made)
  }

  @Test(arguments: [
    ("null", "pre_tokenizer null"),
    (#"{"type":"Metaspace"}"#, "pre_tokenizer 'Metaspace'"),
    (sequence(#"{"type":"Whitespace"}"#, byteLevel), "pre_tokenizer 'Whitespace'"),
    (split(.gpt2), "pre_tokenizer 'Split' without ByteLevel"),
    (sequence(byteLevel, #"{"type":"Digits"}"#), "pre_tokenizer ByteLevel before 'Digits'"),
    (
      sequence(#"{"type":"Split","pattern":{"Regex":"x+"},"behavior":"Isolated"}"#, letters),
      "pre_tokenizer Split by \"x+\""
    ),
    (
      sequence(#"{"type":"Split","pattern":{"String":" "},"behavior":"Isolated"}"#, letters),
      "pre_tokenizer Split by \" \""
    ),
    (
      sequence(split(.gpt2, behavior: "MergedWithNext"), letters),
      "pre_tokenizer Split with behavior 'MergedWithNext'"
    ),
    (sequence(split(.gpt2, behavior: "Removed"), letters), "Split with behavior 'Removed'"),
    (#"{"type":"ByteLevel","use_regex":1}"#, "pre_tokenizer 'ByteLevel' with use_regex 1"),
    (
      sequence(Array(repeating: #"{"type":"Digits"}"#, count: 65).joined(separator: ","), letters),
      "pre_tokenizer of 65 steps"
    ),
  ])
  func othersAreRefused(json: String, fragment: String) throws {
    let error = #expect(throws: InputError.self) { try preTokenizer(json) }
    #expect(error?.subject == "f.json")
    #expect(error?.found.contains(fragment) == true, "\(String(describing: error))")
  }
}
