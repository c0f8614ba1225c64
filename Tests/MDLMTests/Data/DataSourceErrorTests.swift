import Testing

@testable import MDLM

/// Sources that cannot be loaded, and what the messages say.
@Suite struct DataSourceErrorTests {
  struct Mistake: Sendable, CustomTestStringConvertible {
    /// Names and contents of the training files.
    var train: [(name: String, content: String)] = [("a.txt", "abcdefgh")]
    var valid: [(name: String, content: String)] = []
    var tokenizer: String? = "char"
    var documents = DocumentBoundary.stream
    var packing = Packing.plain
    var validation = 0.0
    var length = 4
    var split: DataSplit?
    var category: InputError.Category
    var fragment: String
    var testDescription: String { fragment }
  }

  @Test(arguments: [
    Mistake(train: [], category: .badConfiguration, fragment: "data.train: found no files"),
    Mistake(train: [("a.txt", "")], category: .badData, fragment: "an empty file"),
    Mistake(train: [("a.txt", "abc")], category: .badData, fragment: "found 3 tokens, expected"),
    Mistake(
      train: [("a.txt", "\n\n")], tokenizer: "byte", documents: .lines,
      packing: .rowPerDocument(framed: false), category: .badData,
      fragment: "found only empty documents, expected"),
    Mistake(
      validation: 0.1, category: .badData, fragment: "1 tokens in the valid part"),
    Mistake(
      train: [("a.txt", "abcdefgh\n\n")], documents: .lines, validation: 0.1, category: .badData,
      fragment: "only empty documents in the valid part"),
    Mistake(
      train: [("a.fa", ">x\n")], category: .badData, fragment: "no sequence"),
    Mistake(
      train: [("a.txt", "ab\0c")], category: .badData, fragment: "a NUL byte at byte 2"),
    Mistake(
      train: [("a.txt", "abcd"), ("a.bin", "abcd")], category: .badConfiguration,
      fragment: "a token shard beside text"),
    Mistake(
      valid: [("b.bin", "abcd")], category: .badConfiguration,
      fragment: "a token shard beside text"),
    Mistake(
      train: [("a.bin", "abcd")], category: .badConfiguration, fragment: "char with token shards"),
    Mistake(tokenizer: nil, category: .badConfiguration, fragment: "found nothing, expected char"),
    Mistake(tokenizer: "gpt2", category: .badConfiguration, fragment: "'gpt2', which is neither"),
    Mistake(length: 0, category: .badConfiguration, fragment: "model.length: found 0"),
    Mistake(
      packing: .wrapped(), length: 2, category: .badConfiguration, fragment: "model.length: found 2"
    ),
    Mistake(
      packing: .rowPerDocument(framed: true), category: .badConfiguration,
      fragment: "stream with data.wrap false"),
    Mistake(
      valid: [("b.txt", "abcd")], validation: 0.5, category: .badConfiguration,
      fragment: "0.5 beside data.valid"),
    Mistake(split: .test, category: .badConfiguration, fragment: "so there is no test part"),
  ])
  func unusableSources(mistake: Mistake) throws {
    let folder = try DataFolder()
    let error = #expect(throws: InputError.self) {
      try DataSource(
        train: mistake.train.map { try folder.write($0.name, $0.content) },
        valid: mistake.valid.map { try folder.write($0.name, $0.content) },
        tokenizer: mistake.tokenizer,
        reading: TextReading(documents: mistake.documents), packing: mistake.packing,
        fractions: SplitFractions(validation: mistake.validation), length: mistake.length
      ).load(mistake.split)
    }
    #expect(error?.category == mistake.category)
    #expect(error?.description.contains(mistake.fragment) == true, "\(String(describing: error))")
  }
}
