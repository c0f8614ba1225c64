import Testing

@testable import MDLM

@Suite struct ScalarDecoderTests {
  @Test func everyScalarIsRead() throws {
    let codes = [0, 0x7F, 0x80, 0x7FF, 0x800, 0xD7FF, 0xE000, 0xFFFF, 0x10000, 0x10FFFF]
    let scalars = codes.compactMap { Unicode.Scalar(UInt32($0)) }
    var read: [Unicode.Scalar] = []
    try SourceText(scalars.map(String.init).joined()).forEachScalar { scalar, _ in
      read.append(scalar)
    }
    #expect(read == scalars)
  }

  @Test(arguments: [
    [0x80], [0xC1, 0xBF], [0xC3], [0xC3, 0x41], [0xE0, 0x9F, 0xBF], [0xED, 0xA0, 0x80],
    [0xE2, 0x82], [0xF0, 0x8F, 0xBF, 0xBF], [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80],
    [0xFF],
  ])
  func malformedBytesAreLocated(bytes: [UInt8]) {
    let text = SourceText(([0x61, 0x0A, 0x62] + bytes)[...], name: "x.txt", byteOffset: 10)
    let error = #expect(throws: InputError.self) { try text.forEachScalar { _, _ in } }
    #expect(error?.subject == "x.txt:2")
    #expect(error?.found.hasPrefix("malformed UTF-8 (0x") == true)
    #expect(error?.found.hasSuffix("at byte 13") == true)
  }
}
