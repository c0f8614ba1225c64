import Testing

@testable import MDLM

@Suite struct JSONTreeTests {
  @Test func valuesOfEveryKind() throws {
    let tree = try JSONTree(
      SourceText(#" {"a": [1, -2.5e1, true, false, null], "b": {}, "c": []} "#))
    #expect(
      tree
        == .object([
          .init(
            key: "a",
            value: .array([.number(1), .number(-25), .boolean(true), .boolean(false), .null])),
          .init(key: "b", value: .object([])), .init(key: "c", value: .array([])),
        ]))
  }

  @Test(arguments: [
    (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{C}\n\r\t"),
    (#""\u00e9\u03A9""#, "éΩ"), (#""\ud83d\ude42""#, "🙂"), (#""é🙂""#, "é🙂"), (#""""#, ""),
  ])
  func strings(json: String, text: String) throws {
    #expect(try JSONTree(SourceText(json)).string == text)
  }

  @Test func canonicallyEquivalentKeysStayApart() throws {
    let tree = try JSONTree(SourceText("{\"\u{3A9}\": 0, \"\u{2126}\": 1}"))
    guard case .object(let members) = tree else { return #expect(Bool(false)) }
    #expect(members.map(\.key.unicodeScalars.first) == ["\u{3A9}", "\u{2126}"])
  }

  @Test(arguments: [
    ("", "the end of the text"), ("{", "a key in quotes"), ("{\"a\" 1}", "':' after the key"),
    ("[1 2]", "',' or ']'"), ("{\"a\": 1", "',' or '}'"), ("tru", "'true'"), ("1 2", "the end of"),
    ("\"a", "the closing quote"), (#""\x""#, "an escape"), (#""\u00g0""#, "four hexadecimal"),
    (#""\ud800""#, "a whole surrogate pair"), (#""\ud800\u0041""#, "the second half"),
    ("\"\n\"", "control characters"), ("--1", "a number"), ("é", "a JSON value"),
    (String(repeating: "[", count: 100_000), "nested"),
  ])
  func mistakes(json: String, fragment: String) {
    let error = #expect(throws: InputError.self) { try JSONTree(SourceText(json)) }
    #expect(error?.description.contains(fragment) == true, "\(String(describing: error))")
  }
}
