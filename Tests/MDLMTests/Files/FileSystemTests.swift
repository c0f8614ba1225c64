import Foundation
import Testing

@testable import MDLM

struct FileSystemTests {
  @Test func foldersThatLeadToADirectoryAreMade() throws {
    let folder = try DataFolder()
    let path = folder.path + "/a/b/c"
    try FileSystem.makeDirectories(path)
    try FileSystem.makeDirectories(path)
    #expect(FileSystem.isDirectory(path))
  }

  @Test func filesAreNoFolders() throws {
    let folder = try DataFolder()
    let file = try folder.write("a", "text")
    let error = #expect(throws: InputError.self) { try FileSystem.makeDirectories(file + "/b") }
    #expect(error?.category == .cannotWrite)
  }

  /// A folder may be there and yet take nothing.
  @Test func removedFoldersTakeNothing() async {
    await #expect(processExitsWith: .success) {
      let folder = try DataFolder()
      let path = folder.path + "/gone"
      try FileSystem.makeDirectory(path)
      #expect(FileManager.default.changeCurrentDirectoryPath(path))
      FileSystem.remove(path)
      for name in ["run", "runs/run"] {
        let error = #expect(throws: InputError.self) { try FileSystem.makeDirectories(name) }
        #expect(error?.category == .cannotWrite)
      }
      #expect(FileManager.default.changeCurrentDirectoryPath("/"))
    }
  }
}
