import Testing

@testable import MDLM

struct SampleReaderTests {
  private func read(
    _ text: String, tokenizer: (any Tokenizer)? = nil
  ) throws -> ([SampleRecord], SampleReader.Unit) {
    try SampleReader(tokenizer: tokenizer).samples(
      in: SourceText(Array(text.utf8)[...], name: "s.jsonl"))
  }

  @Test func linesOfTheSampleCommandAreRead() throws {
    let (samples, unit) = try read(
      """
      {"nfe":5,"seconds":0.5,"text":"ab","tokens":[3,4]}

      {"tokens":[1],"predictor":"ddpm","steps":8,"text":null,"more":[1]}
      """)
    #expect(unit == .tokens)
    #expect(
      samples == [
        SampleRecord(tokens: [3, 4], text: "ab", networkCalls: 5, seconds: 0.5),
        SampleRecord(
          tokens: [1], text: nil, method: SamplingMethod(predictor: "ddpm", steps: 8)),
      ])
  }

  @Test func emptyLinesSeparatePlainText() throws {
    let (samples, unit) = try read("\n\nab\nc\n\n\n\nd e\r\n\r\nf")
    #expect(samples.map(\.text) == ["ab\nc", "d e", "f"])
    #expect(samples.first?.tokens == [97, 98, 10, 99] && unit == .characters)
  }

  @Test func tokenizerCompletesWhatIsMissing() throws {
    let tokenizer = try CharacterTokenizer(text: "abc\n")
    let (samples, unit) = try read("{\"text\":\"cab\"}\n{\"tokens\":[1,2,4]}", tokenizer: tokenizer)
    #expect(samples.map(\.tokens) == [[3, 1, 2], [1, 2, 4]] && unit == .tokens)
    #expect(samples.map(\.text) == ["cab", "ab"])
    #expect(try read("ab\n\nc", tokenizer: tokenizer).0.map(\.tokens) == [[1, 2], [3]])
  }

  @Test(arguments: [
    ("", "an empty file"), ("\n \n", "only white space"),
    ("{\"text\":\"a\"}\n[1]", "s.jsonl:2: found a list"),
    ("{\"text\":\"a\"}\nplain", "s.jsonl:2"), ("{\"text\":\"a", "s.jsonl:1"),
    ("{}", "neither 'text' nor 'tokens'"), ("{\"text\":3}", "3 under 'text', expected a string"),
    ("{\"tokens\":7}", "7 under 'tokens', expected a list"),
    ("{\"tokens\":[1,-2]}", "-2 under 'tokens'"), ("{\"tokens\":[1.5]}", "1.5 under 'tokens'"),
    ("{\"tokens\":[5000000000]}", "5000000000 under 'tokens'"),
    ("{\"text\":\"a\",\"nfe\":-1}", "-1 under 'nfe'"),
    ("{\"text\":\"a\",\"steps\":0}", "0 under 'steps'"),
    ("{\"text\":\"a\",\"seconds\":\"1\"}", "under 'seconds'"),
    ("{\"text\":\"a\"}\n{\"tokens\":[1]}", "s.jsonl:2: found token ids, expected the same"),
    ("a\0b", "a NUL byte"),
  ])
  func mistakesAreNamed(text: String, message: String) {
    let found = sentence { _ = try read(text) }
    #expect(found.contains(message), "\(found)")
  }

  @Test func idsOutsideTheTokenizerAreRefused() throws {
    let tokenizer = try CharacterTokenizer(text: "abc")
    let found = sentence { _ = try read("{\"tokens\":[3,4]}", tokenizer: tokenizer) }
    #expect(found.contains("found 4 under 'tokens', expected token ids from 0 to 3"), "\(found)")
    #expect(sentence { _ = try read("ax", tokenizer: tokenizer) }.contains("'x' (U+0078)"))
  }

  @Test func realTextIsCutEvenly() throws {
    let text = SourceText(Array("0123456789ab".utf8)[...], name: "r.txt")
    let reader = SampleReader(tokenizer: nil)
    func pieces(_ length: Int, _ count: Int) throws -> [String?] {
      try reader.pieces(of: text, length: length, count: count).map(\.text)
    }
    #expect(try pieces(2, 3) == ["01", "45", "89"])
    #expect(try pieces(5, 9) == ["01234", "56789"])
    #expect(sentence { _ = try pieces(13, 1) }.contains("r.txt: found 12 tokens"))
  }

  @Test func methodsMakeGroups() throws {
    let samples = [("a", 8), ("b", 8), ("a", 8), ("a", 16)].map {
      SampleRecord(tokens: [1], text: nil, method: SamplingMethod(predictor: $0.0, steps: $0.1))
    }
    let groups = SampleQuality.groups(samples)
    #expect(groups.map(\.count) == [2, 1, 1])
    #expect(groups.map { $0[0].method.steps } == [8, 8, 16])
  }
}
