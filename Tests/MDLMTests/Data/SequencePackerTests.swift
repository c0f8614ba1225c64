import Testing

@testable import MDLM

@Suite struct SequencePackerTests {
  /// a 0, b 1, c 2, newline and the mask come after; specials as the packing needs them.
  private func packer(_ packing: Packing, length: Int) throws -> SequencePacker {
    let tokenizer = try CharacterTokenizer(text: "abcé\n", specials: packing.specials)
    return try SequencePacker(tokenizer: tokenizer, packing: packing, length: length)
  }

  private func corpus(_ texts: String..., documents: DocumentBoundary) -> TextCorpus {
    corpus(texts, documents: documents)
  }

  private func corpus(_ texts: [String], documents: DocumentBoundary) -> TextCorpus {
    TextCorpus(
      texts: texts.map { SourceText($0) },
      documentEnds: documents == .stream ? [texts.count] : Array(1...texts.count),
      documents: documents)
  }

  // Ids: newline 0, a 1, b 2, c 3, é 4, mask 5, then [BOS] 6, [EOS] 7, [PAD] 8.

  @Test func plainStreamIsCutAsItIs() throws {
    let packed = try packer(.plain, length: 3).pack(corpus("ab", "cabcé", documents: .stream))
    #expect(packed.rows.tokens == [1, 2, 3, 1, 2, 3])
    #expect(packed.rows.unpaddedLength(of: 0) == 3)
    #expect(packed.droppedTokens == 1)
    #expect(packed.rows.characters == 6)
    #expect(packed.rows.bytes == 6)
  }

  @Test func plainLinesEndInNewlines() throws {
    let packed = try packer(.plain, length: 2).pack(corpus("é", "", "b", documents: .lines))
    #expect(packed.rows.tokens == [4, 0, 0, 2])
    #expect(packed.droppedTokens == 1)
    #expect(packed.rows.characters == 4)
    #expect(packed.rows.bytes == 5)
  }

  @Test func wrappedLinesAreSeparatedAndFramed() throws {
    let packed = try packer(.wrapped(), length: 5).pack(corpus("ab", "c", "éa", documents: .lines))
    // a b E | c E é | a E
    #expect(packed.rows.tokens == [6, 1, 2, 7, 7, 6, 3, 7, 4, 7])
    #expect(packed.droppedTokens == 2)
    #expect(packed.rows.characters == 4)
    #expect(packed.rows.bytes == 5)
  }

  /// A document that is longer than a block comes in pieces, which are tokenized one by one.
  @Test(arguments: [Packing.plain, .wrapped(), .rowPerDocument(framed: true)])
  func piecesAreOneDocument(packing: Packing) throws {
    let texts = ["ab", "caé", "b", "ca"].map { SourceText($0) }
    let pieces = TextCorpus(texts: texts, documentEnds: [3, 4], documents: .lines)
    let (whole, parts) = (
      try packer(packing, length: 5).pack(corpus("abcaéb", "ca", documents: .lines)),
      try packer(packing, length: 5).pack(pieces)
    )
    #expect(parts.rows.tokens == whole.rows.tokens)
    #expect(parts.rows.characters == whole.rows.characters && parts.rows.bytes == whole.rows.bytes)
    #expect(parts.droppedTokens == whole.droppedTokens)
  }

  /// With a tokenizer whose mask is an added token, text may spell it out.
  @Test func theMaskIsNoData() throws {
    let tokenizer = try BPETrainer(vocabularySize: 260, on: Device(threads: 1)).train()
    let texts = [
      SourceText("fine"),
      SourceText(Array("a [MASK] b".utf8)[...], name: "a.txt", line: 7, byteOffset: 40),
    ]
    let error = #expect(throws: InputError.self) {
      try SequencePacker(tokenizer: tokenizer, packing: .plain, length: 4)
        .pack(TextCorpus(texts: texts, documentEnds: [1, 2], documents: .stream))
    }
    #expect(error?.subject == "a.txt:7")
    #expect(error?.found == "\"[MASK]\", which the tokenizer takes for the mask at byte 42")
  }

  @Test func wrappedStreamIsOneDocument() throws {
    let packed = try packer(.wrapped(), length: 4).pack(corpus("ab", "c", documents: .stream))
    #expect(packed.rows.tokens == [6, 1, 2, 7, 6, 3, 7, 7])
    #expect(packed.droppedTokens == 0)
    #expect(packed.rows.characters == 3)
  }

  @Test func wrappingKnowsNoBatches() throws {
    let packed = try packer(.wrapped(), length: 9)
      .pack(corpus([String](repeating: "a", count: 2_500), documents: .lines))
    #expect(packed.rows.count == 5_000 / 7)
    #expect(packed.droppedTokens == 5_000 % 7)
  }

  /// The official code packs 1,000 documents at a time and drops the rest of each batch.
  @Test(arguments: [1, 2, 3, 5, 100], [true, false])
  func groupsArePackedByThemselves(size: Int, separated: Bool) throws {
    let texts = (0..<23).map { String(repeating: "abc", count: $0 * 5 % 7) + "a" }
    let packed = try packer(.wrapped(separated: separated, groupSize: size), length: 7)
      .pack(corpus(texts, documents: .lines))
    let ids: [Character: Int32] = ["a": 1, "b": 2, "c": 3]
    var (rows, dropped) = ([Int32](), 0)
    for start in stride(from: 0, to: texts.count, by: size) {
      var tokens: [Int32] = []
      for text in texts[start..<min(start + size, texts.count)] {
        tokens += text.compactMap { ids[$0] } + (separated ? [7] : [])
      }
      let kept = tokens.count / 5 * 5
      for row in stride(from: 0, to: kept, by: 5) { rows += [6] + tokens[row..<row + 5] + [7] }
      dropped += tokens.count - kept
    }
    #expect(packed.rows.tokens == rows)
    #expect(packed.droppedTokens == dropped)
    #expect(packed.rows.characters == rows.count { $0 < 6 })
  }

  @Test func framedRowsHoldOneDocumentEach() throws {
    let packed = try packer(.rowPerDocument(framed: true), length: 5)
      .pack(corpus("a", "éabc", "", documents: .lines))
    #expect(packed.rows.tokens == [6, 1, 7, 8, 8, 6, 4, 1, 2, 7, 6, 7, 8, 8, 8])
    #expect((0..<3).map(packed.rows.unpaddedLength(of:)) == [3, 5, 2])
    #expect(packed.truncatedDocuments == 1)
    #expect(packed.droppedTokens == 1)
    #expect(packed.rows.characters == 4)
    #expect(packed.rows.bytes == 5)
  }

  @Test func unframedRowsArePaddedOnly() throws {
    let packed = try packer(.rowPerDocument(framed: false), length: 2)
      .pack(corpus("a", "abc", documents: .lines))
    #expect(packed.rows.tokens == [1, 6, 1, 2])
    #expect((0..<2).map(packed.rows.unpaddedLength(of:)) == [1, 2])
    #expect(packed.droppedTokens == 1)
  }

  @Test(arguments: [1, 2, 3, 7, 64])
  func plainRowsReproduceTheText(length: Int) throws {
    let text = "abc\ncé\nabcabcé\n\n" + String(repeating: "bé", count: 60)
    let tokenizer = try CharacterTokenizer(text: text)
    let packed = try SequencePacker(tokenizer: tokenizer, packing: .plain, length: length)
      .pack(corpus(text, documents: .stream))
    let whole = text.unicodeScalars.count
    let kept = whole / length * length
    #expect(packed.droppedTokens == whole - kept)
    #expect(
      tokenizer.decode(packed.rows.tokens) == String(text.unicodeScalars.prefix(kept)))
  }

  @Test func byteRowsCountTheBytesThatTheyHold() throws {
    let packed = try SequencePacker(tokenizer: ByteTokenizer(), packing: .plain, length: 2)
      .pack(corpus("aéb🙂", documents: .stream))
    #expect(packed.rows.count == 4)
    #expect(packed.rows.bytes == 8)
    #expect(packed.rows.characters == 4)
  }

  @Test(arguments: [
    (Packing.wrapped(), 2, "at least 3"), (.rowPerDocument(framed: true), 2, "at least 3"),
    (.plain, 0, "at least 1"), (.rowPerDocument(framed: false), -1, "at least 1"),
  ])
  func rowsNeedRoomForText(packing: Packing, length: Int, expected: String) {
    let error = #expect(throws: InputError.self) { try packer(packing, length: length) }
    #expect(error?.category == .badConfiguration)
    #expect(error?.subject == "model.length")
    #expect(error?.expected.hasPrefix(expected) == true)
  }

  @Test(arguments: [(Packing.wrapped(), "[BOS]"), (.rowPerDocument(framed: false), "[PAD]")])
  func missingSpecialsAreNamed(packing: Packing, name: String) {
    let error = #expect(throws: InputError.self) {
      try SequencePacker(tokenizer: ByteTokenizer(), packing: packing, length: 8)
    }
    #expect(error?.found == "a tokenizer without \(name)")
  }

  @Test(arguments: [
    (true, false, Packing.plain), (true, true, .wrapped()),
    (false, true, .rowPerDocument(framed: true)), (false, false, .rowPerDocument(framed: false)),
  ])
  func configKeysNameAPacking(wrap: Bool, insertBOSEOS: Bool, packing: Packing) {
    #expect(Packing(wrap: wrap, insertBOSEOS: insertBOSEOS) == packing)
  }
}
