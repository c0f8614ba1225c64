import MDLM
import Testing

@testable import MDLMCommand

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

struct TextSinkTests {
  @Test func textLongerThanAPipeArrivesWhole() async throws {
    let (reader, writer) = try makePipe()
    let text = String(repeating: "mäsk ", count: 50_000)
    async let received = Task.detached { readAll(reader) }.value
    try FileDescriptorSink(descriptor: writer, name: "pipe").write(text)
    close(writer)
    #expect(await received == Array(text.utf8))
    close(reader)
  }

  @Test func closedPipeIsTold() throws {
    signal(SIGPIPE, SIG_IGN)
    let (reader, writer) = try makePipe()
    close(reader)
    defer { close(writer) }
    #expect(throws: ClosedPipe.self) {
      try FileDescriptorSink(descriptor: writer, name: "pipe").write("text")
    }
  }

  @Test func unwritablePlaceIsAnInputError() {
    let error = #expect(throws: InputError.self) {
      try FileDescriptorSink(descriptor: -1, name: "standard output").write("text")
    }
    #expect(error?.category == .cannotWrite)
    #expect(error?.subject == "standard output")
  }

  private func makePipe() throws -> (reader: Int32, writer: Int32) {
    var ends: [Int32] = [-1, -1]
    try #require(pipe(&ends) == 0)
    return (ends[0], ends[1])
  }
}

private func readAll(_ descriptor: Int32) -> [UInt8] {
  var bytes: [UInt8] = []
  var chunk = [UInt8](repeating: 0, count: 4096)
  while case let count = read(descriptor, &chunk, chunk.count), count > 0 {
    bytes += chunk.prefix(count)
  }
  return bytes
}
