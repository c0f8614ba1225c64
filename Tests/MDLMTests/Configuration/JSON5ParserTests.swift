import Testing

@testable import MDLM

@Suite struct JSON5ParserTests {
  private func parse(_ text: String) throws -> JSON5Value {
    try JSON5Parser.parse(Array(text.utf8), name: "a.json5")
  }

  private func members(_ text: String) throws -> [JSON5Member] {
    guard case .object(let members) = try parse(text).content else { return [] }
    return members
  }

  @Test func readsCommentsBareKeysQuotesAndTrailingCommas() throws {
    let members = try members(
      "\u{FEFF}// one\n{ a: 'x\"y', /* two\n */ \"b c\": [1, 2,], $d_1: null, ü: true, }\u{A0}")
    #expect(members.map(\.key) == ["a", "b c", "$d_1", "ü"])
    #expect(members.first?.value.content == .string("x\"y"))
    #expect(members.last?.value.content == .boolean(true))
  }

  @Test(arguments: [
    ("0", 0), ("-0", 0), ("+1", 1), (".5", 0.5), ("5.", 5), ("-1.25e-3", -0.00125), ("1E3", 1000),
    ("0xfF", 255), ("-0x10", -16), ("Infinity", .infinity), ("-Infinity", -.infinity),
    ("1e999", .infinity),
  ])
  func readsNumbers(text: String, expected: Double) throws {
    guard case .number(let number) = try parse(text).content else {
      Issue.record("\(text) is no number")
      return
    }
    #expect(number.value == expected)
    #expect(number.literal == text)
  }

  @Test(arguments: ["NaN", "-NaN"])
  func readsNotANumber(text: String) throws {
    guard case .number(let number) = try parse(text).content else {
      Issue.record("\(text) is no number")
      return
    }
    #expect(number.value.isNaN)
  }

  @Test(arguments: [
    ("18446744073709551615", UInt64.max), ("18446744073709551616", nil), ("1e6", 1_000_000),
    ("0x20", 32), ("1e19", 10_000_000_000_000_000_000), ("1e20", nil), ("64.0", nil), ("1e-1", nil),
    ("-1", nil), ("-0", 0), ("Infinity", nil), ("NaN", nil),
  ])
  func keepsWholeNumbersExact(literal: String, expected: UInt64?) {
    #expect(JSON5Number(literal: literal).integer(UInt64.self) == expected)
  }

  @Test func readsEscapes() throws {
    let text = try parse(#"'\n\t\\\'\x41\u00e9\uD83D\uDE00\0\ü\q'"#)
    #expect(text.content == .string("\n\t\\'A\u{E9}\u{1F600}\0üq"))
  }

  @Test(arguments: ["\n", "\r\n", "\r"])
  func continuesLines(lineEnd: String) throws {
    #expect(try parse("'a\\\(lineEnd)b'").content == .string("ab"))
  }

  @Test(arguments: ["\n", "\r\n", "\r"])
  func knowsLinesAndColumns(lineEnd: String) throws {
    let text = "{" + lineEnd + "  a: 1, /* ü€ */ b:" + lineEnd + "\t2 }"
    let members = try members(text)
    #expect(members.map(\.position.line) == [2, 2])
    #expect(members.map(\.position.column) == [3, 18])
    #expect(
      members.map(\.value.position) == [.init(line: 2, column: 6), .init(line: 3, column: 2)])
  }

  @Test func keepsDuplicateKeysInOrder() throws {
    let members = try members("{a: 1, b: 2, a: 3}")
    #expect(members.map(\.key) == ["a", "b", "a"])
    #expect(members.map(\.position.column) == [2, 8, 14])
  }

  @Test func quotesSoThatItReadsBack() throws {
    let text = "a\"b\\c\n\r\t\0\u{1}\u{7F}\u{2028}é\u{1F600}'"
    #expect(try parse(JSON5Value.quoted(text)).content == .string(text))
  }

  @Test func nestsUpToTheLimit() throws {
    let depth = JSON5Parser.depthLimit
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
    let error = #expect(throws: InputError.self) {
      try JSON5Parser.parse(Array("{\n a: '".utf8) + [0xC3, 0x28], name: "a.json5")
    }
    #expect(error?.subject == "a.json5:2:6")
  }
}
