/// One event of a TensorBoard log: the message `Event` of TensorFlow, as far as logs need it.
struct TensorBoardEvent {
  /// In seconds since 1970.
  var time: Double
  var step: Int
  var content: Content

  enum Content {
    /// What the first event of a file says.
    case fileVersion
    /// The run goes on at the step: what files before tell of it and later steps is void.
    case sessionStart
    case scalar(name: String, value: Float)
    case text(name: String, text: String)
  }

  /// The message in bytes.
  var message: [UInt8] {
    var event = ProtocolMessage()
    event.add(1, time)
    if step != 0 { event.add(2, step) }
    switch content {
    case .fileVersion: event.add(3, "brain.Event:2")
    case .sessionStart:
      event.add(7) { session in session.add(1, Self.start) }
    case .scalar(let name, let value):
      event.add(5) { summary in
        summary.add(1) { entry in
          entry.add(1, name)
          entry.add(2, value)
        }
      }
    case .text(let name, let text):
      event.add(5) { summary in
        summary.add(1) { entry in
          entry.add(1, name)
          entry.add(8) { Self.addTensor(text, to: &$0) }
          entry.add(9) { metadata in
            metadata.add(1) { plugin in plugin.add(1, "text") }
            metadata.add(4, Self.tensorClass)
          }
        }
      }
    }
    return event.bytes
  }

  /// The message as a record: its length and itself, each with its checksum.
  var record: [UInt8] {
    let message = message
    let length = Self.littleEndian(UInt64(message.count))
    return length + Self.littleEndian(CRC32C.masked(length)) + message
      + Self.littleEndian(CRC32C.masked(message))
  }

  // Values of enumerations: SessionStatus, DataClass and DataType.
  private static let start = 1
  private static let tensorClass = 2
  private static let stringType = 7

  /// Adds the fields of a tensor without axes that holds one text.
  private static func addTensor(_ text: String, to tensor: inout ProtocolMessage) {
    tensor.add(1, stringType)
    tensor.add(2) { _ in }
    tensor.add(8, text)
  }

  private static func littleEndian(_ value: some FixedWidthInteger) -> [UInt8] {
    withUnsafeBytes(of: value.littleEndian) { Array($0) }
  }
}
