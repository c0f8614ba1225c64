import Foundation
import Testing

@testable import MDLM

struct SampleStatisticsTests {
  private func statistics(_ rows: [[Int32]], endID: Int32? = nil) -> SampleStatistics {
    SampleStatistics(of: rows.map { SampleRecord(tokens: $0, text: nil) }, endID: endID)
  }

  private func isClose(_ found: Double?, _ expected: Double) -> Bool {
    found.map { abs($0 - expected) < 1e-12 } ?? false
  }

  @Test func entropyIsAveragedOverSamples() {
    // ln 4, ln 2 and 0 nats; the empty sample has none.
    let found = statistics([[1, 2, 3, 4], [1, 1, 2, 2], [7, 7, 7, 7], []])
    #expect(isClose(found.entropy.mean, log(2)))
    // Deviations ln 2, 0, −ln 2: √(2 ln² 2 / (3 · 2)).
    #expect(isClose(found.entropy.standardError, log(2) / 3.0.squareRoot()))
    #expect(found.count == 4)
    #expect(found.tokens == Spread([4, 4, 4, 0]) && found.tokens.mean == 3)
    #expect(found.tokens.least == 0 && found.tokens.greatest == 4)
  }

  @Test func pooledEntropyIsThatOfAllTokens() {
    // 1: 3, 2: 3, 3 and 4: 1 each, of 8.
    let expected = -2 * 3.0 / 8 * log(3.0 / 8) - 2 * 1.0 / 8 * log(1.0 / 8)
    #expect(isClose(statistics([[1, 2, 3, 4], [1, 1, 2, 2]]).pooledEntropy, expected))
  }

  @Test func oneSampleHasNoStandardError() {
    let found = statistics([[1, 2]])
    #expect(isClose(found.entropy.mean, log(2)) && found.entropy.standardError == nil)
  }

  @Test func distinctCountsRunsWithinSamples() {
    // 1 2 1 2 and 2 1: two tokens of six; 12 21 12, 21: two pairs of four; 121, 212: two of two.
    let expected: [Double?] = [2.0 / 6, 2.0 / 4, 1]
    #expect(statistics([[1, 2, 1, 2], [2, 1]]).distinct == expected)
    #expect(statistics([[1], [2]]).distinct == [1, nil, nil])
    #expect(statistics([[]]).distinct == [nil, nil, nil])
  }

  @Test func repetitionCountsFourGramsThatCameBefore() {
    // 1234 2341 3412 4123 1234: one of five. 5555 5555: one of two. 1234: none. Two tokens: out.
    let found = statistics([[1, 2, 3, 4, 1, 2, 3, 4], [5, 5, 5, 5, 5], [1, 2, 3, 4], [1, 1]])
    #expect(isClose(found.repetition.mean, (1.0 / 5 + 1.0 / 2 + 0) / 3))
    // 0/7, 4/4, 0/3, 1/1.
    #expect(isClose(found.adjacentRepetition.mean, 2.0 / 4))
  }

  @Test func endsAreCountedWhereTheyAreKnown() {
    let found = statistics([[1, 0, 0], [1, 2, 3, 4, 5], [0]], endID: 0)
    #expect(found.ends?.samples == 1.0 / 3 && found.ends?.tokens == 2.0 / 9)
    #expect(statistics([[0]]).ends == nil)
  }

  @Test func callsAndTextAreOptional() {
    let samples = [
      SampleRecord(tokens: [1], text: "é", networkCalls: 4, seconds: 1),
      SampleRecord(tokens: [1], text: "abc", networkCalls: 8), SampleRecord(tokens: [1], text: ""),
    ]
    let found = SampleStatistics(of: samples, endID: nil)
    #expect(found.networkCalls == 6 && found.seconds == 1)
    #expect(found.characters == Spread([1, 3, 0]))
    #expect(statistics([[1]]).characters == nil && statistics([[1]]).networkCalls == nil)
  }

  @Test func samplesWithoutTokensAreMeasured() {
    let found = statistics([[], []], endID: 3)
    #expect(found.entropy.mean == nil && found.pooledEntropy == 0)
    #expect(found.ends?.samples == 0 && found.ends?.tokens == 0)
  }
}

struct GenerativePerplexityTests {
  @Test func perplexityIsARatioOverTexts() throws {
    let scores = [(4.0, 2), (3, 2), (14, 4), (0, 0)].map { TextScore(nll: $0.0, tokens: $0.1) }
    let found = try #require(GenerativePerplexity(of: scores, judge: "j"))
    // 21 nats for 8 tokens; residuals 4 − 5.25, 3 − 5.25 and 14 − 10.5.
    #expect(found.nll == 21.0 / 8 && found.tokens == 8 && found.judge == "j")
    let squares = 1.25 * 1.25 + 2.25 * 2.25 + 3.5 * 3.5
    let error = (squares * 3 / 2).squareRoot() / 8
    #expect(abs(try #require(found.standardError) - error) < 1e-12)
    #expect(abs(found.value - exp(2.625)) < 1e-9)
    let interval = try #require(found.interval)
    #expect(abs(log(interval.upperBound) - log(found.value) - 1.959964 * error) < 1e-9)
    #expect(abs(log(found.value) - log(interval.lowerBound) - 1.959964 * error) < 1e-9)
  }

  @Test func textsWithoutTokensHaveNoPerplexity() {
    #expect(GenerativePerplexity(of: [TextScore(nll: 0, tokens: 0)], judge: "j") == nil)
    let one = GenerativePerplexity(of: [TextScore(nll: 3, tokens: 2)], judge: "j")
    #expect(one?.nll == 1.5 && one?.interval == nil)
  }
}
