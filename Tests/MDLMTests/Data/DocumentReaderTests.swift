import Foundation
import Testing

@testable import MDLM

@Suite struct DocumentReaderTests {
  private let folder: DataFolder

  init() throws { folder = try DataFolder() }

  /// Blocks so small that every document meets their ends.
  private static let small = DocumentReader.Limits(block: 7, piece: 24, line: 200)

  /// The documents of a file, joined again from their pieces, and the largest piece.
  private func documents(
    _ path: String, _ reading: TextReading = TextReading(),
    limits: DocumentReader.Limits = DocumentReader.Limits()
  ) throws -> [String] {
    var reader = try DocumentReader(path: path, reading: reading, limits: limits)
    var (documents, open) = ([[UInt8]](), false)
    while let pieces = try reader.next() {
      for piece in pieces {
        if open, let begun = documents.popLast() {
          documents.append(begun + piece.text.bytes)
        } else {
          documents.append(Array(piece.text.bytes))
        }
        open = !piece.endsDocument
      }
    }
    return documents.map { String(decoding: $0, as: UTF8.self) }
  }

  /// A pipe has no time of change: what it brings is known by the bytes before the place.
  @Test(arguments: [
    ("one two three four five", true), ("one TWO three four five", false), ("one", false),
  ])
  func placesAreFoundAgainInTheSameTextAlone(text: String, isSame: Bool) throws {
    let reading = TextReading(documents: .stream)
    let first = try folder.write("a.txt", "one two three four five")
    var reader = try DocumentReader(path: first, reading: reading, limits: Self.small)
    for _ in 0..<2 { _ = try #require(try reader.next()) }
    let place = reader.position
    #expect(place.offset == 7)
    let second = try folder.write("b.txt", text)
    func rest() throws -> String {
      var reader = try DocumentReader(
        path: second, reading: reading, from: place, limits: Self.small)
      var bytes: [UInt8] = []
      while let pieces = try reader.next() { for piece in pieces { bytes += piece.text.bytes } }
      return String(decoding: bytes, as: UTF8.self)
    }
    if isSame {
      #expect(try rest() == " three four five")
    } else {
      #expect(throws: InputError.self) { try rest() }
    }
  }

  @Test(arguments: [
    "a\nbc\n", "one two three four five six seven\nx\n\n\n", "\n", "no end",
    "ééééééééééééééééééééééééééééé\n🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂🙂\n\u{FEFF}", "\u{FEFF}a\r\nb\r\n",
  ])
  func blocksDoNotChangeDocuments(text: String) throws {
    let path = try folder.write("a.txt", text)
    for boundary in DocumentBoundary.allCases {
      let reading = TextReading(documents: boundary)
      let whole = try documents(path, reading)
      #expect(try documents(path, reading, limits: Self.small) == whole)
    }
  }

  @Test func longDocumentsComeInPieces() throws {
    let words = (0..<400).map { "w\($0)" }.joined(separator: " ")
    let path = try folder.write("a.txt", "x\n\(words)\ny")
    var reader = try DocumentReader(path: path, reading: TextReading(), limits: Self.small)
    var pieces: [TextPiece] = []
    while let block = try reader.next() { pieces += block }
    #expect(pieces.map(\.text.bytes.count).max() ?? 0 <= 40)
    #expect(pieces.count { $0.endsDocument } == 3)
    // No piece begins within a word.
    #expect(
      pieces.allSatisfy {
        $0.text.bytes.first.map { [0x20, 0x78, 0x77, 0x79].contains($0) } ?? true
      })
  }

  @Test func readingGoesOnFromAnyBlock() throws {
    let lines = (0..<60).map { "line \($0) " + String(repeating: "é", count: $0) }
    let path = try folder.write("a.txt", lines.joined(separator: "\n"))
    var reader = try DocumentReader(path: path, reading: TextReading(), limits: Self.small)
    var (positions, blocks) = ([DocumentReader.Position](), [[TextPiece]]())
    positions.append(reader.position)
    while let block = try reader.next() {
      blocks.append(block)
      positions.append(reader.position)
    }
    for (index, position) in positions.enumerated() {
      var later = try DocumentReader(
        path: path, reading: TextReading(), from: position, limits: Self.small)
      var rest: [TextPiece] = []
      while let block = try later.next() { rest += block }
      #expect(rest.map(\.text) == blocks[index...].joined().map(\.text))
    }
  }

  @Test func fastaRecordsAreDocumentsWhateverTheirLines() throws {
    let records =
      ">a one\nACGT\nAC\n\n>empty\n>b\nNNNN\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n>c\r\nGG\r\nT"
    let path = try folder.write("a.fa", records)
    let expected = ["ACGTAC", "NNNN" + String(repeating: "A", count: 40), "GGT"]
    #expect(try documents(path) == expected)
    #expect(try documents(path, limits: Self.small) == expected)
  }

  @Test func commaSeparatedRecordsJoinTheirColumns() throws {
    let path = try folder.write(
      "a.csv", "\"3\",\"A title\",\"said \"\"no\"\", and\nwent\"\r\n1,b,c\n\n")
    let expected = ["A title said \"no\", and\nwent", "b c"]
    #expect(try documents(path) == expected)
    #expect(try documents(path, limits: Self.small) == expected)
  }

  @Test func lineEndsAreDroppedKeptOrTrimmed() throws {
    let path = try folder.write("a.txt", " a \n \n\n= b =\n")
    #expect(try documents(path, TextReading(lineEnds: .kept)) == [" a \n", "", "", "= b =\n"])
    #expect(try documents(path, TextReading(lineEnds: .trimmed)) == ["a", "", "", "= b ="])
    // White space is what Python takes for it, and a line without an end gets none.
    let other = try folder.write("b.txt", "\u{A0}a b\u{3000}\u{1C}\n\u{2003}\nlast")
    #expect(try documents(other, TextReading(lineEnds: .trimmed)) == ["a b", "", "last"])
    #expect(
      try documents(other, TextReading(lineEnds: .kept))
        == ["\u{A0}a b\u{3000}\u{1C}\n", "", "last"])
  }

  /// Records as Python's `csv` reads them: `list(csv.reader(open(path, newline="")))`.
  @Test func quotesCountWhereAColumnBegins() throws {
    let path = try folder.write(
      "a.csv", "1,5\" disk, and 3\" disk\r2, \"a,b\"\n3,\"x\"y,z\r\n4,\"p\rq\"\n")
    let expected = ["5\" disk  and 3\" disk", " \"a b\"", "xy z", "p\rq"]
    #expect(try documents(path) == expected)
    #expect(try documents(path, limits: Self.small) == expected)
  }

  @Test func blocksHaveFewLines() throws {
    let text = String(repeating: "\n", count: 100) + "a,b\n" + String(repeating: "1,2\n", count: 50)
    for name in ["a.txt", "a.csv"] {
      let path = try folder.write(name, text)
      var reader = try DocumentReader(
        path: path, reading: TextReading(), limits: DocumentReader.Limits(lines: 8))
      var (count, most) = (0, 0)
      while let pieces = try reader.next() {
        count += pieces.count
        most = max(most, pieces.count)
      }
      #expect(count == (name == "a.txt" ? 151 : 51) && most <= 8)
    }
  }

  @Test func sequencesOfAStreamHaveNoBoundaries() throws {
    let path = try folder.write("a.fa", ">a\nACGT\n>b\nGG\n")
    var reader = try DocumentReader(path: path, reading: TextReading(documents: .stream))
    let pieces = try #require(try reader.next())
    #expect(pieces.map { String(decoding: $0.text.bytes, as: UTF8.self) } == ["ACGT", "GG"])
    #expect(pieces.allSatisfy { !$0.endsDocument })
  }

  @Test func headersAreNotCut() throws {
    let path = try folder.write("a.fa", ">" + String(repeating: "A", count: 100) + "\nACGT\n")
    #expect(try documents(path) == ["ACGT"])
    let error = #expect(throws: InputError.self) { try documents(path, limits: Self.small) }
    #expect(error?.found.hasPrefix("a header of more than") == true)
  }

  /// A pipe cannot be looked at before it is read.
  @Test func gzipThroughAPipeIsNamed() throws {
    let pipe = folder.path + "/pipe.txt"
    try #require(mkfifo(pipe, 0o600) == 0)
    let writer = Thread {
      try? Data([0x1F, 0x8B, 8, 0, 0, 0]).write(to: URL(filePath: pipe), options: [])
    }
    writer.start()
    let error = #expect(throws: InputError.self) { try documents(pipe) }
    #expect(error?.found == "gzip data")
  }

  @Test func recordsMayHaveAnotherKey() throws {
    let path = try folder.write("a.jsonl", "{\"article\": \"x\"}\n{\"article\": \"y\\u0001\"}\n")
    #expect(try documents(path, TextReading(textKey: "article")) == ["x", "y\u{1}"])
    let lists = try folder.write("b.jsonl", "{\"article\": [\"x\", \"y\"]}\n")
    #expect(try documents(lists, TextReading(textKey: "article")) == ["x\ny"])
  }

  @Test(.enabled(if: ZLibrary.shared != nil, "there is no zlib on this system"))
  func gzipFilesAreUnpacked() throws {
    // printf 'ab\ncd\n' | gzip -n
    let packed: [UInt8] = [
      0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 2, 3, 0x4B, 0x4C, 0xE2, 0x4A, 0x4E, 0xE1, 2, 0, 0xD1, 0x8B,
      0xF0, 0x55, 6, 0, 0, 0,
    ]
    let path = try folder.write("a.txt.gz", packed)
    #expect(try documents(path) == ["ab", "cd"])
    let cut = try folder.write("b.txt.gz", Array(packed.dropLast(10)))
    let error = #expect(throws: InputError.self) { try documents(cut) }
    #expect(error?.found == "gzip data that is damaged or cut short")
  }

  @Test(arguments: [
    ("a.txt", "ab\0c", "a.txt:1: found a NUL byte at byte 2"),
    ("a.jsonl", "{\"text\": \"y\\u0000\"}", "a NUL character under 'text'"),
    ("a.csv", "1,\"open", "a quote that nothing closes"),
    ("a.csv", "one\n", "a record of one column"),
    ("a.jsonl", "{\"text\": \"\(String(repeating: "x", count: 300))\"}", "a line of more than"),
  ])
  func unusableFiles(name: String, content: String, fragment: String) throws {
    let path = try folder.write(name, content)
    let error = #expect(throws: InputError.self) { try documents(path, limits: Self.small) }
    #expect(error?.category == .badData)
    #expect(error?.description.contains(fragment) == true, "\(String(describing: error))")
  }

  @Test func malformedBytesAreFoundBetweenBlocks() throws {
    let path = try folder.write("a.txt", Array("0123456789 \n".utf8) + [0xC3, 0x28, 0x0A])
    let error = #expect(throws: InputError.self) { try documents(path, limits: Self.small) }
    #expect(error?.subject.hasSuffix("a.txt:2") == true)
    #expect(error?.found == "malformed UTF-8 (0xC3) at byte 12")
  }

  @Test func directoriesStandForTheirFiles() throws {
    try FileManager.default.createDirectory(
      atPath: folder.path + "/d/e", withIntermediateDirectories: true)
    let names = ["d/b.txt", "d/a.txt", "d/e/c.txt", "d/.hidden"]
    for name in names { _ = try folder.write(name, "x") }
    let files = try InputPaths.files(at: [folder.path + "/d", "-"])
    try FileManager.default.createDirectory(
      atPath: folder.path + "/none", withIntermediateDirectories: true)
    let error = #expect(throws: InputError.self) {
      try InputPaths.files(at: [folder.path + "/none"])
    }
    #expect(error?.found == "a directory without files")
    #expect(files == ["a.txt", "b.txt", "e/c.txt"].map { "\(folder.path)/d/\($0)" } + ["-"])
  }

  @Test func whatPreparationsWriteIsNoText() throws {
    for name in ["d/a.txt", "d/x.tokenizer.json", "d/x.bin.partial/ids"] {
      _ = try folder.write(name, "x")
    }
    #expect(try InputPaths.files(at: [folder.path + "/d"]) == [folder.path + "/d/a.txt"])
  }

  @Test func linksInCirclesAreRefused() throws {
    _ = try folder.write("d/a.txt", "x")
    for name in ["one", "two"] {
      try FileManager.default.createSymbolicLink(
        atPath: folder.path + "/d/\(name)", withDestinationPath: ".")
    }
    let error = #expect(throws: InputError.self) {
      try InputPaths.files(at: [folder.path + "/d"])
    }
    #expect(error?.subject == folder.path + "/d/one")
    #expect(error?.found == "a link to a directory that it lies in")
  }

  @Test(.enabled(if: getuid() != 0, "root may read everything"))
  func unreadableFoldersAreNotPassedOver() throws {
    _ = try folder.write("d/a.txt", "x")
    _ = try folder.write("d/e/b.txt", "x")
    try FileManager.default.setAttributes(
      [.posixPermissions: 0], ofItemAtPath: folder.path + "/d/e")
    defer {
      try? FileManager.default.setAttributes(
        [.posixPermissions: 0o700], ofItemAtPath: folder.path + "/d/e")
    }
    let error = #expect(throws: InputError.self) {
      try InputPaths.files(at: [folder.path + "/d"])
    }
    #expect(error?.subject == folder.path + "/d/e")
  }
}
