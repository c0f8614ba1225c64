import Testing

@testable import MDLM

@Suite struct JSONParserTests {
  private func parse(_ text: String) throws -> JSONValue {
    try JSONValue(
      parsing: Array(text.utf8)[...], as: .json5, name: "a.json5", category: .badConfiguration)
  }

  private func parseStrictly(_ text: String) throws -> JSONValue {
    try JSONValue(parsing: Array(text.utf8)[...], name: "a.json")
  }

  private func members(_ text: String) throws -> [JSONMember] {
    guard case .object(let members) = try parse(text) else { return [] }
    return members
  }

  // MARK: JSON5

  @Test func readsCommentsBareKeysQuotesAndTrailingCommas() throws {
    let members = try members(
      "\u{FEFF}// one\n{ a: 'x\"y', /* two\n */ \"b c\": [1, 2,], $d_1: null, ü: true, }\u{A0}")
    #expect(members.map(\.key) == ["a", "b c", "$d_1", "ü"])
    #expect(members.first?.value == .string("x\"y"))
    #expect(members.last?.value == .boolean(true))
  }

  @Test(arguments: [
    ("0", 0), ("-0", 0), ("+1", 1), (".5", 0.5), ("5.", 5), ("5.e1", 50), ("-1.25e-3", -0.00125),
    ("1E3", 1000), ("0xfF", 255), ("-0x10", -16), ("Infinity", .infinity),
    ("-Infinity", -.infinity), ("1e999", .infinity),
  ])
  func readsNumbers(text: String, expected: Double) throws {
    let number = try parse(text)
    #expect(number.double == expected)
    #expect(number == .number(text))
  }

  @Test(arguments: ["NaN", "-NaN"])
  func readsNotANumber(text: String) throws {
    #expect(try parse(text).double?.isNaN == true)
  }

  @Test func readsEscapes() throws {
    let text = try parse(#"'\n\t\\\'\x41\u00e9\uD83D\uDE00\0\ü\q'"#)
    #expect(text == .string("\n\t\\'A\u{E9}\u{1F600}\0üq"))
  }

  @Test(arguments: ["\n", "\r\n", "\r"])
  func continuesLines(lineEnd: String) throws {
    #expect(try parse("'a\\\(lineEnd)b'") == .string("ab"))
  }

  @Test(arguments: ["\n", "\r\n", "\r"])
  func knowsLinesAndColumns(lineEnd: String) throws {
    let text = "{" + lineEnd + "  a: 1, /* ü€ */ b:" + lineEnd + "\t2 }"
    let members = try members(text)
    #expect(members.map(\.keyPosition?.line) == [2, 2])
    #expect(members.map(\.keyPosition?.column) == [3, 18])
    #expect(
      members.map(\.valuePosition) == [.init(line: 2, column: 6), .init(line: 3, column: 2)])
  }

  @Test func keepsDuplicateKeysInOrder() throws {
    let members = try members("{a: 1, b: 2, a: 3}")
    #expect(members.map(\.key) == ["a", "b", "a"])
    #expect(members.map(\.keyPosition?.column) == [2, 8, 14])
  }

  @Test func nestsUpToTheLimit() throws {
    let depth = JSONParser.depthLimit
    let brackets = { String(repeating: "[", count: $0) + String(repeating: "]", count: $0) }
    #expect(throws: Never.self) { try parse(brackets(depth)) }
    let error = #expect(throws: InputError.self) { try parse(brackets(100_000)) }
    #expect(error?.subject == "a.json5:1:\(depth + 1)")
  }

  @Test(arguments: [
    ("", "a.json5:1:1: found the end of the text, expected a value."),
    ("  // only a comment", "a.json5:1:20: found the end of the text"),
    (
      "{", "found the end of the text, expected a key or \"}\". Close the bracket opened in line 1."
    ),
    (
      "{\n a: 1\n b: 2 }",
      "a.json5:3:2: found \"b\", expected \",\" or \"}\". Put a comma before it."
    ),
    ("{a 1}", "a.json5:1:4: found \"1\", expected \":\" after the key \"a\"."),
    ("{a: }", "found \"}\", expected a value."),
    ("{1a: 2}", "found \"1\", expected a key"),
    ("{a: 1}}", "a.json5:1:7: found \"}\", expected the end of the text."),
    ("[1, 2", "Close the bracket opened in line 1."),
    ("[,]", "found \",\", expected a value."),
    ("{a: b}", "found the bare word \"b\", expected a value. Put text in quotes."),
    ("{a: True}", "Write true, false or null in lower case."),
    ("{a: 'b\n'}", "a.json5:1:5: found text without closing quote"),
    ("{a: 'b", "found text without closing quote"),
    ("'\\", "found text without closing quote"),
    ("/* {", "a.json5:1:1: found a comment without end"),
    ("1_000", "found 1_000, expected a number. Write the digits without underscores."),
    ("010", "found 010, expected a number."), ("1.2.3", "found 1.2.3, expected a number."),
    ("12px", "found 12px, expected a number."), ("0x", "found 0x, expected a number."),
    ("1e", "found 1e, expected a number."), (".", "found ., expected a number."),
    ("+", "found +, expected a number."), ("--1", "found --1, expected a number."),
    ("'\\u12'", "expected 4 hexadecimal digits."), ("'\\x+1'", "expected 2 hexadecimal digits."),
    ("'\\uD83D'", "expected both halves of a surrogate pair."),
    ("'\\uD83D\\u0041'", "expected both halves of a surrogate pair."),
    ("'\\1'", "found an escape that means no character"), ("€", "found the bare word \"€\""),
  ])
  func pointsAtSyntaxMistakes(text: String, expected: String) {
    let error = #expect(throws: InputError.self) { try parse(text) }
    #expect(error?.description.contains(expected) == true, "\(error?.description ?? "")")
    #expect(error?.category == .badConfiguration)
  }

  @Test func refusesBytesThatAreNotUTF8() {
    let bytes = Array("{\n a: 'é".utf8) + [0xC3, 0x28]
    let error = #expect(throws: InputError.self) {
      try JSONValue(parsing: bytes[...], as: .json5, name: "a.json5")
    }
    #expect(error?.subject == "a.json5:2:7")
    #expect(error?.found == "bytes that are not UTF-8")
  }

  // MARK: Strict JSON

  @Test(arguments: [
    (
      " {\"a\": [1, -0.5e+3, true]} ",
      ["a": [.number("1"), .number("-0.5e+3"), true]] as JSONValue
    ),
    ("{}", .object([])), ("[ ]", .array([])), ("null", .null), ("false", false),
    ("18446744073709551615", .number("18446744073709551615")),
    (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{c}\n\r\t"),
    (#""\u00e9 \ud83d\ude00 é😀\u03A9""#, "é 😀 é😀\u{3A9}"), ("\u{FEFF}\"\"", ""),
  ])
  func readsStrictJSON(text: String, value: JSONValue) throws {
    #expect(try parseStrictly(text) == value)
  }

  @Test(arguments: [
    ("", 1, "found the end of the text, expected a value."),
    ("{\"a\":1,}", 8, "expected a key in double quotes. Remove the comma before it."),
    ("{a:1}", 2, "found \"a\", expected a key in double quotes or \"}\"."),
    ("{'a':1}", 2, "expected a key in double quotes"),
    ("{\"a\" 1}", 6, "expected \":\" after the key \"a\"."),
    ("{\"a\":1 \"b\":2}", 8, "expected \",\" or \"}\". Put a comma before it."),
    ("[1 2]", 4, "expected \",\" or \"]\"."), ("[1,]", 4, "expected a value. Remove the comma"),
    ("[1", 3, "Close the bracket opened in line 1."), ("'a'", 1, "expected a value."),
    ("// a", 1, "found \"/\", expected a value."), ("\u{A0}1", 1, "expected a value."),
    ("01", 1, "found 01, expected a number."), ("1.", 1, "found 1., expected a number."),
    (".5", 1, "found .5, expected a number."), ("1e", 1, "found 1e, expected a number."),
    ("+1", 1, "found +1, expected a number."), ("0x1", 1, "found 0x1, expected a number."),
    ("-Infinity", 1, "expected a number."), ("--1", 1, "expected a number."),
    ("NaN", 1, "expected a value."), ("nul", 1, "found the bare word \"nul\""),
    ("é", 1, "found the bare word \"é\""),
    ("\"a", 1, "found text without closing quote"), ("\"\n\"", 1, "without closing quote"),
    ("\"\t\"", 2, "expected an escape such as \\n."),
    (#""\x41""#, 2, "expected one of"), (#""\u+123""#, 2, "expected 4 hexadecimal digits."),
    (#""\u00g0""#, 2, "expected 4 hexadecimal digits."),
    (#""\ud83d""#, 2, "expected both halves of a surrogate pair."),
    (#""\ud83d\u0041""#, 2, "expected both halves of a surrogate pair."),
    ("{} {}", 4, "expected the end of the text."),
    (#"{"a": {"b": 1, "\u0062": 2}}"#, 16, "found the key \"b\" a second time"),
  ])
  func pointsAtMistakesInStrictJSON(text: String, column: Int, expected: String) {
    let error = #expect(throws: InputError.self) { try parseStrictly(text) }
    #expect(error?.description.contains(expected) == true, "\(error?.description ?? "")")
    #expect(error?.subject == "a.json:1:\(column)")
    #expect(error?.category == .badData)
  }

  @Test func canonicallyEquivalentKeysStayApart() throws {
    let value = try parseStrictly("{\"\u{3A9}\": 0, \"\u{2126}\": 1}")
    #expect(value["\u{3A9}"] == .number(0))
    #expect(value["\u{2126}"] == .number(1))
  }

  @Test func countsLinesFromTheGivenOne() {
    let error = #expect(throws: InputError.self) {
      try JSONValue(parsing: Array("[1]\n[2".utf8).dropFirst(4), name: "a", line: 7)
    }
    #expect(error?.subject == "a:7:3")
  }
}
