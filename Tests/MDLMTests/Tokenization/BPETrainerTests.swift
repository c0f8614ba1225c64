import Testing

@testable import MDLM

/// A byte-level BPE by the definition: all pairs are counted anew before every merge.
private func naiveTokens(of text: String, vocabularySize: Int, minimumFrequency: Int) -> [String] {
  var names = ["[BOS]", "[EOS]", "[PAD]", "[MASK]"]
  names += ByteTokenizer.letters.sorted().map { String($0) }
  var words: [[Int]: Int] = [:]
  for (index, word) in text.split(separator: " ").enumerated() {
    // GPT-2's pattern leaves the space before a word with it.
    let letters = (index == 0 ? "" : "Ġ") + word
    words[letters.map { letter in names.firstIndex(of: String(letter)) ?? -1 }, default: 0] += 1
  }
  while names.count < vocabularySize {
    var counts: [[Int]: Int] = [:]
    for (word, count) in words {
      for pair in zip(word, word.dropFirst()) { counts[[pair.0, pair.1], default: 0] += count }
    }
    let best = counts.min {
      $0.value == $1.value ? $0.key.lexicographicallyPrecedes($1.key) : $0.value > $1.value
    }
    guard let (pair, count) = best, count >= max(1, minimumFrequency) else { break }
    let name = names[pair[0]] + names[pair[1]]
    if !names.contains(name) { names.append(name) }
    let id = names.firstIndex(of: name) ?? -1
    words = Dictionary(
      words.map { word, count in (merged(word, pair, id), count) }, uniquingKeysWith: +)
  }
  return names
}

private func merged(_ word: [Int], _ pair: [Int], _ id: Int) -> [Int] {
  var (result, index) = ([Int](), 0)
  while index < word.count {
    let isPair = index + 1 < word.count && [word[index], word[index + 1]] == pair
    result.append(isPair ? id : word[index])
    index += isPair ? 2 : 1
  }
  return result
}

/// Words of random letters, the same for the same seed; `b` is rarer than `a`, and so on.
private func randomText(words: Int, letters: Int, seed: UInt64) -> String {
  var state = seed
  func next(_ bound: Int) -> Int {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Int(state >> 33) % bound
  }
  return (0..<words).map { _ in
    String(
      (0...next(9)).map { _ in
        Character(Unicode.Scalar(UInt8(97 + min(next(letters), next(letters)))))
      })
  }.joined(separator: " ")
}

private func train(
  _ documents: [String], size: Int, minimum: Int = 2, threads: Int = 1
) throws -> ByteLevelBPETokenizer {
  var trainer = try BPETrainer(
    vocabularySize: size, minimumFrequency: minimum, on: Device(threads: threads))
  trainer.count(documents.map { SourceText($0) })
  return try trainer.train()
}

private func names(_ tokenizer: ByteLevelBPETokenizer) -> [String] {
  (0..<Int32(tokenizer.vocabularySize)).map { tokenizer.name(of: $0) }
}

/// The merges as `merges.txt` would spell them.
private func merges(_ tokenizer: ByteLevelBPETokenizer) -> [String] {
  tokenizer.merges.map { "\(tokenizer.name(of: $0.left)) \(tokenizer.name(of: $0.right))" }
}

struct BPETrainerTests {
  @Test(arguments: [(300, 5, 320, 2), (100, 12, 300, 1), (500, 4, 290, 5), (40, 20, 400, 3)])
  func learnsWhatTheDefinitionSays(words: Int, letters: Int, size: Int, minimum: Int) throws {
    for seed in 1...5 as ClosedRange<UInt64> {
      let text = randomText(words: words, letters: letters, seed: seed)
      #expect(
        try names(train([text], size: size, minimum: minimum))
          == naiveTokens(of: text, vocabularySize: size, minimumFrequency: minimum))
    }
  }

  // Digests of the tokens and merges, a line each, of `BpeTrainer` in Hugging Face tokenizers 0.23.3.
  @Test(
    arguments: [
      (400, 2, 420, 1, "b763b76b58f79a541ae07bd75b70bb1f06d302c24292a0ee96e11fa543a3add2"),
      (400, 2, 1000, 0, "20e026db8a5d34cb965d283ecfa252da4c816bd7dc03d85b067c82e45fa5888a"),
      (600, 3, 700, 2, "d9b4176e41be932af6d665123a97c6ef77c31b9157f216f7eddbc5cdb7cbf88a"),
      (2000, 20, 2000, 2, "099094d4d41c33c1c78c258396cf160c05368520631ae9b1b684697235347e67"),
    ] as [(Int, Int, Int, Int, String)])
  func learnsWhatHuggingFaceDoes(
    words: Int, letters: Int, size: Int, minimum: Int, digest: String
  ) throws {
    let text = randomText(words: words, letters: letters, seed: 1)
    let tokenizer = try train([text], size: size, minimum: minimum)
    var sum = SHA256()
    sum.update((names(tokenizer) + merges(tokenizer)).joined(separator: "\n").utf8)
    #expect(sum.finish() == digest)
  }

  @Test func specialTokensAndBytesComeFirst() throws {
    let tokenizer = try train(["to be or not to be"], size: 262)
    #expect(names(tokenizer).prefix(6) == ["[BOS]", "[EOS]", "[PAD]", "[MASK]", "!", "\""])
    #expect(names(tokenizer).suffix(2) == ["be", "to"])
    #expect(tokenizer.beginID == 0 && tokenizer.endID == 1 && tokenizer.paddingID == 2)
    #expect(tokenizer.maskID == 3)
  }

  @Test func overlappingPairsAreMergedFromTheLeft() throws {
    let tokenizer = try train(["aaaaa aaaaa"], size: 263, minimum: 1)
    #expect(merges(tokenizer) == ["a a", "aa a", "aa aaa"])
    #expect(tokenizer.encode(SourceText("aaaaa")) == [262])
  }

  @Test func wordsDoNotSpanDocuments() throws {
    #expect(try merges(train(["ab", "ab", "ab"], size: 400)) == ["a b"])
    #expect(try merges(train(["a", "b", "a", "b"], size: 400)).isEmpty)
  }

  @Test func piecesAddUp() throws {
    let text = randomText(words: 200, letters: 6, seed: 9)
    let words = text.split(separator: " ").map { String($0) }
    var trainer = try BPETrainer(vocabularySize: 300, on: Device(threads: 1))
    for word in words { trainer.count([SourceText(word)]) }
    #expect(try trainer.train() == train(words, size: 300))
  }

  @Test func threadsDoNotChangeTheResult() throws {
    // Longer than a block, so that workers share it, and cut where a word begins.
    let text = randomText(words: 60_000, letters: 20, seed: 3)
    let single = try train([text], size: 1000, threads: 1)
    #expect(try train([text], size: 1000, threads: 3) == single)
    let lines = text.split(separator: "a").map { String($0) }
    #expect(try train(lines, size: 600, threads: 2) == train(lines, size: 600, threads: 1))
  }

  @Test func smallCorpusGivesFewerTokens() throws {
    let tokenizer = try train(["hello hello"], size: 5000)
    #expect(tokenizer.vocabularySize == 260 + 4)
    #expect(try train([], size: 5000).vocabularySize == 260)
    #expect(try train(["", "x"], size: 5000).vocabularySize == 260)
  }

  @Test(arguments: [0, 259, Int(Int32.max)])
  func vocabularyMustHaveRoomForBytes(size: Int) {
    #expect(throws: InputError.self) {
      try BPETrainer(vocabularySize: size, on: Device(threads: 1))
    }
  }

  @Test func anyBytesAreText() throws {
    var trainer = try BPETrainer(vocabularySize: 400, on: Device(threads: 1))
    let bytes = Array(repeating: [0xFF, 0x00, 0xC3, 0xE2, 0x82, 0x20, 0x80] as [UInt8], count: 50)
    trainer.count([SourceText(Array(bytes.joined())[...], name: "bytes")])
    let tokenizer = try trainer.train()
    let text = SourceText(Array(bytes.joined())[...], name: "bytes")
    #expect(tokenizer.vocabularySize > 260)
    #expect(tokenizer.decodeBytes(tokenizer.encode(text)) == Array(text.bytes))
  }

  @Test func wordWithoutSpacesIsNoTrouble() throws {
    var state: UInt32 = 1
    let letters = (0..<200_000).map { _ -> UInt8 in
      state = state &* 1_664_525 &+ 1_013_904_223
      return Array("acgt".utf8)[Int(state >> 30)]
    }
    let tokenizer = try train([String(decoding: letters, as: UTF8.self)], size: 1000)
    #expect(tokenizer.vocabularySize == 1000)
  }
}
