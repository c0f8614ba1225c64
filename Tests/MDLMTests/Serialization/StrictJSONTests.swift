import Testing

@testable import MDLM

struct StrictJSONTests {
  @Test(arguments: [
    (
      " {\"a\": [1, -0.5e+3, true]} ",
      StrictJSON.object(["a": .array([.number("1"), .number("-0.5e+3"), .bool(true)])])
    ),
    ("{}", .object([:])),
    ("[ ]", .array([])),
    ("null", .null),
    ("18446744073709551615", .number("18446744073709551615")),
    (#""\"\\\/\b\f\n\r\t""#, .string("\"\\/\u{8}\u{c}\n\r\t")),
    (#""\u00e9 \ud83d\ude00 é😀""#, .string("é 😀 é😀")),
  ])
  func parses(text: String, value: StrictJSON) throws {
    #expect(try StrictJSON(parsing: Array(text.utf8)) == value)
  }

  @Test(arguments: [
    ("", 0, "a value"),
    ("{\"a\":1,}", 7, "a key in double quotes"),
    ("{\"a\" 1}", 5, "':' after the key \"a\""),
    ("{\"a\":1 \"b\":2}", 7, "',' or '}'"),
    ("[1 2]", 3, "',' or ']'"),
    ("[1,]", 3, "a value"),
    ("01", 1, "the end"),
    ("1.", 2, "a digit after the decimal point"),
    ("1e", 2, "a digit in the exponent"),
    ("+1", 0, "a value"),
    ("NaN", 0, "a value"),
    ("nul", 0, "'null'"),
    ("\"a", 2, "the closing quote"),
    ("\"\n\"", 1, "an escape"),
    (#""\x""#, 2, "one of"),
    (#""\u+123""#, 3, "four hexadecimal digits"),
    (#""\ud83d""#, 7, "a pair of surrogates"),
    (#""\ud83d\u0041""#, 13, "a pair of surrogates"),
    ("{} {}", 3, "the end"),
  ])
  func refuses(text: String, offset: Int, expected: String) {
    #expect {
      try StrictJSON(parsing: Array(text.utf8))
    } throws: { error in
      guard let error = error as? StrictJSON.SyntaxError else { return false }
      return error.offset == offset && error.expected.contains(expected)
    }
  }

  @Test func refusesRepeatedKeysAtAnyDepth() {
    let text = #"{"a": {"b": 1, "\u0062": 2}}"#
    #expect(
      throws: StrictJSON.SyntaxError(
        offset: 15, found: "the key \"b\" a second time", expected: "each key once")
    ) { try StrictJSON(parsing: Array(text.utf8)) }
  }

  @Test func refusesDeepNesting() {
    let text = String(repeating: "[", count: 1_000_000)
    #expect(throws: StrictJSON.SyntaxError.self) { try StrictJSON(parsing: Array(text.utf8)) }
  }

  @Test func refusesInvalidUTF8() {
    #expect(throws: StrictJSON.SyntaxError.self) {
      try StrictJSON(parsing: [0x22, 0xC3, 0x28, 0x22])
    }
  }

  @Test func encodesWithSortedKeys() {
    let value = StrictJSON.object([
      "b": .array([.number(1), .number("2")]), "a": .object([:]), "B": .string("\u{1}\""),
    ])
    #expect(
      value.encoded() == """
        {
          "B": "\\u0001\\"",
          "a": {},
          "b": [1, 2]
        }
        """)
  }

  @Test func encodesNumbersThatReadBackEqual() throws {
    let numbers: [Double] = [0.1, 1e-5, 1 / 3, 1e300, -0.0, 0x1p-1074]
    for number in numbers {
      let text = StrictJSON.number(number).encoded()
      #expect(try StrictJSON(parsing: Array(text.utf8)) == .number(text))
      #expect(Double(text) == number)
    }
    #expect(StrictJSON.number(Double.nan) == .null)
  }
}
