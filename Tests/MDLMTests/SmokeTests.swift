import Testing

@testable import MDLM

@Test func tokenRowsCount() { #expect(TokenRows(length: 2, tokens: [1, 2, 3, 4]).count == 2) }
