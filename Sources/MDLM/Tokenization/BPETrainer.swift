import Synchronization

/// Trains a byte-level BPE tokenizer (Sennrich et al., arXiv 1508.07909; bytes as in GPT-2).
///
/// Text is split into words in the way of GPT-2. Words begin as single bytes; again and again the
/// most frequent pair of neighbours becomes a token, of equally frequent ones that with the smaller
/// ids. [BOS], [EOS], [PAD] and [MASK] have the first ids, then come the bytes in the order of their
/// letters, then the merged tokens.
///
/// The result equals that of the `BpeTrainer` of Hugging Face tokenizers with
/// `initial_alphabet=ByteLevel.alphabet()`, the same special tokens and
/// `ByteLevel(add_prefix_space=False)`, for corpora in which no pair occurs more than 2³¹ − 1 times:
/// beyond, its counts overflow.
public struct BPETrainer: Sendable {
  /// The sizes that can be asked for; the least has room for special tokens and bytes alone.
  public static let vocabularySizes = LearnedVocabulary().count...Int(VocabularyReader.idLimit)

  /// The most ids that the tokenizer will have, special tokens included.
  public let vocabularySize: Int
  /// How often a pair must occur to be merged.
  public let minimumFrequency: Int
  private let device: Device
  /// The words that each worker has met; which worker meets which is left to chance.
  private var tables: [WordTable]

  /// Prepares the training.
  ///
  /// - Parameters:
  ///   - vocabularySize: The most ids of the tokenizer, special tokens and mask included.
  ///   - minimumFrequency: How often a pair must occur to be merged. (Where nothing is said, the
  ///     `ByteLevelBPETokenizer` of Hugging Face takes 2, their `BpeTrainer` 0.)
  ///   - device: Whose threads count words; the result does not depend on their number.
  /// - Throws: ``InputError`` of category `usage` where the vocabulary has no room for all bytes.
  public init(
    vocabularySize: Int, minimumFrequency: Int = 2, on device: Device
  ) throws(InputError) {
    guard Self.vocabularySizes.contains(vocabularySize) else {
      throw InputError(
        .usage, "the vocabulary", found: "a size of \(vocabularySize)",
        expected: "\(Self.vocabularySizes.lowerBound) (the bytes and the special tokens) to "
          + "\(Self.vocabularySizes.upperBound)",
        remedy: "Choose a size such as 32000")
    }
    self.vocabularySize = vocabularySize
    self.minimumFrequency = minimumFrequency
    self.device = device
    tables = Array(repeating: WordTable(), count: device.threadCount)
  }
}

// MARK: - Counting

extension BPETrainer {
  /// Text that is worth handing to a worker, in bytes.
  private static let blockSize = 1 << 16
  /// Blocks between two reports of progress.
  private static let roundSize = 128

  /// Counts the words of whole documents, in addition to all that were counted before.
  ///
  /// Nothing of the text is kept but its distinct words.
  ///
  /// - Parameters:
  ///   - documents: Texts; no word spans two of them.
  ///   - progress: Is told from time to time how many bytes of `documents` are done.
  public mutating func count(_ documents: [SourceText], progress: (Int) -> Void = { _ in }) {
    let pieces = documents.flatMap { Self.pieces(of: $0.bytes) }
    let blocks = Self.blocks(of: pieces)
    var done = 0
    for start in stride(from: 0, to: blocks.count, by: Self.roundSize) {
      let round = blocks[start..<min(blocks.count, start + Self.roundSize)]
      count(pieces, in: round)
      for block in round { for piece in pieces[block] { done += piece.count } }
      progress(done)
    }
  }

  /// Counts blocks of pieces with all threads, each of which takes the next block when it is free.
  private mutating func count(_ pieces: [ArraySlice<UInt8>], in blocks: ArraySlice<Range<Int>>) {
    let next = Atomic(blocks.startIndex)
    tables.withUnsafeMutableBufferPointer { tables in
      device.workers.forEach(tables.count) { worker in
        while true {
          let block = next.add(1, ordering: .relaxed).oldValue
          guard block < blocks.endIndex else { break }
          for piece in pieces[blocks[block]] { Self.count(piece, in: &tables[worker]) }
        }
      }
    }
  }

  private static func count(_ piece: ArraySlice<UInt8>, in table: inout WordTable) {
    piece.withUnsafeBufferPointer { bytes in
      let scanner = PieceScanner(bytes)
      var start = 0
      while start < bytes.count {
        let end = scanner.gpt2End(from: start)
        table.add(UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: bytes[start..<end])))
        start = end
      }
    }
  }

  /// Cuts a long document where a word certainly begins: at a space behind a visible ASCII character.
  private static func pieces(of document: ArraySlice<UInt8>) -> [ArraySlice<UInt8>] {
    var pieces: [ArraySlice<UInt8>] = []
    var rest = document
    while rest.count > blockSize {
      let end = rest.indices.dropFirst(blockSize).first { index in
        (rest[index] == UInt8(ascii: " ") || rest[index] == UInt8(ascii: "\n"))
          && (0x21...0x7E).contains(rest[index - 1])
      }
      guard let end else { break }
      pieces.append(rest[..<end])
      rest = rest[end...]
    }
    return pieces + [rest]
  }

  /// Puts pieces together until they are worth handing to a worker.
  private static func blocks(of pieces: [ArraySlice<UInt8>]) -> [Range<Int>] {
    var blocks: [Range<Int>] = []
    var (start, size) = (0, 0)
    for (index, piece) in pieces.enumerated() {
      size += piece.count
      guard size >= blockSize || index + 1 == pieces.count else { continue }
      blocks.append(start..<index + 1)
      (start, size) = (index + 1, 0)
    }
    return blocks
  }
}

// MARK: - Merging

extension BPETrainer {
  /// Learns the merges from the words that have been counted.
  ///
  /// There are fewer ids than ``vocabularySize`` where pairs run out or become rare before.
  ///
  /// - Parameter progress: Is told the number of ids after each merge.
  /// - Returns: A tokenizer that splits text as GPT-2's does and puts nothing around it.
  /// - Throws: ``InputError`` where the distinct words are longer than 4 GiB together.
  public func train(
    progress: (Int) -> Void = { _ in }
  ) throws(InputError) -> ByteLevelBPETokenizer {
    var words = WordTable()
    for table in tables { words.add(table) }
    guard words.byteCount + words.count < UInt32.max else {
      throw InputError(
        .badData, "the corpus", found: "\(words.byteCount) bytes of distinct words",
        expected: "less than 4 GiB of them", remedy: "Train on a part of the corpus")
    }
    var vocabulary = LearnedVocabulary()
    var segmentation = Segmentation(words, byteIDs: vocabulary.byteIDs)
    while vocabulary.count < vocabularySize, let (pair, count) = segmentation.mostFrequentPair(),
      count >= max(1, minimumFrequency)
    {
      segmentation.mergeMostFrequentPair(into: vocabulary.merge(pair))
      progress(vocabulary.count)
    }
    return try vocabulary.tokenizer()
  }
}
