extension DataProtocol {
  /// Every protocol, those of trained models first, then the zero-shot suite.
  public static let all: [DataProtocol] = [
    DataProtocol(
      name: "lm1b", summary: "One Billion Words, a sentence a row", tokenizer: .bertUncased,
      reading: oneBillionWords, packing: .rowPerDocument(framed: true),
      length: 128, testFraction: 0, splitName: "test",
      paths: heldOutShards, trainingPaths: ["lm1b/train"],
      source: lm1bSource, published: 27.04,
      notes: "27.04 after 33 billion tokens, 23.00 after 327 billion. " + heldOutNote),
    DataProtocol(
      name: "lm1b-packed", summary: "One Billion Words, sentences joined", tokenizer: .bertUncased,
      reading: oneBillionWords, packing: officialWrap,
      length: 128, testFraction: 0, splitName: "test",
      paths: heldOutShards, trainingPaths: ["lm1b/train"],
      source: lm1bSource, published: 31.78,
      notes:
        "Never to be compared with lm1b. The figure is from arXiv 2503.09573. [CLS] ends sentences "
        + "and rows, as in the official code. " + heldOutNote
    ),
    DataProtocol(
      name: "openwebtext", summary: "OpenWebText, documents joined", tokenizer: .gpt2,
      reading: TextReading(), packing: officialWrap, length: 1024, testFraction: 0,
      splitName: "validation", paths: ["openwebtext/valid.jsonl"],
      trainingPaths: ["openwebtext/train.jsonl", "openwebtext/train"],
      source:
        "the dataset Skylion007/openwebtext as JSON lines: its last 100,000 documents as "
        + "valid.jsonl, the others as train.jsonl",
      published: 23.21, notes: "The last 100,000 documents are held out"),
    DataProtocol(
      name: "text8", summary: "text8, the last 5 of 100 million characters", tokenizer: .letters,
      reading: TextReading(documents: .stream), packing: .plain, length: 256, testFraction: 0.05,
      splitName: "test", paths: ["text8"], trainingPaths: ["text8"],
      source: "http://mattmahoney.net/dc/text8.zip",
      published: nil,
      notes:
        "Rows of 256 characters without BOS and EOS, bits per character: as D3PM, SEDD and MD4 "
        + "report; the official code's own text8 rows are 254 characters between BOS and EOS"),
    zeroShot(
      "ptb", "Penn Treebank", reading: TextReading(detokenizer: .ptb, lineEnds: .trimmed),
      split: "validation",
      paths: ["ptb/ptb.valid.txt"], trainingPaths: ["ptb/ptb.train.txt"],
      source: "the Mikolov preprocessing of the Penn Treebank: ptb.valid.txt", published: 95.26),
    zeroShot(
      "wikitext", "WikiText-2", reading: TextReading(detokenizer: .wikitext, lineEnds: .kept),
      split: "validation", paths: ["wikitext-2/wiki.valid.raw", "wikitext-2/wiki.valid.tokens"],
      source: "the dataset wikitext-2-raw-v1: wiki.valid.raw", published: 32.83,
      notes: "The raw text (wiki.valid.raw) is the published one; in wiki.valid.tokens rare words "
        + "are <unk>"),
    zeroShot(
      "lm1b-gpt2", "One Billion Words", reading: oneBillionWords, split: "test",
      paths: heldOutShards, source: lm1bSource, published: 67.01, notes: heldOutNote),
    zeroShot(
      "lambada", "LAMBADA", reading: TextReading(detokenizer: .lambada), split: "test",
      paths: ["lambada/lambada_test.jsonl"],
      source: "https://openaipublic.blob.core.windows.net/gpt-2/data/lambada_test.jsonl",
      published: 47.52),
    zeroShot(
      "ag_news", "AG News", reading: TextReading(), split: "test", paths: ["agnews/test.csv"],
      source: "ag_news_csv/test.csv of the AG News corpus", published: 61.15),
    zeroShot(
      "pubmed", "Scientific papers from PubMed", reading: papers, split: "validation",
      paths: ["pubmed/val.txt"], source: "scientific_papers: pubmed-dataset/val.txt",
      published: 41.89),
    zeroShot(
      "arxiv", "Scientific papers from arXiv", reading: papers, split: "validation",
      paths: ["arxiv/val.txt"], source: "scientific_papers: arxiv-dataset/val.txt",
      published: 37.37),
  ]

  private static let lm1bSource =
    "https://www.statmt.org/lm-benchmark/1-billion-word-language-modeling-benchmark-r13output.tar.gz"

  /// All held-out shards, which the official code tests on, before the first of them alone.
  private static let heldOutShards = ["lm1b/heldout", "lm1b/news.en.heldout-00000-of-00050"]

  private static let heldOutNote =
    "All 50 held-out shards (306,688 sentences) are the test part; the first alone is the test set "
    + "of the benchmark's own tables"

  private static let oneBillionWords = TextReading(detokenizer: .lm1b, lineEnds: .trimmed)

  /// The official code packs 1,000 documents at a time and drops the rest of each batch.
  private static let officialWrap = Packing.wrapped(groupSize: 1000)

  private static let papers = TextReading(
    textKey: "article_text", detokenizer: .scientificPapers, format: .jsonLines)

  /// A corpus that a model of OpenWebText has never seen.
  ///
  /// The published figures were measured without [EOS] behind each document (`insert_valid_eos`).
  private static func zeroShot(
    _ name: String, _ corpus: String, reading: TextReading, split: String, paths: [String],
    trainingPaths: [String] = [], source: String, published: Double, notes: String? = nil
  ) -> DataProtocol {
    DataProtocol(
      name: name, summary: "\(corpus), zero-shot from OpenWebText", tokenizer: .gpt2,
      reading: reading, packing: .wrapped(separated: false, groupSize: 1000), length: 1024,
      testFraction: 0, splitName: split, paths: paths, trainingPaths: trainingPaths, source: source,
      published: published,
      notes: notes)
  }
}
