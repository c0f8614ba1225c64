import MDLM
import Testing

@Suite struct NearestTests {
  private static let words = ["hidden_size", "n_heads", "n_blocks", "length", "lr", "T"]

  @Test(arguments: [
    ("hiddn_size", "hidden_size"), ("hiddenSize", "hidden_size"), ("n_haeds", "n_heads"),
    ("lenght", "length"), ("lrr", "lr"), ("N_BLOCKS", "n_blocks"), ("t", "T"),
  ])
  func findsTheMisspeltWord(word: String, expected: String) {
    #expect(nearest(to: word, among: Self.words) == expected)
  }

  @Test(arguments: ["", "optimizer", "xy", "n", String(repeating: "length", count: 10_000)])
  func findsNothingFarAway(word: String) {
    #expect(nearest(to: word, among: ["hidden_size", "n_heads", "length", "eps"]) == nil)
  }

  @Test func prefersTheFirstOfEquallyCloseWords() {
    #expect(nearest(to: "beta", among: ["beta1", "beta2"]) == "beta1")
  }
}
