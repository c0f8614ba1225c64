import Foundation
import Testing

@testable import MDLM

struct AtomicReplacementTests {
  private let failure = InputError(
    .badData, "x", found: "a", expected: "b", remedy: "Do something else")

  @Test func replacesFiles() throws {
    try withScratchDirectory { directory in
      try AtomicReplacement.writeFile("\(directory)/a", text: "one")
      try AtomicReplacement.writeFile("\(directory)/a", text: "two")
      #expect(try bytes(of: "\(directory)/a") == Array("two".utf8))
      #expect(try names(in: directory) == ["a"])
    }
  }

  @Test func failedFileLeavesTheOldOne() throws {
    try withScratchDirectory { directory in
      try AtomicReplacement.writeFile("\(directory)/a", text: "one")
      #expect(throws: failure) {
        try AtomicReplacement.writeFile("\(directory)/a") { file throws(InputError) in
          try file.write("tw")
          throw failure
        }
      }
      #expect(try bytes(of: "\(directory)/a") == Array("one".utf8))
      #expect(try names(in: directory) == ["a"])
    }
  }

  @Test func replacesDirectories() throws {
    try withScratchDirectory { directory in
      for name in ["old", "new"] {
        try AtomicReplacement.writeDirectory("\(directory)/d") { temporary throws(InputError) in
          try OutputFile(creating: "\(temporary)/\(name)").write(name)
        }
      }
      #expect(try names(in: directory) == ["d"])
      #expect(try names(in: "\(directory)/d") == ["new"])
    }
  }

  @Test func failedDirectoryLeavesTheOldOne() throws {
    try withScratchDirectory { directory in
      try AtomicReplacement.writeDirectory("\(directory)/d") { _ in }
      let message = sentence {
        try AtomicReplacement.writeDirectory("\(directory)/d") { temporary throws(InputError) in
          try OutputFile(creating: "\(temporary)/one").write("1")
          try OutputFile(creating: "\(temporary)/one").write("2")
        }
      }
      #expect(message.hasPrefix("\(directory)/d/one: found the error 'File exists'"))
      #expect(try names(in: directory) == ["d"])
      #expect(try names(in: "\(directory)/d") == [])
    }
  }

  @Test func replacesLinks() throws {
    try withScratchDirectory { directory in
      for target in ["1", "2"] {
        try makeDirectory("\(directory)/\(target)")
        try AtomicReplacement.writeLink("\(directory)/latest", to: target)
      }
      let target = try FileManager.default.destinationOfSymbolicLink(atPath: "\(directory)/latest")
      #expect(target == "2")
      #expect(try names(in: directory) == ["1", "2", "latest"])
    }
  }

  @Test func removesWhatKilledWritersLeft() throws {
    try withScratchDirectory { directory in
      try write([1], to: "\(directory)/.a.0123abcd.partial")
      try makeDirectory("\(directory)/.a.00000000.partial/inner")
      try FileManager.default.createSymbolicLink(
        atPath: "\(directory)/.a.11111111.partial", withDestinationPath: "gone")
      try AtomicReplacement.writeFile("\(directory)/a", text: "one")
      #expect(try names(in: directory) == ["a"])
    }
  }

  @Test func keepsFilesThatOnlyLookSimilar() throws {
    try withScratchDirectory { directory in
      let others = [".a.partial", ".a.b.01234567.partial", ".b.01234567.partial", "a.partial"]
      for name in others { try write([1], to: "\(directory)/\(name)") }
      try AtomicReplacement.writeFile("\(directory)/a", text: "one")
      #expect(try names(in: directory) == (others + ["a"]).sorted())
    }
  }

  @Test func keepsWhatAnotherWriterIsWriting() throws {
    try withScratchDirectory { directory in
      try AtomicReplacement.writeFile("\(directory)/a") { file throws(InputError) in
        try file.write("outer")
        try AtomicReplacement.writeFile("\(directory)/a", text: "inner")
      }
      #expect(try bytes(of: "\(directory)/a") == Array("outer".utf8))
      #expect(try names(in: directory) == ["a"])
    }
  }

  @Test(arguments: ["file/a", "none/a"])
  func explainsPlacesThatCannotBeWritten(place: String) throws {
    try withScratchDirectory { directory in
      try write([1], to: "\(directory)/file")
      #expect {
        try AtomicReplacement.writeFile("\(directory)/\(place)", text: "one")
      } throws: { error in
        guard let error = error as? InputError, error.category == .cannotWrite else { return false }
        return error.subject == "\(directory)/\(place)" && error.found.hasPrefix("the error '")
      }
      #expect(try names(in: directory) == ["file"])
    }
  }

  @Test func refusesToReplaceADirectoryByAFile() throws {
    try withScratchDirectory { directory in
      try makeDirectory("\(directory)/a")
      #expect(throws: InputError.self) {
        try AtomicReplacement.writeFile("\(directory)/a", text: "one")
      }
      #expect(try names(in: directory) == ["a"])
    }
  }

  @Test(arguments: [
    ("a", ".", "a"), ("a/b", "a", "b"), ("/a", "/", "a"), ("a/b//", "a", "b"), ("./a", ".", "a"),
  ])
  func splitsPaths(path: String, folder: String, name: String) {
    let parts = FileSystem.split(path)
    #expect(parts.folder == folder)
    #expect(parts.name == name)
  }

  @Test func makesAllFoldersOfAPath() throws {
    try withScratchDirectory { directory in
      try FileSystem.makeDirectories("\(directory)/a/b/c")
      try FileSystem.makeDirectories("\(directory)/a/b/c")
      #expect(FileSystem.isDirectory("\(directory)/a/b/c"))
    }
  }
}
