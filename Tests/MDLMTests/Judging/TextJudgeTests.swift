import Foundation
import Testing

@testable import MDLM

/// A network whose −log p of a token is the token before it · 100 + the token itself.
private struct PairNetwork: AutoregressiveNetwork {
  let vocabularySize = 50
  let contextLength = 4

  func negativeLogLikelihoods(_ tokens: [Int32], length: Int, at places: [Int32]) -> [Float] {
    places.map { place in
      require(place % Int32(length) > 0, "the first token of a window has nothing before it")
      return Float(tokens[Int(place) - 1] * 100 + tokens[Int(place)])
    }
  }
}

struct TextJudgeTests {
  /// A letter's token is its place in the alphabet, from 1.
  private func judge(beginID: Int32?) -> TextJudge {
    TextJudge(name: "pairs", network: PairNetwork(), beginID: beginID) { text throws(InputError) in
      text.utf8.map { Int32($0) - 96 }
    }
  }

  @Test(
    arguments: [
      (nil, "", 0, 0), (nil, "a", 0, 0), (nil, "ab", 102, 1), (nil, "abcd", 102 + 203 + 304, 3),
      // The windows abcd and ef: nothing is said of e.
      (nil, "abcdef", 102 + 203 + 304 + 506, 4),
      (nil, "abcde", 102 + 203 + 304, 3),
      (0, "", 0, 0), (0, "a", 1, 1), (0, "abc", 1 + 102 + 203, 3),
      // The windows 0abc and de.
      (0, "abcde", 1 + 102 + 203 + 405, 4),
    ] as [(Int32?, String, Double, Int)])
  func windowsFollowEachOther(begin: Int32?, text: String, nll: Double, tokens: Int) throws {
    #expect(
      try judge(beginID: begin).scores(of: [text]) == [TextScore(nll: nll, tokens: tokens)])
  }

  @Test func textsKeepTheirOrder() throws {
    let texts = (0..<3000).map { String(repeating: "b", count: $0 % 9) }
    let scores = try #require(try judge(beginID: 0).scores(of: texts))
    for (text, score) in zip(texts, scores) {
      #expect(try judge(beginID: 0).scores(of: [text]) == [score])
    }
  }

  @Test func reportStopsTheWork() throws {
    var shares: [Double] = []
    let texts = [String](repeating: "abc", count: 9000)
    let scores = try judge(beginID: nil).scores(of: texts) { share in
      shares.append(share)
      return shares.count == 2 ? .stop : .proceed
    }
    #expect(scores == nil && shares.count == 2)
    #expect(shares[0] > 0 && shares[0] < shares[1] && shares[1] < 1)
  }

  @Test func idsThatTheNetworkDoesNotHaveAreRefused() throws {
    let text = sentence { _ = try judge(beginID: nil).scores(of: ["é"]) }
    #expect(text.contains("the judge pairs: found the token id 99"), "\(text)")
  }
}

struct TextJudgeLoadingTests {
  private let device = Device(threads: 1)

  private func failure(_ prepare: (String) throws -> Void, _ name: String = "") throws -> String {
    try withScratchDirectory { folder in
      try prepare(folder)
      return sentence { _ = try TextJudge(path: folder + name, on: device) }
    }
  }

  @Test(arguments: ["", "/a.bin"]) func llamaIsFoundWithItsTokenizer(name: String) throws {
    try withScratchDirectory { folder in
      try write(LlamaSketch().file, to: "\(folder)/a.bin")
      try write(LlamaSketch.tokenizer, to: "\(folder)/tok300.bin")
      let judge = try TextJudge(path: folder + name, on: device)
      #expect(judge.name == "a" && judge.network.contextLength == 16)
      // " a" and "bc"; " ab" is one token. The beginning of a text is not scored.
      let score = try #require(try judge.scores(of: ["abc", "ab"]))
      #expect(score.map(\.tokens) == [2, 1])
      let expected = LlamaSketch().negativeLogLikelihoods([1, 287, 289]).reduce(0, +)
      #expect(relativeDeviation(score[0].nll, expected) < 1e-5)
    }
  }

  @Test func gpt2IsADirectory() throws {
    try withScratchDirectory { folder in
      for name in ["config.json", "model.safetensors"] {
        try write(
          try bytes(of: Golden.fixtures + "/gpt2_tiny/\(name)"), to: "\(folder)/\(name)")
      }
      let letters = (0..<256).map { byte in
        JSONValue.quoted(Vocabulary.letters(of: [UInt8(byte)])) + ":\(byte)"
      }
      try write("{\(letters.joined(separator: ","))}".utf8, to: "\(folder)/vocab.json")
      try write("#version: 0.2\n".utf8, to: "\(folder)/merges.txt")
      let judge = try TextJudge(path: folder, on: device)
      let score = try #require(try judge.scores(of: ["a\nb"])?.first)
      let expected = judge.network.negativeLogLikelihoods([97, 10, 98], length: 3, at: [1, 2])
      #expect(score == TextScore(nll: expected.reduce(0) { $0 + Double($1) }, tokens: 2))
    }
  }

  @Test func whatIsNoJudgeIsRefused() throws {
    #expect(try failure({ _ in }).contains("found no judge in the directory"))
    #expect(try failure({ _ in }, "/x").contains("nothing there"))
    #expect(
      try failure({ try write([1], to: $0 + "/x.txt") }, "/x.txt").contains("not end in .bin"))
    #expect(
      try failure { folder in
        for name in ["a", "b"] { try write([1], to: "\(folder)/\(name).bin") }
      }.contains("found a.bin, b.bin"))
    #expect(
      try failure { try write(LlamaSketch().file, to: $0 + "/a.bin") }
        .contains("found no tokenizer beside a.bin, expected tok300.bin or tokenizer.bin"))
    #expect(
      try failure { try write("{\"model_type\": \"bert\"}".utf8, to: $0 + "/config.json") }
        .contains("model_type: found \"bert\""))
  }
}
