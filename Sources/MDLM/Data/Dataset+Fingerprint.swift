extension Dataset {
  /// The SHA-256 of what training and validation read: the number and length of their rows, and the
  /// tokens of rows spread evenly over them, all rows where they have at most 16 million tokens.
  ///
  /// It tells whether a run that goes on finds the data it began with.
  ///
  /// - Throws: ``InputError`` where a shard has changed since it was opened.
  func fingerprint() throws(InputError) -> String {
    var digest = SHA256()
    for split in [DataSplit.train, .valid] {
      guard let rows = rows[split] else { continue }
      digest.update("\(split.rawValue) \(rows.count) \(rows.length)\n".utf8)
      let sampled = min(rows.count, max(1, (1 << 24) / rows.length))
      for index in 0..<sampled {
        // The product overflows for no data that fits a disk.
        try rows.add(index * rows.count / sampled, to: &digest)
      }
    }
    return digest.finish()
  }
}
