@testable import MDLM

/// Files of tokenizers, and the tokenizers that are read from them.
extension FuzzTarget {
  static var tokenizers: [FuzzTarget] {
    get throws { [try byteLevelBPE, wordPiece, wordLevel, gpt2Files, wordPieceText, tiktoken] }
  }

  private static let merges = [
    ("h", "e"), ("l", "l"), ("he", "ll"), ("hell", "o"), ("\u{120}", "w"), ("t", "h"), ("th", "e"),
  ]

  private static var byteLevelBPE: FuzzTarget {
    get throws {
      let plain = byteLevelBPEFile(merges, special: ["<|endoftext|>", "[MASK]"])
      var rich = byteLevelBPEFile(merges, special: ["<s>", "</s>", "<pad>", "<mask>"])
      rich[member: "normalizer"] = [
        "type": "Sequence", "normalizers": [["type": "NFKC"], ["type": "Lowercase"]],
      ]
      rich[member: "pre_tokenizer"] = [
        "type": "Sequence",
        "pretokenizers": [
          ["type": "Digits", "individual_digits": true],
          [
            "type": "Split", "pattern": ["Regex": .string(SplitPattern.o200k.regex)],
            "behavior": "Isolated", "invert": false,
          ],
          ["type": "ByteLevel", "add_prefix_space": true, "use_regex": false],
        ],
      ]
      rich[member: "post_processor"] = [
        "type": "TemplateProcessing",
        "single": [
          ["SpecialToken": ["id": "<s>", "type_id": .number(0)]],
          ["Sequence": ["id": "A", "type_id": .number(0)]],
          ["SpecialToken": ["id": "</s>", "type_id": .number(0)]],
        ],
        "special_tokens": [
          "<s>": ["id": "<s>", "ids": [.number(263)], "tokens": ["<s>"]],
          "</s>": ["id": "</s>", "ids": [.number(264)], "tokens": ["</s>"]],
        ],
      ]
      return tokenizer(
        "byte-level-bpe", [File("tokenizer.json", .json, texts: [plain.line(), rich.line()])])
    }
  }

  private static var wordPiece: FuzzTarget {
    let bert = """
      {
        "added_tokens": [
          {"id": 0, "content": "[PAD]", "special": true, "normalized": false},
          {"id": 4, "content": "[MASK]", "special": true, "normalized": false, "lstrip": true}
        ],
        "normalizer": {"type": "BertNormalizer", "clean_text": true,
          "handle_chinese_chars": true, "strip_accents": null, "lowercase": true},
        "pre_tokenizer": {"type": "BertPreTokenizer"},
        "post_processor": {"type": "BertProcessing", "sep": ["[SEP]", 3], "cls": ["[CLS]", 2]},
        "decoder": {"type": "WordPiece", "prefix": "##", "cleanup": true},
        "model": {
          "type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##",
          "max_input_chars_per_word": 100,
          "vocab": {"[PAD]": 0, "[UNK]": 1, "[CLS]": 2, "[SEP]": 3, "[MASK]": 4, "the": 5,
            "h": 6, "##e": 7, "##llo": 8, ",": 9, "w": 10, "##or": 11}
        }
      }
      """
    let other = """
      {
        "added_tokens": [{"id": 9, "content": "\u{C9}a", "special": false, "normalized": true,
          "single_word": true, "rstrip": true}],
        "normalizer": {"type": "Sequence", "normalizers": [{"type": "NFD"},
          {"type": "StripAccents"}, {"type": "Lowercase"}]},
        "pre_tokenizer": {"type": "Sequence", "pretokenizers": [
          {"type": "Whitespace"}, {"type": "Punctuation", "behavior": "Isolated"}]},
        "post_processor": null, "decoder": null,
        "model": {
          "type": "WordPiece", "unk_token": "?", "continuing_subword_prefix": "@",
          "max_input_chars_per_word": 4, "vocab": {"?": 0, "a": 1, "b": 3, "@b": 4}
        }
      }
      """
    return tokenizer("word-piece", [File("tokenizer.json", .json, texts: [bert, other])])
  }

  private static var wordLevel: FuzzTarget {
    let files: [any Tokenizer] = [
      CharacterTokenizer(
        scalars: Array(" acdehlnortw\u{E9}".unicodeScalars), specials: [.begin, .end]),
      ByteTokenizer(specials: [.padding]), Text8Tokenizer(), DNATokenizer(),
    ]
    return tokenizer(
      "word-level", [File("tokenizer.json", .json, texts: files.map { $0.tokenizerJSON() })])
  }

  private static var gpt2Files: FuzzTarget {
    let names = ByteTokenizer.letters.map { String($0) } + merges.map { $0.0 + $0.1 }
    let members = (names + ["<|endoftext|>", "<mask>"]).enumerated().map {
      JSONMember(key: $0.element, value: .number($0.offset))
    }
    let lines = ["#version: 0.2"] + merges.map { "\($0.0) \($0.1)" }
    return tokenizer(
      "gpt2-files",
      [
        File("vocab.json", .json, texts: [JSONValue.object(members).line()]),
        File("merges.txt", .text, texts: [lines.joined(separator: "\n") + "\n"]),
      ])
  }

  private static var wordPieceText: FuzzTarget {
    tokenizer(
      "vocab.txt",
      [
        File(
          "vocab.txt", .text,
          texts: [
            "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nthe\nh\n##e\n##llo\n,\nw\n##or\n\u{FE0F}\n",
            "\u{FEFF}[UNK]\r\na\r\n\r\n##a\r\n##b \r\nab",
          ])
      ])
  }

  private static var tiktoken: FuzzTarget {
    let bytes = (0..<256).map { [UInt8($0)] }
    let joined = ["he", "ll", "hell", "hello", " w", "th", "the"].map { Array($0.utf8) }
    let lines = (bytes + joined).enumerated().map { "\(base64($1)) \($0)\n" }
    return tokenizer(
      "tiktoken", [File("cl100k_base.tiktoken", .text, texts: [lines.joined()])])
  }

  private static func base64(_ bytes: [UInt8]) -> String {
    let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
    var text = ""
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let group = bytes[start...].prefix(3)
      let bits = group.reduce(0) { $0 << 8 | Int($1) } << (8 * (3 - group.count))
      for place in 0..<4 {
        text.append(place <= group.count ? digits[bits >> (18 - 6 * place) & 63] : "=")
      }
    }
    return text
  }

  // MARK: Use

  private static let texts: [SourceText] = [
    SourceText(
      "Hello, w\u{F6}rld! don't 123 the<|endoftext|> [MASK]  \u{1F600}e\u{301}\n ab\u{C9}a"),
    SourceText([0x61, 0xFF, 0x20, 0xE2, 0x82, 0x68, 0x65][...], name: "bytes"),
    SourceText("  \n\u{FEFF}\u{5F20}\u{2126}" + String(repeating: "ab", count: 60)),
    SourceText(""),
  ]

  private static func tokenizer(_ name: String, _ files: [File]) -> FuzzTarget {
    FuzzTarget(name, files) { input in
      let tokenizer = try TokenizerFile.load(path: input.write())
      try use(tokenizer)
      guard input.number % 8 == 0 else { return }
      // What it writes of itself is read again as the same.
      let path = "\(input.directory)/written.json"
      try write(tokenizer.tokenizerJSON().utf8, to: path)
      do {
        let again = try TokenizerFile.load(path: path)
        try FuzzFinding.check(
          again.vocabularySize == tokenizer.vocabularySize && again.maskID == tokenizer.maskID,
          "it is read again with other ids")
      } catch let error as InputError {
        throw FuzzFinding("what it writes is refused: \(error)")
      }
    }
  }

  private static func use(_ tokenizer: any Tokenizer) throws {
    let size = tokenizer.vocabularySize
    try FuzzFinding.check(
      0..<Int32(size) ~= tokenizer.maskID, "the mask \(tokenizer.maskID) of \(size) ids")
    for text in texts {
      guard let ids = try? tokenizer.encode(text) else { continue }
      try FuzzFinding.check(ids.allSatisfy { 0..<Int32(size) ~= $0 }, "ids \(ids) of \(size)")
      _ = tokenizer.decode(tokenizer.framed(ids)) + tokenizer.decode(ids.reversed())
      _ = tokenizer.decodeBytesNamingSpecials(ids)
      for count in [0, 1, ids.count / 2, ids.count] where count <= ids.count {
        let bytes = tokenizer.byteCount(of: text, tokens: count)
        try FuzzFinding.check(
          0...text.bytes.count ~= bytes, "\(bytes) bytes of \(text.bytes.count)")
      }
    }
    let ids: [Int32] = [-1, 0, tokenizer.maskID, Int32(size) - 1, Int32(size), .max, .min]
    _ = ids.map(tokenizer.name(of:))
    _ = tokenizer.decode(ids) + tokenizer.displayText(of: ids[1])
    _ = tokenizer.decodeBytesNamingSpecials(ids)
    if size < 4096 { _ = tokenizer.fingerprint }
  }
}

extension JSONValue {
  /// Replaces the value of a member that is there.
  fileprivate subscript(member key: String) -> JSONValue? {
    get { self[key] }
    set {
      guard case .object(var members) = self, let newValue,
        let index = members.firstIndex(where: { $0.isCalled(key) })
      else { return }
      members[index].value = newValue
      self = .object(members)
    }
  }
}
