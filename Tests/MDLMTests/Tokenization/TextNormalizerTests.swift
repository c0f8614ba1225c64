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
    // Syllables of Hangul, and letters of old Korean that make none.
    (.form(.nfc), "\u{AC00}\u{11AB} \u{1100}\u{1161}\u{11AB}", "\u{AC04} \u{AC04}"),
    (.form(.nfc), "\u{1113}\u{1173} \u{1112}\u{1176}", "\u{1113}\u{1173} \u{1112}\u{1176}"),
    (.form(.nfkc), "\u{FFA1}\u{FFC2} \u{3131}\u{314F}", "\u{AC00} \u{AC00}"),
    // What compatibility brings forth is composed and ordered, too.
    (.form(.nfkc), "\u{1C5}\u{331}", "D\u{1E95}\u{30C}"),
    (
      .form(.nfkd), "\u{385}\u{323} \u{FC60}\u{64B}",
      " \u{323}\u{308}\u{301}  \u{64B}\u{64E}\u{651}"
    ),
    // Marks of one class block each other; excluded characters are not composed.
    (.form(.nfc), "a\u{300}\u{301} a\u{327}\u{301}", "\u{E0}\u{301} \u{E1}\u{327}"),
    (.form(.nfc), "\u{915}\u{93C} \u{958}", "\u{915}\u{93C} \u{915}\u{93C}"),
    (.lowercase, "ΑΣ İ ẞ A", "\u{3B1}\u{3C3} i\u{307} ß a"),
    (.stripAccents, "\u{E9} e\u{301} \u{903}", "\u{E9} e "),
    (.sequence([.form(.nfd), .stripAccents, .lowercase]), "\u{C9}A", "ea"),
  ])
  func equalsTheReference(normalizer: TextNormalizer, text: String, result: String) {
    #expect(normalizer.normalized(Array(text.utf8)[...]) == Array(result.utf8))
  }

  /// Unicode Standard Annex 15: what each form makes of what the others have made.
  @Test func formsAgreeWithEachOther() {
    var random = SplitMix64(97)
    let pool =
      [
        0x41...0x7A, 0xC0...0x17F, 0x300...0x36F, 0x1100...0x11FF, 0xAC00...0xAC80, 0x1E00...0x1EFF,
        0xFB00...0xFB4F, 0xFF60...0xFFDC, 0x900...0x97F,
      ].joined().compactMap(Unicode.Scalar.init)
    for _ in 0..<2000 {
      let text = (0..<6).compactMap { _ in pool.randomElement(using: &random) }
      func made(_ forms: NormalizationForm...) -> [Unicode.Scalar] {
        forms.reduce(text) { $1.applied(to: $0) }
      }
      #expect(made(.nfc, .nfd) == made(.nfd) && made(.nfd, .nfc) == made(.nfc))
      #expect(made(.nfkc, .nfkd) == made(.nfkd) && made(.nfkd, .nfkc) == made(.nfkc))
      #expect(made(.nfc, .nfc) == made(.nfc) && made(.nfc, .nfkd) == made(.nfkd))
      // Foundation decomposes right where it has no marks to order behind other characters.
      #expect(
        String(String.UnicodeScalarView(made(.nfd))) == String(String.UnicodeScalarView(text)))
    }
  }

  @Test(.timeLimit(.minutes(1))) func longRunsOfMarksTakeLinearTime() {
    let marks = (0..<200_000).map { Unicode.Scalar($0 % 2 == 0 ? 0x301 : 0x327) }
    let result = NormalizationForm.nfd.applied(to: ["a"] + marks.compactMap(\.self))
    #expect(result.count == 200_001 && result[1] == "\u{327}" && result.last == "\u{301}")
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
    (
      #"{"type": "Sequence", "normalizers": [{"type": "NFC"}"#
        + String(repeating: #", {"type": "Sequence", "normalizers": []}"#, count: 63) + "]}",
      "a normalizer of 65 steps"
    ),
  ])
  func othersAreRefused(json: String, fragment: String) throws {
    let value = try JSONValue(parsing: Array(json.utf8)[...], name: "x.json")
    let error = #expect(throws: InputError.self) { try TextNormalizer(value, in: "x.json") }
    #expect(error?.description.contains(fragment) == true, "\(String(describing: error))")
  }
}
