/// Returns the candidate that `word` most likely misspells, or nil where none is close.
///
/// Close means at most one edit for every three letters, three at most, where an edit inserts,
/// removes or replaces a letter or swaps two neighbours. Letter case does not count. Of equally close
/// candidates the first is taken.
///
/// - Parameters:
///   - word: What somebody wrote, such as an unknown key or flag.
///   - candidates: The words that would have been right.
/// - Returns: The word to suggest in "did you mean".
public func nearest(to word: String, among candidates: some Sequence<String>) -> String? {
  let letters = Array(word.lowercased().unicodeScalars)
  // Nobody misspells a word this long; the limit bounds the work on hostile input.
  guard (1...64).contains(letters.count) else { return nil }
  let tolerance = min(3, (letters.count + 2) / 3)
  var best: (word: String, distance: Int)?
  for candidate in candidates {
    let other = Array(candidate.lowercased().unicodeScalars)
    guard abs(other.count - letters.count) <= tolerance else { continue }
    let distance = editDistance(letters, other)
    if distance <= tolerance && distance < best?.distance ?? .max {
      best = (candidate, distance)
    }
  }
  return best?.word
}

/// Returns the optimal string alignment distance, Levenshtein's with swaps of neighbours.
private func editDistance(_ first: [Unicode.Scalar], _ second: [Unicode.Scalar]) -> Int {
  var beforeLast: [Int] = []
  var last = Array(0...second.count)
  for i in first.indices {
    var row = [i + 1]
    for j in second.indices {
      let replacement = last[j] + (first[i] == second[j] ? 0 : 1)
      var cost = min(replacement, last[j + 1] + 1, row[j] + 1)
      if i > 0 && j > 0 && first[i] == second[j - 1] && first[i - 1] == second[j] {
        cost = min(cost, beforeLast[j - 1] + 1)
      }
      row.append(cost)
    }
    (beforeLast, last) = (last, row)
  }
  return last[second.count]
}
