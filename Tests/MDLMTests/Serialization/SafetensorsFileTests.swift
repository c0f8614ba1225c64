import Foundation
import Testing

@testable import MDLM

struct SafetensorsFileTests {
  /// Opens a file with one tensor of the elements `patterns`.
  private func withTensor<Pattern: FixedWidthInteger, Result>(
    _ dataType: String, _ patterns: [Pattern], _ body: (SafetensorsFile) throws -> Result
  ) throws -> Result {
    try withScratchDirectory { directory in
      let data = patterns.flatMap { withUnsafeBytes(of: $0.littleEndian, Array.init) }
      let header =
        #"{"x":{"dtype":"\#(dataType)","shape":[\#(patterns.count)],"data_offsets":[0,\#(data.count)]}}"#
      try write(safetensors(header, data: data), to: "\(directory)/a.safetensors")
      return try body(try SafetensorsFile(path: "\(directory)/a.safetensors"))
    }
  }

  @Test func readsFloat32() throws {
    let values: [Float] = [0, -1.5, 3.4028235e38, 0x1p-149]
    let read = try withTensor("F32", values.map(\.bitPattern)) { try $0.readFloats("x") }
    #expect(read == values)
  }

  @Test func readsFloat64() throws {
    let values = [0.1, -2.5, 1e-300]
    let read = try withTensor("F64", values.map(\.bitPattern)) { try $0.readFloats("x") }
    #expect(read == [0.1, -2.5, 0])
  }

  @Test func readsFloat16() throws {
    let patterns: [UInt16] = [0x3C00, 0xC000, 0x7BFF, 0x0400, 0x0001, 0x83FF, 0x3555]
    let read = try withTensor("F16", patterns) { try $0.readFloats("x") }
    #expect(read == [1, -2, 65504, 0x1p-14, 0x1p-24, -0x3FFp-24, 0.333_251_953_125])
  }

  @Test func readsBFloat16() throws {
    let patterns: [UInt16] = [0x3F80, 0xC000, 0x7F7F, 0x0001, 0x3EAB]
    let read = try withTensor("BF16", patterns) { try $0.readFloats("x") }
    #expect(read == [1, -2, 3.389_531_4e38, 0x1p-133, 0.333_984_375])
  }

  #if !(os(macOS) && arch(x86_64))
    @Test func decodesEveryHalfAsTheHardwareDoes() {
      for pattern in UInt16.min ... .max {
        let (own, reference) = (
          Float(halfPrecisionPattern: pattern), Float(Float16(bitPattern: pattern))
        )
        if own.isNaN && reference.isNaN { continue }
        #expect(own.bitPattern == reference.bitPattern)
      }
    }
  #endif

  @Test func readsSignedIntegers() throws {
    #expect(try withTensor("I64", [Int64(-7), 9]) { try $0.readInt32("x") } == [-7, 9])
    #expect(try withTensor("I32", [Int32.min, .max]) { try $0.readInt32("x") } == [.min, .max])
    #expect(try withTensor("I16", [Int16.min, 5]) { try $0.readInt32("x") } == [-32768, 5])
    #expect(try withTensor("I8", [Int8.min, 5]) { try $0.readInt32("x") } == [-128, 5])
  }

  @Test func readsUnsignedIntegers() throws {
    #expect(try withTensor("U64", [UInt64(7)]) { try $0.readInt32("x") } == [7])
    #expect(try withTensor("U32", [UInt32(7)]) { try $0.readInt32("x") } == [7])
    #expect(try withTensor("U16", [UInt16.max]) { try $0.readInt32("x") } == [65535])
    #expect(try withTensor("U8", [UInt8.max]) { try $0.readInt32("x") } == [255])
    #expect(try withTensor("BOOL", [UInt8(0), 1]) { try $0.readInt32("x") } == [0, 1])
  }

  @Test func readsTensorsLargerThanOneChunk() throws {
    let patterns = (0..<700_000).map { UInt16(truncatingIfNeeded: $0) }
    let read = try withTensor("U16", patterns) { try $0.readInt32("x") }
    #expect(read == patterns.map { Int32($0) })
  }

  @Test func refusesIntegersBeyond32Bits() throws {
    let message = try withTensor("I64", [1, Int64(1) << 31]) { file in
      sentence { _ = try file.readInt32("x") }
    }
    #expect(message.contains("tensor x: found the value 2147483648 at element 1"))
  }

  @Test func refusesToMixIntegersAndFloats() throws {
    let integers = try withTensor("I64", [Int64(1)]) { file in
      sentence { _ = try file.readFloats("x") }
    }
    #expect(integers.contains("tensor x: found I64, expected a floating-point tensor"))
    let floats = try withTensor("F32", [UInt32(0)]) { file in
      sentence { _ = try file.readInt32("x") }
    }
    #expect(floats.contains("tensor x: found F32, expected an integer tensor"))
  }

  @Test(arguments: [(Float.nan, "nan"), (.infinity, "inf"), (-.infinity, "-inf")])
  func namesValuesThatAreNotFinite(value: Float, name: String) throws {
    try withTensor("F32", [Float(0).bitPattern, value.bitPattern]) { file in
      let message = sentence { _ = try file.readFloats("x") }
      #expect(message.contains("tensor x: found the value \(name) at element 1"))
      let allowed = try file.readFloats("x", allowingNonFinite: true)
      #expect(allowed[1].bitPattern == value.bitPattern)
    }
  }

  @Test func namesUnknownTensors() throws {
    let message = try withTensor("F32", [UInt32(0)]) { file in
      sentence { _ = try file.readFloats("y") }
    }
    #expect(message.contains("tensor y: found no such tensor"))
  }

  @Test func readsScalarsAndEmptyTensors() throws {
    try withScratchDirectory { directory in
      let header = #"""
        {"s":{"dtype":"F32","shape":[],"data_offsets":[0,4]},
        "e":{"dtype":"F32","shape":[0,9],"data_offsets":[4,4]}}
        """#
      try write(safetensors(header, data: [0, 0, 0x80, 0x3F]), to: "\(directory)/a")
      let file = try SafetensorsFile(path: "\(directory)/a")
      #expect(try file.readFloats("s") == [1])
      #expect(try file.readFloats("e") == [])
    }
  }

  @Test func readsMetadata() throws {
    try withScratchDirectory { directory in
      try write(safetensors(#"{"__metadata__":{"format":"pt"}}   "#), to: "\(directory)/a")
      let file = try SafetensorsFile(path: "\(directory)/a")
      #expect(file.metadata == ["format": "pt"])
      #expect(file.entries.isEmpty)
    }
  }

  @Test func reportsFilesCutShortAfterOpening() throws {
    try withScratchDirectory { directory in
      let header = #"{"x":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#
      let path = "\(directory)/a"
      try write(safetensors(header, data: [UInt8](repeating: 0, count: 8)), to: path)
      let file = try SafetensorsFile(path: path)
      let handle = try FileHandle(forWritingTo: URL(filePath: path))
      try handle.truncate(atOffset: 20)
      try handle.close()
      #expect(sentence { _ = try file.readFloats("x") }.contains("bytes it had when it was opened"))
    }
  }

}
