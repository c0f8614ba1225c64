/// Encodes texts one after the other, and gets faster by what it remembers of those before.
///
/// One serves one thread. Who encodes many texts keeps one: `Tokenizer.encode` begins anew.
protocol TextEncoder: AnyObject {
  /// Appends the ids of `text`, as `Tokenizer.encode` returns them.
  func append(_ text: SourceText, to ids: inout [Int32]) throws(InputError)
}

/// A tokenizer whose encoder remembers.
protocol EncoderProviding: Tokenizer {
  func makeEncoder() -> any TextEncoder
}

extension Tokenizer {
  /// An encoder for many texts.
  func makeTextEncoder() -> any TextEncoder {
    (self as? any EncoderProviding)?.makeEncoder() ?? PlainEncoder(tokenizer: self)
  }
}

/// The encoder of a tokenizer that has nothing to remember.
private final class PlainEncoder<Source: Tokenizer>: TextEncoder {
  private let tokenizer: Source

  init(tokenizer: Source) { self.tokenizer = tokenizer }

  func append(_ text: SourceText, to ids: inout [Int32]) throws(InputError) {
    ids += try tokenizer.encode(text)
  }
}
