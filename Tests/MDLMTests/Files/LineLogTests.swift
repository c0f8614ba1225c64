import Foundation
import Testing

@testable import MDLM

struct LineLogTests {
  private func text(_ path: String) throws -> String {
    String(decoding: try bytes(of: path), as: UTF8.self)
  }

  @Test func linesFollowEachOther() throws {
    try withScratchDirectory { directory in
      let log = LineLog(path: directory + "/log")
      log.append("{\"a\":1}")
      log.append("{\"a\":2}")
      #expect(try text(log.path) == "{\"a\":1}\n{\"a\":2}\n")
      let next = LineLog(path: log.path)
      next.append("{\"a\":3}")
      try next.synchronize()
      #expect(try text(log.path) == "{\"a\":1}\n{\"a\":2}\n{\"a\":3}\n")
    }
  }

  @Test func tornAndUnwantedLinesAreDropped() throws {
    try withScratchDirectory { directory in
      let log = LineLog(path: directory + "/log")
      try write("{\"a\":1}\n\n{\"a\":2}\nnoise\n{\"a\":3}\n{\"a\":".utf8, to: log.path)
      try log.keep { $0["a"]?.integer(Int.self) != 2 }
      log.append("{\"a\":4}")
      #expect(try text(log.path) == "{\"a\":1}\n{\"a\":3}\n{\"a\":4}\n")
    }
  }

  @Test func linesWaitUntilTheyCanBeWritten() throws {
    try withScratchDirectory { directory in
      let log = LineLog(path: directory + "/folder/log")
      log.append("1")
      log.append("2")
      #expect(throws: InputError.self) { try log.synchronize() }
      try makeDirectory(directory + "/folder")
      log.append("3")
      #expect(try text(log.path) == "1\n2\n3\n")
    }
  }

  /// A limit on the size of files stands for a disk that fills in the midst of a line.
  @Test func lineThatDoesNotFitIsWrittenAnewLater() async {
    await #expect(processExitsWith: .success) {
      signal(SIGXFSZ, SIG_IGN)
      let path = NSTemporaryDirectory() + "mdlm-\(UUID().uuidString)"
      let log = LineLog(path: path)
      log.append("0123456")
      var limit = rlimit()
      getrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
      let before = limit.rlim_cur
      limit.rlim_cur = 12
      setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
      log.append("abcdefgh")
      let torn = (try? bytes(of: path)) ?? []
      let failed = (try? log.synchronize()) == nil
      limit.rlim_cur = before
      setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
      log.append("x")
      let whole = (try? bytes(of: path)) ?? []
      try? FileManager.default.removeItem(atPath: path)
      let isRight =
        torn == Array("0123456\nabcd".utf8) && failed
        && whole == Array("0123456\nabcdefgh\nx\n".utf8)
      exit(isRight ? 0 : 1)
    }
  }

  @Test func lockEndsWithItsHolder() throws {
    try withScratchDirectory { directory in
      let path = directory + "/lock"
      #expect(!FileLock.isHeld(path))
      let lock = try #require(try FileLock.take(creating: path))
      #expect(FileLock.isHeld(path))
      #expect(try FileLock.take(creating: path) == nil)
      lock.release()
      #expect(!FileLock.isHeld(path))
      try #require(try FileLock.take(creating: path)).release()
    }
  }
}
