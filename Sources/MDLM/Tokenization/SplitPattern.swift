/// The regular expressions that published tokenizers split text with, each as a scanner.
enum SplitPattern: String, Sendable, CaseIterable {
  /// GPT-2's, which is also what `ByteLevel` with `use_regex` does.
  case gpt2
  /// That of cl100k_base and Llama 3.
  case cl100k
  /// Qwen 2's: cl100k's with each digit on its own.
  case qwen2
  /// That of o200k_base.
  case o200k

  /// The expression as files spell it.
  var regex: String {
    switch self {
    case .gpt2:
      #"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"#
    case .cl100k:
      #"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}"#
        + #"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"#
    case .qwen2:
      #"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}"#
        + #"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"#
    case .o200k:
      #"[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+"#
        + #"(?i:'s|'t|'re|'ve|'m|'ll|'d)?"#
        + #"|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*"#
        + #"(?i:'s|'t|'re|'ve|'m|'ll|'d)?"#
        + #"|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+"#
    }
  }

  /// The pattern that `regex` spells, byte for byte.
  init?(regex: String) {
    let known = Self.allCases.first { $0.regex.utf8.elementsEqual(regex.utf8) }
    guard let known else { return nil }
    self = known
  }

  /// The end of the piece that begins at `start`, which is before the end of the text.
  @inline(__always)
  func end(of scanner: PieceScanner, from start: Int) -> Int {
    switch self {
    case .gpt2: scanner.gpt2End(from: start)
    case .cl100k: scanner.cl100kEnd(from: start, digits: 3)
    case .qwen2: scanner.cl100kEnd(from: start, digits: 1)
    case .o200k: scanner.o200kEnd(from: start)
    }
  }
}
