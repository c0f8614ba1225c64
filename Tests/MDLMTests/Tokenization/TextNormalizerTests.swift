import Testing

@testable import MDLM

@Suite struct TextNormalizerTests {
  /// What Hugging Face tokenizers 0.23.3 makes of these texts.
  @Test(arguments: [
    (TextNormalizer.none, "É ﬁ", "É ﬁ"),
    (.form(.nfc), "e\u{301} \u{212B} ﬁ \u{2F800}", "\u{E9} \u{C5} ﬁ \u{4E3D}"),
    (.form(.nfd), "\u{E9} 각", "e\u{301} \u{1100}\u{1161}\u{11A8}"),
    (.form(.nfkc), "ﬁ \u{FF21} e\u{301}", "fi A \u{E9}"),
    (.form(.nfkd), "\u{FB01} \u{1E9B}\u{323}", "fi s\u{323}\u{307}"),
    (.form(.nfd), "\u{11938}", "\u{11938}"),
    // Marks of Unicode 9 change places, later ones do not.
    (.form(.nfc), "\u{345}\u{1DC0} \u{345}\u{1DF6}", "\u{1DC0}\u{345} \u{345}\u{1DF6}"),
    // Characters that are no marks and decompose to marks.
    (.form(.nfd), "\u{F71}\u{F73}\u{F72}", "\u{F71}\u{F71}\u{F72}\u{F72}"),
    (.form(.nfc), "\u{F73}\u{F71} \u{FF76}\u{FF9E}", "\u{F71}\u{F71}\u{F72} \u{FF76}\u{FF9E}"),
    (.form(.nfkd), "a\u{301}\u{FF9E}", "a\u{3099}\u{301}"),
    (.form(.nfkc), "\u{FF76}\u{FF9E}", "\u{30AC}"),
    (.lowercase, "ΑΣ İ ẞ A", "\u{3B1}\u{3C3} i\u{307} ß a"),
    (.stripAccents, "\u{E9} e\u{301} \u{903}", "\u{E9} e "),
    (.sequence([.form(.nfd), .stripAccents, .lowercase]), "\u{C9}A", "ea"),
  ])
  func equalsTheReference(normalizer: TextNormalizer, text: String, result: String) {
    #expect(normalizer.normalized(Array(text.utf8)[...]) == Array(result.utf8))
  }

  @Test(arguments: [
    ("A\tB\u{0}\u{7F}\u{B}\u{FFFD}\u{200D}\u{2003}\u{85}C", "a b c"),
    ("x\u{4E2D}\u{6587}y\u{20000}", "x 中  文 y 𠀀 "),
    ("Ünïcödé İ ß", "unicode i ß"),
    ("각 \u{AC00}", "\u{1100}\u{1161}\u{11A8} \u{1100}\u{1161}"),
    ("\u{1E9B}\u{323} \u{F900}", "\u{17F}  \u{8C48} "),
    // Marks that are no accents for Unicode 8 are reordered.
    ("a\u{1D16D}\u{1D165}\u{301}\u{1D165}", "a\u{1D165}\u{1D165}\u{1D16D}"),
    ("\u{1F600}\u{FE0F}\u{1885}", "\u{1F600}\u{1885}"),
  ])
  func bertNormalizerEqualsTheReference(text: String, result: String) {
    let bytes = TextNormalizer.bert(.uncased).normalized(Array(text.utf8)[...])
    #expect(bytes == Array(result.utf8), "\(String(decoding: bytes, as: UTF8.self))")
  }

  @Test func casedBertKeepsAccentsUnlessTold() {
    var cased = BertNormalizer(lowerCases: false)
    #expect(TextNormalizer.bert(cased).normalized(Array("\u{C9}".utf8)[...]) == [0xC3, 0x89])
    cased.stripsAccents = true
    #expect(TextNormalizer.bert(cased).normalized(Array("\u{C9}".utf8)[...]) == [0x45])
  }

  @Test(arguments: [
    TextNormalizer.none, .form(.nfc), .form(.nfkd), .lowercase, .stripAccents, .bert(.uncased),
  ])
  func malformedBytesDoNotTrap(normalizer: TextNormalizer) {
    for byte in UInt8.min...UInt8.max {
      let text = normalizer.normalized([0x31, byte, 0x80, 0xE2, 0x82])
      #expect(text.first == 0x31)
    }
  }

  @Test(arguments: [
    TextNormalizer.none, .sequence([]),
    .sequence([.form(.nfc), .form(.nfd), .form(.nfkc), .form(.nfkd), .lowercase, .stripAccents]),
    .bert(.uncased),
    .bert(BertNormalizer(cleansText: false, stripsAccents: true, lowerCases: false)),
  ])
  func survivesJSON(normalizer: TextNormalizer) throws {
    #expect(try TextNormalizer(normalizer.json, in: "x.json") == normalizer)
  }

  @Test(arguments: [
    (#"{"type": "Prepend", "prepend": "_"}"#, "normalizer 'Prepend'"),
    (#"{"type": "Sequence", "normalizers": [{"type": "Nmt"}]}"#, "normalizer 'Nmt'"),
    (#"{"type": "Sequence"}"#, "normalizer.normalizers is missing"),
    (#"{"type": "BertNormalizer"}"#, "normalizer.clean_text is missing"),
    (
      #"{"type": "BertNormalizer", "clean_text": true, "handle_chinese_chars": true, "#
        + #""lowercase": true, "strip_accents": 3}"#, "normalizer.strip_accents is 3"
    ),
    ("[]", "normalizer an empty list"), ("3", "normalizer 3"),
  ])
  func othersAreRefused(json: String, fragment: String) throws {
    let value = try JSONValue(parsing: Array(json.utf8)[...], name: "x.json")
    let error = #expect(throws: InputError.self) { try TextNormalizer(value, in: "x.json") }
    #expect(error?.description.contains(fragment) == true, "\(String(describing: error))")
  }
}
