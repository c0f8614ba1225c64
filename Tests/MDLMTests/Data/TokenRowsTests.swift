import Testing

@testable import MDLM

@Suite struct TokenRowsTests {
  @Test func rowsAndLengths() throws {
    let rows = TokenRows(length: 2, tokens: [1, 2, 3, 4], unpaddedLengths: [2, 1])
    #expect(rows.count == 2)
    #expect(try rows.tokens(of: [1]) == [3, 4])
    #expect(rows.unpaddedLength(of: 1) == 1)
    #expect(TokenRows(length: 2, tokens: [1, 2]).unpaddedLength(of: 0) == 2)
  }

  @Test func idsInsideTheVocabularyPass() throws {
    let rows = TokenRows(length: 2, tokens: [0, 1, 2, 4])
    try rows.checkIDs(vocabularySize: 5, maskID: 3, subject: "a.bin")
  }

  @Test(arguments: [
    (5 as Int32, "the id 5 at position 1 of row 1"), (-1, "the id -1 at position"),
    (3, "the id 3 of the mask at position"),
  ])
  func otherIDsAreNamed(id: Int32, fragment: String) {
    let rows = TokenRows(length: 2, tokens: [0, 1, 2, id])
    let error = #expect(throws: InputError.self) {
      try rows.checkIDs(vocabularySize: 5, maskID: 3, subject: "a.bin")
    }
    #expect(error?.category == .badData)
    #expect(error?.subject == "a.bin")
    #expect(error?.found.contains(fragment) == true)
  }
}
