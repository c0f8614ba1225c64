/// Returns the candidate that `word` most likely misspells, or nil where none is close.
///
/// Close means at most one edit for every three letters, and at most three.
func nearest(to word: String, among candidates: some Sequence<String>) -> String? {
  let letters = Array(word.unicodeScalars)
  // Nobody misspells a word this long; the limit bounds the work on hostile input.
  guard letters.count <= 64 else { return nil }
  let distances = candidates.map { ($0, editDistance(letters, Array($0.unicodeScalars))) }
  guard let best = distances.min(by: { $0.1 < $1.1 }) else { return nil }
  return best.1 <= min(3, (letters.count + 2) / 3) ? best.0 : nil
}

/// Levenshtein distance: the fewest insertions, deletions and replacements between two words.
private func editDistance(_ a: [Unicode.Scalar], _ b: [Unicode.Scalar]) -> Int {
  // One row of the usual table at a time: row[j] is the distance of a's prefix to b's first j.
  var row = Array(0...b.count)
  for (i, letter) in a.enumerated() {
    var diagonal = row[0]
    row[0] = i + 1
    for (j, other) in b.enumerated() {
      let replaced = diagonal + (letter == other ? 0 : 1)
      diagonal = row[j + 1]
      row[j + 1] = min(replaced, row[j] + 1, diagonal + 1)
    }
  }
  return row[b.count]
}
