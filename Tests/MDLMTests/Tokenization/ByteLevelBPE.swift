@testable import MDLM

/// A byte-level BPE with the bytes as ids 0 … 255, then what each pair of `joined` makes, which is
/// also the order of the ranks, then the `special` tokens.
func makeByteLevelBPE(
  _ joined: [(String, String)] = [("h", "e"), ("l", "l"), ("he", "ll"), ("hell", "o"), ("Ġ", "w")],
  special: [String] = ["<|endoftext|>"], pattern: SplitPattern = .gpt2
) throws -> ByteLevelBPETokenizer {
  try ByteLevelBPETokenizer(
    json: byteLevelBPEFile(joined, special: special, pattern: pattern), in: "t.json")
}

/// The `tokenizer.json` of ``makeByteLevelBPE(_:special:pattern:)``.
func byteLevelBPEFile(
  _ joined: [(String, String)], special: [String] = [], pattern: SplitPattern = .gpt2
) -> JSONValue {
  let names = ByteTokenizer.letters.map { String($0) } + joined.map { $0.0 + $0.1 } + special
  let added = special.enumerated().map { index, name in
    AddedToken.special(name, id: Int32(256 + joined.count + index)).json
  }
  return [
    "added_tokens": .array(added),
    "normalizer": .null,
    "pre_tokenizer": PreTokenizer(pattern).json,
    "post_processor": .null,
    "decoder": ["type": "ByteLevel"],
    "model": [
      "type": "BPE",
      "vocab": .object(
        names.enumerated().map { JSONMember(key: $0.element, value: .number($0.offset)) }),
      "merges": .array(joined.map { .string("\($0.0) \($0.1)") }),
    ],
  ]
}
