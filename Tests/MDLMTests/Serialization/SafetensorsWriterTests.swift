import Testing

@testable import MDLM

struct SafetensorsWriterTests {
  private let tensors = [
    makeTensor("b.weight", [2, 2], [1, -2, 0.5, .leastNonzeroMagnitude]),
    makeTensor("a", [], [7]),
    makeTensor("c", [0, 3], []),
  ]

  @Test func writesTheDocumentedBytes() throws {
    try withScratchDirectory { directory in
      let path = "\(directory)/a"
      try SafetensorsWriter.write(
        [makeTensor("b", [1], [1]), makeTensor("a", [1, 1], [-2])], prefix: "p.",
        metadata: ["format": "pt"], to: path)
      let header =
        #"{"__metadata__":{"format":"pt"},"p.a":{"dtype":"F32","shape":[1,1],"data_offsets":[0,4]},"#
        + #""p.b":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#
      let padding = String(repeating: " ", count: (8 - header.utf8.count % 8) % 8)
      let data: [UInt8] = [0, 0, 0, 0xC0, 0, 0, 0x80, 0x3F]
      #expect(try bytes(of: path) == safetensors(header + padding, data: data))
    }
  }

  @Test func readsBackWhatItWrote() throws {
    try withScratchDirectory { directory in
      try SafetensorsWriter.write(tensors, metadata: ["k\"": "v\n"], to: "\(directory)/a")
      let file = try SafetensorsFile(path: "\(directory)/a")
      #expect(file.metadata == ["k\"": "v\n"])
      #expect(file.entries.map(\.name) == ["a", "b.weight", "c"])
      for tensor in tensors {
        #expect(file[tensor.name]?.shape == tensor.shape)
        #expect(try file.readFloats(tensor.name) == values(of: tensor))
      }
    }
  }

  @Test func bytesDoNotDependOnTheOrderOfTensors() throws {
    try withScratchDirectory { directory in
      try SafetensorsWriter.write(tensors, metadata: ["a": "1", "b": "2"], to: "\(directory)/a")
      try SafetensorsWriter.write(
        tensors.reversed(), metadata: ["b": "2", "a": "1"], to: "\(directory)/b")
      #expect(try bytes(of: "\(directory)/a") == bytes(of: "\(directory)/b"))
    }
  }

  @Test(arguments: 1...9)
  func alignsDataToEightBytes(nameLength: Int) throws {
    try withScratchDirectory { directory in
      let name = String(repeating: "n", count: nameLength)
      try SafetensorsWriter.write([makeTensor(name, [1], [3])], to: "\(directory)/a")
      let written = try bytes(of: "\(directory)/a")
      #expect((written.count - 4) % 8 == 0)
      #expect(try SafetensorsFile(path: "\(directory)/a").readFloats(name) == [3])
    }
  }

  @Test func writesFilesWithoutTensors() throws {
    try withScratchDirectory { directory in
      try SafetensorsWriter.write([], to: "\(directory)/a")
      #expect(try SafetensorsFile(path: "\(directory)/a").entries.isEmpty)
    }
  }
}
