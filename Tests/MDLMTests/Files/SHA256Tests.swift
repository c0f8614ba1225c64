import Testing

@testable import MDLM

@Suite struct SHA256Tests {
  // From FIPS 180-4's examples, and sha256sum for the lengths around a block's end.
  @Test(arguments: [
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    (
      "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
    ),
  ])
  func knowsPublishedDigests(text: String, digest: String) {
    var sha = SHA256()
    sha.update(text.utf8)
    #expect(sha.finish() == digest)
  }

  @Test func aMillionLettersInUnevenPieces() {
    var sha = SHA256()
    var rest = 1_000_000
    var piece = 1
    while rest > 0 {
      let count = min(piece, rest)
      sha.update(repeatElement(UInt8(ascii: "a"), count: count))
      rest -= count
      piece = piece * 3 % 1_009
    }
    #expect(sha.finish() == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
  }
}
