import Testing

@testable import MDLM

@Suite struct TextCorpusTests {
  private let folder: DataFolder

  init() throws { folder = try DataFolder() }

  private func texts(_ corpus: TextCorpus) -> [String] {
    corpus.texts.map { String(decoding: $0.bytes, as: UTF8.self) }
  }

  @Test(arguments: [
    ("a\nb\n", ["a", "b"]), ("a\r\nb", ["a", "b"]), ("a\n\nb\n", ["a", "", "b"]),
    ("\u{FEFF}a\n", ["a"]), ("a", ["a"]), ("\n", [""]),
  ])
  func linesAreDocuments(content: String, documents: [String]) throws {
    let path = try folder.write("a.txt", content)
    #expect(
      texts(try TextCorpus(paths: [path], reading: TextReading(documents: .lines))) == documents)
  }

  @Test(arguments: [
    ("a\nb\n", "a\nb"), ("a\r\nb\r\n", "a\r\nb"), ("a\n\n", "a\n"), ("\u{FEFF}ab", "ab"),
  ])
  func streamsDropOneLineEndAtTheEnd(content: String, text: String) throws {
    let path = try folder.write("a.txt", content)
    let corpus = try TextCorpus(paths: [path], reading: TextReading(documents: .stream))
    #expect(corpus.texts.map(\.bytes).map(Array.init) == [Array(text.utf8)])
  }

  @Test func filesFollowOneAnotherInOrder() throws {
    let paths = [try folder.write("b", "x\n"), try folder.write("a.txt", "y\nz")]
    #expect(
      texts(try TextCorpus(paths: paths, reading: TextReading(documents: .lines))) == [
        "x", "y", "z",
      ])
    #expect(
      texts(try TextCorpus(paths: paths, reading: TextReading(documents: .stream))) == [
        "x", "y\nz",
      ])
  }

  @Test func jsonLinesHoldDocuments() throws {
    let path = try folder.write(
      "a.jsonl", "{\"id\": 1, \"text\": \"a\\nb\"}\n\n{\"text\": \"é\"}\n")
    #expect(
      texts(try TextCorpus(paths: [path], reading: TextReading(documents: .lines))) == [
        "a\nb", "é",
      ])
  }

  @Test func documentsKnowTheirPlace() throws {
    let path = try folder.write("a.txt", "é\n\nx\n")
    let last = try #require(
      try TextCorpus(paths: [path], reading: TextReading(documents: .lines)).texts.last)
    #expect(last.line == 3)
    #expect(last.byteOffset == 4)
  }

  @Test func streamsAreSplitByCharacters() throws {
    let paths = [try folder.write("a", "éé\né"), try folder.write("b", "🙂12345")]
    let corpus = try TextCorpus(paths: paths, reading: TextReading(documents: .stream))
    let parts = corpus.split(by: try SplitFractions(validation: 0.3, test: 0.5))
    #expect(texts(parts.train) == ["éé"])
    #expect(texts(parts.validation) == ["\né", "🙂"])
    #expect(texts(parts.test) == ["12345"])
    #expect(parts.validation.texts.map(\.line) == [1, 1])
    #expect(parts.test.texts.map(\.byteOffset) == [4])
  }

  /// One document cannot be cut by documents.
  @Test func oneLineIsSplitByCharacters() throws {
    let path = try folder.write("a.txt", "éb3456789\n")
    let corpus = try TextCorpus(paths: [path], reading: TextReading(documents: .lines))
    let parts = corpus.split(by: try SplitFractions(validation: 0.5, test: 0.25))
    #expect(texts(parts.train) == ["éb"])
    #expect(texts(parts.validation) == ["3456"])
    #expect(texts(parts.test) == ["789"])
    #expect(parts.test.documentEnds == [1])
  }

  @Test func linesAreSplitByDocuments() throws {
    let path = try folder.write("a.txt", "1\n22\n333\n4\n")
    let corpus = try TextCorpus(paths: [path], reading: TextReading(documents: .lines))
    let parts = corpus.split(by: try SplitFractions(validation: 0.25, test: 0.25))
    #expect(texts(parts.train) == ["1", "22"])
    #expect(texts(parts.validation) == ["333"])
    #expect(texts(parts.test) == ["4"])
  }

  @Test(arguments: [
    ("a.txt", "", "an empty file"), ("a.txt", "\u{FEFF}", "an empty file"),
    ("a.jsonl", "\n \n", "only blank lines"), ("a.jsonl", "[1]\n", "no 'text' key"),
    ("a.jsonl", "{\"text\": 1}\n", "1 under 'text'"),
    ("a.jsonl", "{\"text\": \"a\"}\n{\"text\": ", "a.jsonl:2:10: found the end of the text"),
  ])
  func unusableFiles(name: String, content: String, fragment: String) throws {
    let path = try folder.write(name, content)
    let error = #expect(throws: InputError.self) {
      try TextCorpus(paths: [path], reading: TextReading(documents: .lines))
    }
    #expect(error?.category == .badData)
    #expect(error?.description.contains(fragment) == true, "\(String(describing: error))")
  }

  @Test func malformedTextIsLocated() throws {
    let path = try folder.write("a.txt", [0xEF, 0xBB, 0xBF, 0x61, 0x0A, 0xE9, 0x0A])
    let error = #expect(throws: InputError.self) {
      try TextCorpus(paths: [path], reading: TextReading(documents: .stream))
    }
    #expect(error?.subject == "\(path):2")
    #expect(error?.found == "malformed UTF-8 (0xE9) at byte 5")
  }

  @Test func unreadablePathsAreMissingInput() {
    for path in [folder.path, folder.path + "/none.txt"] {
      let error = #expect(throws: InputError.self) {
        try TextCorpus(paths: [path], reading: TextReading(documents: .lines))
      }
      #expect(error?.category == .missingInput)
      #expect(error?.subject == path)
    }
  }
}
