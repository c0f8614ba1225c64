import Testing

@testable import MDLM

@Suite struct JSONValueTests {
  @Test(arguments: [
    ("18446744073709551615", UInt64.max), ("18446744073709551616", nil), ("1e6", 1_000_000),
    ("0x20", 32), ("1e19", 10_000_000_000_000_000_000), ("1e20", nil), ("64.0", nil), ("1e-1", nil),
    ("-1", nil), ("-0", 0), ("Infinity", nil), ("NaN", nil),
  ])
  func keepsWholeNumbersExact(literal: String, expected: UInt64?) {
    #expect(JSONValue.number(literal).integer(UInt64.self) == expected)
  }

  @Test func keepsDoublesExact() {
    let numbers: [Double] = [0.1, 1e-5, 1 / 3, 1e300, -0.0, 0x1p-1074]
    for number in numbers {
      #expect(JSONValue.number(number).double?.bitPattern == number.bitPattern)
    }
    #expect(JSONValue.number(Double.nan) == .null)
  }

  @Test func equalsWhereverItStands() throws {
    let text = Array(" {\"a\": 1}".utf8)
    #expect(try JSONValue(parsing: text[...], name: "") == ["a": .number(1)])
  }

  @Test func keysThatOnlyLookEqualDiffer() {
    #expect((["\u{3A9}": true] as JSONValue) != ["\u{2126}": true])
  }

  private static let sample: JSONValue = [
    "b": [.number(1), .number("2")], "a": [:], "B": "\u{1}\"", "c": ["d": .null, "e": [false]],
  ]

  @Test func writesOneLine() {
    #expect(
      Self.sample.line()
        == #"{"b":[1,2],"a":{},"B":"\u0001\"","c":{"d":null,"e":[false]}}"#)
  }

  @Test func writesDocuments() {
    #expect(
      Self.sample.document() == """
        {
          "b": [1, 2],
          "a": {},
          "B": "\\u0001\\"",
          "c": {
            "d": null,
            "e": [false]
          }
        }

        """)
  }

  @Test(arguments: [JSONParser.Dialect.strict, .json5])
  func quotesSoThatItReadsBack(dialect: JSONParser.Dialect) throws {
    let text = "a\"b\\c\n\r\t\0\u{1}\u{7F}\u{2028}é\u{1F600}'"
    let quoted = Array(JSONValue.quoted(text).utf8)
    #expect(try JSONValue(parsing: quoted[...], as: dialect, name: "") == .string(text))
  }

  @Test(arguments: [
    (JSONValue.null, "null"), (true, "true"), (.number("1e3"), "1e3"), ("a\n", #""a\n""#),
    (.string(String(repeating: "é", count: 99)), "\"\(String(repeating: "é", count: 57))…\""),
    (.array([]), "an empty list"), (.array([.null]), "a list"), (.object([]), "an object"),
  ])
  func hasASummary(value: JSONValue, summary: String) {
    #expect(value.summary == summary)
  }
}
