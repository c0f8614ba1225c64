/// One tensor as the header of a safetensors file lists it.
public struct SafetensorsEntry: Equatable, Sendable {
  public var name: String
  public var dataType: SafetensorsDataType
  public var shape: [Int]
  /// The bytes it takes up, counted from the end of the header.
  var dataOffsets: Range<Int>

  /// The number of elements.
  public var count: Int { shape.reduce(1, *) }
}

/// The list of tensors at the start of a safetensors file, checked against the file's size.
struct SafetensorsHeader {
  /// The largest header that the format allows.
  static let maximumLength = 100_000_000

  var metadata: [String: String] = [:]
  /// In the order of their data, which covers every byte after the header exactly once.
  var entries: [SafetensorsEntry] = []

  private let path: String

  /// Reads the header `json` of the file at `path`, in which `dataSize` bytes follow it.
  init(json: [UInt8], dataSize: Int, path: String) throws(InputError) {
    self.path = path
    for member in try members(of: json) {
      if member.isCalled("__metadata__") {
        metadata = try strings(of: member.value)
      } else {
        entries.append(try entry(member.key, member.value, dataSize: dataSize))
      }
    }
    entries.sort {
      ($0.dataOffsets.lowerBound, $0.dataOffsets.upperBound)
        < ($1.dataOffsets.lowerBound, $1.dataOffsets.upperBound)
    }
    try checkCoverage(of: dataSize)
  }

  private func mistake(_ place: String, found: String, expected: String) -> InputError {
    InputError(
      .badData, "\(path): \(place)", found: found, expected: expected, remedy: Self.remedy)
  }

  private static let remedy = "Download or write the file again"

  private func members(of json: [UInt8]) throws(InputError) -> [JSONMember] {
    do throws(InputError) {
      let value = try JSONValue(parsing: json[...], name: "\(path): header")
      guard case .object(let members) = value else {
        throw mistake("header", found: value.summary, expected: "an object")
      }
      return members
    } catch {
      var error = error
      error.remedy = Self.remedy
      throw error
    }
  }

  private func strings(of value: JSONValue) throws(InputError) -> [String: String] {
    let place = "header key __metadata__"
    guard case .object(let members) = value else {
      throw mistake(place, found: value.summary, expected: "an object of strings")
    }
    var strings: [String: String] = [:]
    for member in members {
      guard let text = member.value.string else {
        throw mistake(
          "\(place).\(member.key)", found: member.value.summary, expected: "a string")
      }
      strings[member.key] = text
    }
    return strings
  }

  private func entry(
    _ name: String, _ value: JSONValue, dataSize: Int
  ) throws(InputError) -> SafetensorsEntry {
    let place = "tensor \(name)"
    guard case .object = value else {
      throw mistake(place, found: value.summary, expected: "an object")
    }
    let dataType = try dataType(of: value["dtype"], place: place)
    let shape = try sizes(value["shape"], place: "\(place): shape")
    let offsets = try sizes(value["data_offsets"], place: "\(place): data_offsets")
    guard offsets.count == 2, offsets[0] <= offsets[1] else {
      throw mistake(
        "\(place): data_offsets", found: "\(offsets)", expected: "a start and an end after it")
    }
    guard offsets[1] <= dataSize else {
      throw mistake(
        "\(place): data_offsets", found: "\(offsets)",
        expected: "offsets within the \(dataSize) bytes of data that the file holds")
    }
    guard let size = Self.byteCount(of: shape, dataType) else {
      throw mistake(
        "\(place): shape", found: "\(shape)", expected: "a shape whose size can be counted")
    }
    guard size == offsets[1] - offsets[0] else {
      throw mistake(
        "\(place): data_offsets", found: "\(offsets[1] - offsets[0]) bytes",
        expected: "\(size) bytes for \(dataType.rawValue) \(shape)")
    }
    return SafetensorsEntry(
      name: name, dataType: dataType, shape: shape, dataOffsets: offsets[0]..<offsets[1])
  }

  private func dataType(
    of value: JSONValue?, place: String
  ) throws(InputError) -> SafetensorsDataType {
    if let text = value?.string, let type = SafetensorsDataType(rawValue: text) {
      return type
    }
    let types = SafetensorsDataType.allCases.map(\.rawValue).joined(separator: ", ")
    throw mistake(
      "\(place): dtype", found: value?.summary ?? "no such key", expected: "one of \(types)")
  }

  private func sizes(_ value: JSONValue?, place: String) throws(InputError) -> [Int] {
    guard case .array(let elements) = value else {
      throw mistake(
        place, found: value?.summary ?? "no such key", expected: "an array of whole numbers")
    }
    var sizes: [Int] = []
    for element in elements {
      guard let size = element.integer(Int.self), size >= 0 else {
        throw mistake(place, found: element.summary, expected: "whole numbers from 0 to 2^63 - 1")
      }
      sizes.append(size)
    }
    return sizes
  }

  private static func byteCount(of shape: [Int], _ dataType: SafetensorsDataType) -> Int? {
    var size = dataType.width
    for extent in shape {
      let (product, overflow) = size.multipliedReportingOverflow(by: extent)
      if overflow { return nil }
      size = product
    }
    return size
  }

  private func checkCoverage(of dataSize: Int) throws(InputError) {
    var end = 0
    for entry in entries {
      let start = entry.dataOffsets.lowerBound
      if start != end {
        throw mistake(
          "tensor \(entry.name): data_offsets",
          found: start < end
            ? "a start at byte \(start), inside another tensor"
            : "a start at byte \(start) after a hole",
          expected: "a start at byte \(end), where the tensor before it ends")
      }
      end = entry.dataOffsets.upperBound
    }
    if end != dataSize {
      throw mistake(
        "data", found: "\(dataSize - end) bytes after the last tensor", expected: "none")
    }
  }
}
