import Testing

@testable import MDLM

/// A malformed file and a part of the sentence that reports it.
struct CorruptFile: CustomTestStringConvertible, Sendable {
  var name: String
  var bytes: [UInt8]
  var fragment: String
  var testDescription: String { name }

  init(_ name: String, _ bytes: [UInt8], _ fragment: String) {
    self.name = name
    self.bytes = bytes
    self.fragment = fragment
  }

  /// A file of one tensor `x` with the given fields and 8 bytes of data.
  init(_ name: String, tensor: String, data: Int = 8, _ fragment: String) {
    self.init(name, header: "{\"x\":\(tensor)}", data: data, fragment)
  }

  init(_ name: String, header: String, data: Int = 8, _ fragment: String) {
    let data = [UInt8](repeating: 0, count: data)
    self.init(name, safetensors(header, data: data), fragment)
  }
}

struct SafetensorsCorruptionTests {
  private static let pair = #""shape":[2],"data_offsets":[0,8]}"#

  static let containers: [CorruptFile] = [
    CorruptFile("empty", [], "found 0 bytes"),
    CorruptFile("cut in the length", [1, 0, 0], "found 3 bytes"),
    CorruptFile("cut in the header", safetensors("{\"x\"", length: 60), "a header length of 60"),
    CorruptFile("length alone", safetensors("", length: 2), "a header length of 2 in a file of 8"),
    CorruptFile("zero length", safetensors("{}", length: 0), "does not begin with '{'"),
    CorruptFile("huge length", safetensors("{}", length: .max), "length of 18446744073709551615"),
    CorruptFile("length above the limit", safetensors("{}", length: 100_000_001), "at most 1000"),
    CorruptFile(
      "length too short", safetensors("{\"x\":1}", length: 3), "text without closing quote"),
    CorruptFile("length too long", safetensors("{}", data: [0], length: 3), "found \"\\u0000\""),
    CorruptFile("text", Array("once upon a time there was".utf8), "a header length of"),
    CorruptFile("zip", Array("PK\u{3}\u{4}0123456789".utf8), "found a zip archive"),
    CorruptFile("pickle", [0x80, 2, 0x8A, 10, 1, 1, 1, 1, 1, 1], "found a Python pickle"),
    CorruptFile("GGUF", Array("GGUF0123456789".utf8), "found a GGUF file"),
    CorruptFile("LFS", Array("version https://git-lfs".utf8), "found a Git LFS pointer"),
    CorruptFile("array header", safetensors("[1,2,3]"), "does not begin with '{'"),
    CorruptFile("leading space", safetensors(" {}"), "does not begin with '{'"),
  ]

  static let headers: [CorruptFile] = [
    CorruptFile("no JSON", header: "{garbage}", "header:1:2: found \"g\""),
    CorruptFile("JSON cut short", header: #"{"x":{"dtype":"F32""#, data: 0, "the end of the text"),
    CorruptFile(
      "repeated name",
      header: "{\"x\":{\"dtype\":\"F32\",\(pair),\"x\":{\"dtype\":\"F32\",\(pair)}",
      "the key \"x\" a second time"),
    CorruptFile(
      "repeated field", tensor: "{\"dtype\":\"F32\",\"dtype\":\"F32\",\(pair)",
      "the key \"dtype\" a second time"),
    CorruptFile(
      "names that are equal but for their bytes",
      header: "{\"\u{2126}\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},"
        + "\"\u{3A9}\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[8,12]}}",
      data: 12, "found the name a second time"),
    CorruptFile("number for tensor", tensor: "1", "tensor x: found 1, expected an object"),
    CorruptFile("metadata list", header: #"{"__metadata__":[]}"#, data: 0, "an object of strings"),
    CorruptFile(
      "metadata number", header: #"{"__metadata__":{"a":1}}"#, data: 0,
      "__metadata__.a: found 1, expected a string"),
    CorruptFile("no dtype", tensor: "{\(pair)", "dtype: found no such key"),
    CorruptFile("unknown dtype", tensor: "{\"dtype\":\"F8_E4M3\",\(pair)", "found \"F8_E4M3\""),
    CorruptFile("lower-case dtype", tensor: "{\"dtype\":\"f32\",\(pair)", "found \"f32\""),
    CorruptFile("number for dtype", tensor: "{\"dtype\":32,\(pair)", "dtype: found 32"),
    CorruptFile(
      "wrong dtype", tensor: "{\"dtype\":\"F16\",\(pair)", "expected 4 bytes for F16 [2]"),
    CorruptFile("deep", header: "{\"x\":" + String(repeating: "[", count: 99), data: 0, "nested"),
  ]

  private static func tensor(_ shape: String, _ offsets: String) -> String {
    "{\"dtype\":\"F32\",\"shape\":\(shape),\"data_offsets\":\(offsets)}"
  }

  static let shapes: [CorruptFile] = [
    CorruptFile("no shape", tensor: #"{"dtype":"F32","data_offsets":[0,8]}"#, "shape: found no"),
    CorruptFile("string shape", tensor: tensor("\"2\"", "[0,8]"), "shape: found \"2\""),
    CorruptFile("negative extent", tensor: tensor("[-2]", "[0,8]"), "shape: found -2"),
    CorruptFile("broken extent", tensor: tensor("[2.0]", "[0,8]"), "shape: found 2.0"),
    CorruptFile("extent above 2^63", tensor: tensor("[9223372036854775808]", "[0,8]"), "shape"),
    CorruptFile(
      "overflowing shape", tensor: tensor("[4294967296,4294967296]", "[0,8]"),
      "a shape whose size can be counted"),
    CorruptFile(
      "overflow back to size", tensor: tensor("[4611686018427387904,2]", "[0,8]"),
      "a shape whose size can be counted"),
    CorruptFile("larger shape", tensor: tensor("[3]", "[0,8]"), "expected 12 bytes for F32 [3]"),
    CorruptFile("no offsets", tensor: #"{"dtype":"F32","shape":[2]}"#, "data_offsets: found no"),
    CorruptFile("one offset", tensor: tensor("[2]", "[8]"), "found [8], expected a start"),
    CorruptFile("three offsets", tensor: tensor("[2]", "[0,8,8]"), "found [0, 8, 8]"),
    CorruptFile("negative offset", tensor: tensor("[2]", "[-8,0]"), "data_offsets: found -8"),
    CorruptFile("offsets swapped", tensor: tensor("[2]", "[8,0]"), "found [8, 0]"),
    CorruptFile("huge offset", tensor: tensor("[2]", "[0,99999999999999999999]"), "999999"),
    CorruptFile("data cut short", tensor: tensor("[4]", "[0,16]"), "within the 8 bytes of data"),
    CorruptFile("no data", tensor: tensor("[2]", "[0,8]"), data: 0, "within the 0 bytes of data"),
    CorruptFile("hole in front", tensor: tensor("[1]", "[4,8]"), "byte 4 after a hole"),
    CorruptFile("trailing bytes", tensor: tensor("[1]", "[0,4]"), "found 4 bytes after the last"),
    CorruptFile(
      "overlap",
      header: "{\"x\":\(tensor("[2]", "[0,8]")),\"y\":\(tensor("[2]", "[4,12]"))}", data: 12,
      "tensor y: data_offsets: found a start at byte 4, inside another tensor"),
    CorruptFile(
      "shared data",
      header: "{\"x\":\(tensor("[2]", "[0,8]")),\"y\":\(tensor("[2]", "[0,8]"))}",
      "inside another tensor"),
    CorruptFile(
      "hole between",
      header: "{\"x\":\(tensor("[1]", "[0,4]")),\"y\":\(tensor("[1]", "[8,12]"))}", data: 12,
      "tensor y: data_offsets: found a start at byte 8 after a hole"),
  ]

  @Test(arguments: containers + headers + shapes)
  func reports(file: CorruptFile) throws {
    try withScratchDirectory { directory in
      let path = "\(directory)/a.safetensors"
      try write(file.bytes, to: path)
      #expect {
        try SafetensorsFile(path: path)
      } throws: { error in
        guard let error = error as? InputError, error.category == .badData else { return false }
        return error.description.contains(file.fragment) && error.subject.hasPrefix(path)
      }
    }
  }

  @Test func everyTruncationIsReported() throws {
    try withScratchDirectory { directory in
      let path = "\(directory)/a.safetensors"
      try SafetensorsWriter.write([makeTensor("x", [3], [1, 2, 3])], to: path)
      let whole = try bytes(of: path)
      for count in 0..<whole.count {
        try write(whole.prefix(count), to: path)
        #expect(throws: InputError.self, "\(count) bytes") { try SafetensorsFile(path: path) }
      }
    }
  }

  @Test func reportsPathsThatAreNoFiles() throws {
    try withScratchDirectory { directory in
      let missing = sentence { _ = try SafetensorsFile(path: "\(directory)/none") }
      #expect(missing.contains("none: found nothing there"))
      let folder = sentence { _ = try SafetensorsFile(path: directory) }
      #expect(folder.contains("found a directory, expected a file"))
    }
  }
}
