/// Byte strings with a value each, found in longer ones by their common beginnings.
struct ByteTrie: Sendable, Equatable {
  private struct Node: Equatable {
    /// The byte that leads here.
    var byte: UInt8
    /// What the string that ends here stands for, or −1 where none does.
    var value: Int32 = -1
    var firstChild: Int32 = -1
    /// The next child of the same parent.
    var sibling: Int32 = -1
  }

  private var nodes: [Node] = []
  /// The child of the root for every byte: most bytes of a text begin no string.
  private var roots: [Int32] = []

  var isEmpty: Bool { nodes.isEmpty }

  /// Adds `string`, which keeps the value it has where it is there already; an empty one is none.
  mutating func insert(_ string: [UInt8], value: Int32) {
    guard let first = string.first else { return }
    if roots.isEmpty { roots = [Int32](repeating: -1, count: 256) }
    if roots[Int(first)] < 0 { roots[Int(first)] = append(Node(byte: first)) }
    var node = Int(roots[Int(first)])
    for byte in string.dropFirst() {
      if let next = child(of: node, byte) {
        node = next
      } else {
        let next = append(Node(byte: byte, sibling: nodes[node].firstChild))
        nodes[node].firstChild = next
        node = Int(next)
      }
    }
    if nodes[node].value < 0 { nodes[node].value = value }
  }

  /// The longest string that begins at the first place from `start` on where one begins.
  func firstMatch(
    in text: ArraySlice<UInt8>, from start: Int
  ) -> (range: Range<Int>, value: Int32)? {
    guard !isEmpty else { return nil }
    return text.withUnsafeBufferPointer { bytes in
      let offset = text.startIndex
      for index in start - offset..<bytes.count where roots[Int(bytes[index])] >= 0 {
        guard let match = longestMatch(in: bytes, at: index) else { continue }
        return (offset + index..<offset + match.end, match.value)
      }
      return nil
    }
  }

  private func longestMatch(
    in bytes: UnsafeBufferPointer<UInt8>, at start: Int
  ) -> (end: Int, value: Int32)? {
    var match: (Int, Int32)?
    var node = Int(roots[Int(bytes[start])])
    var end = start + 1
    while true {
      if nodes[node].value >= 0 { match = (end, nodes[node].value) }
      guard end < bytes.count, let next = child(of: node, bytes[end]) else { return match }
      node = next
      end += 1
    }
  }

  private func child(of node: Int, _ byte: UInt8) -> Int? {
    var next = nodes[node].firstChild
    while next >= 0 {
      if nodes[Int(next)].byte == byte { return Int(next) }
      next = nodes[Int(next)].sibling
    }
    return nil
  }

  private mutating func append(_ node: Node) -> Int32 {
    nodes.append(node)
    return Int32(nodes.count - 1)
  }
}
