import Foundation
import Testing

@testable import MDLM

struct TensorBoardLogTests {
  static let checksums: [(String, UInt32)] = [
    ("", 0), ("123456789", 0xE306_9283), ("a", 0xC1D0_4330),
    (String(repeating: "\0", count: 32), 0x8A91_36AA),
  ]

  @Test(arguments: checksums)
  func checksumIsCastagnolis(text: String, expected: UInt32) {
    #expect(CRC32C.checksum(text.utf8) == expected)
  }

  /// What TensorFlow's own writer puts first into a file, but for the time.
  @Test func recordOfTheVersion() {
    let event = TensorBoardEvent(time: 1.5, step: 0, content: .fileVersion)
    let message: [UInt8] =
      [0x09, 0, 0, 0, 0, 0, 0, 0xF8, 0x3F, 0x1A, 0x0D] + Array("brain.Event:2".utf8)
    #expect(event.message == message)
    #expect(event.record.count == 16 + message.count)
    #expect(event.record.prefix(12) == [24, 0, 0, 0, 0, 0, 0, 0, 0xA3, 0x7F, 0x4B, 0x22])
  }

  @Test func messageOfAScalar() {
    let event = TensorBoardEvent(time: 0, step: 300, content: .scalar(name: "a/b", value: 1))
    #expect(
      event.message == [
        0x09, 0, 0, 0, 0, 0, 0, 0, 0, 0x10, 0xAC, 0x02, 0x2A, 0x0C, 0x0A, 0x0A, 0x0A, 3, 0x61, 0x2F,
        0x62, 0x15, 0, 0, 0x80, 0x3F,
      ])
  }

  @Test func messageOfAStart() {
    let event = TensorBoardEvent(time: 0, step: 1, content: .sessionStart)
    #expect(event.message == [0x09, 0, 0, 0, 0, 0, 0, 0, 0, 0x10, 1, 0x3A, 2, 0x08, 1])
  }

  @Test func messageOfAText() {
    let event = TensorBoardEvent(time: 0, step: 1, content: .text(name: "t", text: "x"))
    #expect(
      event.message == [
        0x09, 0, 0, 0, 0, 0, 0, 0, 0, 0x10, 1,
        // Summary, its value, the name.
        0x2A, 26, 0x0A, 24, 0x0A, 1, 0x74,
        // The tensor: texts, no axes, one text.
        0x42, 7, 0x08, 7, 0x12, 0, 0x42, 1, 0x78,
        // The plugin, and that it takes tensors.
        0x4A, 10, 0x0A, 6, 0x0A, 4, 0x74, 0x65, 0x78, 0x74, 0x20, 2,
      ])
  }

  @Test func fileHoldsWholeRecordsFromTheBeginning() throws {
    try withScratchDirectory { folder in
      let log = try TensorBoardLog(directory: "\(folder)/run/tensorboard", step: 0, at: 100)
      try log.scalar("train/loss", .nan, step: 1, at: 101)
      try log.text("samples/0", "a\nb\u{1B}", step: 1, at: 102)
      try log.flush()
      let events: [TensorBoardEvent] = [
        .init(time: 100, step: 0, content: .fileVersion),
        .init(time: 100, step: 0, content: .sessionStart),
        .init(time: 101, step: 1, content: .scalar(name: "train/loss", value: .nan)),
        .init(time: 102, step: 1, content: .text(name: "samples/0", text: "    a\n    b␛")),
      ]
      #expect(try bytes(of: log.path) == events.flatMap(\.record))
    }
  }

  /// Readers take files in the order of their names; later files must stand behind earlier ones.
  @Test func laterFilesHaveLaterNames() throws {
    try withScratchDirectory { folder in
      let names = try [1_700_000_000.5, 1_700_000_000.9, 5, 1_800_000_000].map { time in
        try FileSystem.split(TensorBoardLog(directory: folder, step: 7, at: time).path).name
      }
      #expect(names == names.sorted() && Set(names).count == 4)
      #expect(names[0].hasPrefix("events.out.tfevents.1700000000."))
      #expect(names[2].hasPrefix("events.out.tfevents.1700000002."))
      let start = TensorBoardEvent(time: 5, step: 8, content: .sessionStart).record
      #expect(Array(try bytes(of: "\(folder)/\(names[2])").suffix(start.count)) == start)
    }
  }

  @Test func placeThatCannotBeWrittenIsAnError() throws {
    try withScratchDirectory { folder in
      try Data().write(to: URL(filePath: "\(folder)/file"))
      let error = #expect(throws: InputError.self) {
        try TensorBoardLog(directory: "\(folder)/file/tensorboard", step: 0, at: 0)
      }
      #expect(error?.category == .cannotWrite)
    }
  }
}
