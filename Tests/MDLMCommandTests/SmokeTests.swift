import Testing

@testable import MDLMCommand

@Test func builds() {}
