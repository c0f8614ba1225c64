import Testing

@testable import MDLM

@Suite struct AddedTokensTests {
  /// Tokens, a text, and its parts: text between bars, and the ids of tokens.
  struct Case: Sendable, CustomTestStringConvertible {
    var tokens: [AddedToken]
    var text: String
    var parts: String
    var testDescription: String { text }
  }

  private static func token(
    _ id: Int32, _ name: String, word: Bool = false, left: Bool = false, right: Bool = false,
    normalized: Bool = false, special: Bool = true
  ) -> AddedToken {
    AddedToken(
      id: id, content: Array(name.utf8), isSingleWord: word, stripsLeft: left, stripsRight: right,
      isNormalized: normalized, isSpecial: special)
  }

  private static let pair = [token(1, "<a>"), token(2, "<a><b>")]
  private static let word = [token(1, "ab", word: true)]
  private static let left = [token(1, "<m>", left: true)]
  private static let right = [token(1, "<m>", right: true)]

  @Test(arguments: [
    Case(tokens: [], text: "no <a> here", parts: "|no <a> here|"),
    Case(tokens: pair, text: "", parts: ""),
    Case(tokens: pair, text: "<a>", parts: "1"),
    Case(tokens: pair, text: "x<a><b><a>y<a><", parts: "|x|21|y|1|<|"),
    Case(tokens: pair, text: "<a<a>", parts: "|<a|1"),
    Case(tokens: word, text: "ab cab ab. abé é-ab", parts: "1| cab |1|. abé é-|1"),
    Case(tokens: word, text: "ab_ ab\u{301} ab", parts: "|ab_ ab\u{301} |1"),
    Case(tokens: left, text: "a \u{A0}\n<m> b", parts: "|a|1| b|"),
    Case(tokens: left, text: "  <m><m>", parts: "11"),
    Case(tokens: right, text: "a <m> \t\u{2028}b<m> ", parts: "|a |1|b|1"),
    Case(
      tokens: [token(1, "<m>", left: true, right: true)], text: "a <m>  <m> b", parts: "|a|11|b|"),
    // Names that are blanks themselves, in white space that another one takes; as the reference.
    Case(
      tokens: [token(1, "\n", left: true, right: true)], text: "a \n \n b", parts: "|a|1|b|"),
    Case(
      tokens: [token(1, "<a>", right: true), token(2, "\n\n", left: true)], text: "<a>\n\nb",
      parts: "1|b|"),
    Case(
      tokens: [token(1, "<a>", right: true), token(2, "\n\n", left: true)], text: "<a>\n\n b",
      parts: "1| b|"),
    Case(tokens: [token(1, "\n", right: true)], text: "a\n\n b", parts: "|a|11|b|"),
  ])
  func namesAreFoundInText(test: Case) {
    let tokens = AddedTokens(test.tokens)
    var parts = ""
    tokens.forEachSegment(of: Array(test.text.utf8)[...]) { segment in
      switch segment {
      case .text(let bytes): parts += "|\(String(decoding: bytes, as: UTF8.self))|"
      case .token(let id): parts += "\(id)"
      }
    }
    #expect(parts == test.parts)
  }

  @Test func normalizedNamesAreSoughtInNormalizedText() {
    let lowercased: AddedTokens.Normalization = { bytes in
      bytes.map { (0x41...0x5A).contains($0) ? $0 + 32 : $0 }
    }
    let tokens = AddedTokens(
      [Self.token(1, "RAW"), Self.token(2, "Soft", normalized: true)], normalize: lowercased)
    var segments: [AddedTokens.Segment] = []
    tokens.forEachSegment(of: Array("aRAWSOFTraw".utf8)[...], normalize: lowercased) {
      segments.append($0)
    }
    #expect(segments == [.text([0x61]), .token(1), .token(2), .text([0x72, 0x61, 0x77])])
  }

  @Test func malformedBytesTouchNoWord() {
    let tokens = AddedTokens(Self.word)
    var ids: [Int32] = []
    tokens.forEachSegment(of: [0xA9, 0x61, 0x62, 0xC3]) { segment in
      if case .token(let id) = segment { ids.append(id) }
    }
    #expect(ids == [1])
  }

  @Test func jsonSurvives() throws {
    let tokens = AddedTokens([
      Self.token(7, "\"\\\n\u{2126}"), Self.token(9, "b", word: true, left: true, special: false),
      Self.token(8, "c", right: true, normalized: true),
    ])
    let text = Array(tokens.json.document().utf8)
    let read = try AddedTokens(JSONValue(parsing: text[...], name: "x"), in: "x")
    #expect(read == tokens)
  }

  @Test(arguments: [
    ("{}", "added_tokens is an object"),
    ("[{}]", "added_tokens[0].id is missing"),
    (#"[{"id":-1}]"#, "added_tokens[0].id is -1"),
    (#"[{"id":1}]"#, "added_tokens[0].content is missing"),
    (#"[{"id":1,"content":""}]"#, "added_tokens[0].content is \"\""),
    (#"[{"id":1,"content":"a","lstrip":1}]"#, "added_tokens[0].lstrip is 1"),
    (#"[{"id":1,"content":"a"},{"id":1,"content":"b"}]"#, "the added token \"b\" with id 1"),
    (#"[{"id":1,"content":"a"},{"id":2,"content":"a"}]"#, "the added token \"a\" with id 2"),
  ])
  func damagedTokensAreRefused(json: String, fragment: String) throws {
    let value = try JSONValue(parsing: Array(json.utf8)[...], name: "x")
    let error = #expect(throws: InputError.self) { try AddedTokens(value, in: "f.json") }
    #expect(error?.subject == "f.json")
    #expect(error?.description.contains(fragment) == true, "\(String(describing: error))")
  }
}
