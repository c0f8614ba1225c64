/// Puts the vocabulary and the merges of a byte-level BPE together as files spell them.
///
/// Ids may have holes, as those of cl100k_base do: what stands for nothing is never encoded to and
/// decodes to nothing.
struct VocabularyReader {
  /// Larger ids are no token's: tables are as long as the largest.
  static let idLimit: Int32 = 1 << 24

  /// What the ids of `count` tokens are below.
  ///
  /// Few are left out in published files, and a small file must not ask for the tables of a large one.
  static func idLimit(ofTokens count: Int) -> Int32 {
    Int32(min(Int(idLimit), 1 << 18 + 16 * min(count, Int(idLimit))))
  }

  private let path: String
  private let limit: Int32
  /// The names of the tokens by id, empty for ids without one.
  private let names: ByteStrings
  private let index: ByteStringIndex

  /// Reads an object of ids by names; `key` says where it stands in the file.
  init(_ json: JSONValue?, key: String, in path: String) throws(InputError) {
    guard case .object(let members) = json else {
      throw Self.damaged("\(key) is \(json?.summary ?? "missing")", "an object of ids", path)
    }
    limit = Self.idLimit(ofTokens: members.count)
    var order: [Int32] = []
    for (index, member) in members.enumerated() {
      guard let id = member.value.integer(Int32.self), 0..<limit ~= id else {
        throw Self.damaged(
          "\(key)[\(JSONValue.quoted(member.key))] is \(member.value.summary)",
          "a token id below \(limit)", path)
      }
      if Int(id) >= order.count {
        order += repeatElement(-1, count: max(members.count, Int(id) + 1) - order.count)
      }
      guard order[Int(id)] < 0 else {
        let first = JSONValue.quoted(members[Int(order[Int(id)])].key)
        throw Self.damaged(
          "the id \(id) for both \(first) and \(JSONValue.quoted(member.key))",
          "each id once", path)
      }
      order[Int(id)] = Int32(index)
    }
    while order.last == -1 { order.removeLast() }
    var names = ByteStrings()
    names.reserveCapacity(order.count, byteCount: 8 * order.count)
    for index in order { names.append(index < 0 ? "".utf8 : members[Int(index)].key.utf8) }
    self.path = path
    self.names = names
    index = ByteStringIndex(names)
  }

  /// The id of a token's name.
  func id(of name: ArraySlice<UInt8>) -> Int32? {
    name.isEmpty ? nil : name.withUnsafeBufferPointer { index.number(of: $0, in: names) }
  }

  /// The merge of two names, which stands at `place`, a file and where in it.
  func merge(
    _ left: ArraySlice<UInt8>, _ right: ArraySlice<UInt8>, at place: @autoclosure () -> String
  ) throws(InputError) -> MergeTable.Merge {
    guard let leftID = id(of: left) else { throw unknown(left, at: place()) }
    guard let rightID = id(of: right) else { throw unknown(right, at: place()) }
    let joined = Array(left) + right
    guard let joinedID = id(of: joined[...]) else { throw unknown(joined[...], at: place()) }
    return MergeTable.Merge(left: leftID, right: rightID, joined: joinedID)
  }

  /// The merges, where each pair is there once; `place` says where the one with a number stands.
  func distinct(
    _ merges: [MergeTable.Merge], place: (Int) -> String
  ) throws(InputError) -> [MergeTable.Merge] {
    var pairs: Set<UInt64> = []
    pairs.reserveCapacity(merges.count)
    for (number, merge) in merges.enumerated() {
      let pair = UInt64(UInt32(bitPattern: merge.left)) << 32 | UInt64(merge.right)
      guard pairs.insert(pair).inserted else {
        throw Self.damaged("a pair that was there before", "each pair once", place(number))
      }
    }
    return merges
  }

  /// The vocabulary with `added` tokens, which may be in it or have ids that are free.
  func vocabulary(with added: AddedTokens) throws(InputError) -> Vocabulary {
    var names = self.names
    var addedNames: [Int32: [UInt8]] = [:]
    for token in added.tokens {
      let holder = Int(token.id) < names.count ? names[Int(token.id)] : []
      let id = id(of: token.content[...]) ?? (holder.isEmpty ? token.id : -1)
      guard id == token.id, id < limit else {
        throw Self.damaged(
          "the added token \(JSONValue.quoted(token.name)) with id \(token.id)",
          "the id it has in the vocabulary, or one below \(limit) that is free", path)
      }
      addedNames[id] = token.content
    }
    let last = addedNames.keys.max() ?? -1
    while names.count <= last { names.append([]) }
    var strings = ByteStrings()
    strings.reserveCapacity(names.count, byteCount: names.bytes.count)
    var (plainIDs, addedIDs) = (Set<Int32>(), Set<Int32>())
    var bytes: [UInt8] = []
    for id in 0..<Int32(names.count) {
      bytes.removeAll(keepingCapacity: true)
      let isOfModel = Int(id) < self.names.count && !self.names[Int(id)].isEmpty
      if addedNames[id] != nil, !isOfModel { addedIDs.insert(id) }
      let name = addedNames[id] ?? Array(names[Int(id)])
      let isSpelt = Vocabulary.appendBytes(of: name[...], to: &bytes)
      if !isSpelt || addedNames[id] != nil && !standsForItsLetters(name, bytes, isOfModel) {
        plainIDs.insert(id)
        bytes = name
      }
      strings.append(bytes)
    }
    return try Vocabulary(strings, plainIDs: plainIDs, addedIDs: addedIDs, in: path)
  }

  /// Whether an added token stands for the bytes that its name spells in letters, not for its name.
  ///
  /// Names of ASCII are both. Others are letters where the token is one of the model, and where they
  /// spell text: a file that this package writes has all added tokens in the model.
  private func standsForItsLetters(_ name: [UInt8], _ bytes: [UInt8], _ isOfModel: Bool) -> Bool {
    if name == bytes { return true }
    return isOfModel && (bytes.count == 1 || String(validating: bytes, as: UTF8.self) != nil)
  }

  private func unknown(_ name: ArraySlice<UInt8>, at place: String) -> InputError {
    let name = JSONValue.quoted(String(decoding: name, as: UTF8.self))
    return Self.damaged(
      "\(name), which is no token",
      "merges of tokens in the vocabulary to tokens in the vocabulary",
      place)
  }

  static func damaged(_ found: String, _ expected: String, _ path: String) -> InputError {
    InputError(
      .badData, path, found: found, expected: expected,
      remedy: "Repair the file, or fetch it again from where the tokenizer came from")
  }
}
