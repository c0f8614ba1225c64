import MDLM

extension DataProtocol {
  var fields: [String: JSONLine.Value] {
    [
      "protocol": .string(name), "summary": .string(summary),
      "tokenizer": .string(tokenizer.rawValue), "length": .integer(length),
      "packing": .string(packing.summary), "detokenizer": .string(reading.detokenizer.rawValue),
      "split": .string(splitName), "paths": .strings(paths), "source": .string(source),
      "published_ppl": published.map { .number($0) } ?? .null,
      "notes": notes.map { .string($0) } ?? .null,
    ]
  }

  /// What the list of protocols says, line by line.
  func description(below corpora: String) -> [String] {
    let place = path(in: corpora)
    let files = paths.map { "\(corpora)/\($0)" }
    let state = place.map { files.contains($0) ? "there" : "there as \($0)" } ?? "not there"
    var rows = [
      ("rows", "\(length) tokens (\(tokenizer.rawValue)), \(packing.summary)"),
      ("text", "\(splitName) part, detokenizer \(reading.detokenizer.rawValue)"),
      ("file", files.joined(separator: " or ") + " (\(state))"),
      ("get it", source),
    ]
    if let published { rows.append(("published", "\(published)")) }
    if let notes { rows.append(("note", notes)) }
    let margin = 13
    return [name, "  \(summary)"]
      + rows.map { label, text in
        let space = String(repeating: " ", count: margin - 2 - label.count)
        return "  \(label)\(space)" + Help.wrap(text, indent: margin).dropFirst(margin)
      }
  }
}

extension Packing {
  /// The packing in words.
  var summary: String {
    switch self {
    case .plain: "all text in a row, nothing inserted"
    case .wrapped(let separated, let groupSize):
      (separated ? "documents joined, EOS after each" : "documents joined, nothing between")
        + ", BOS and EOS around each row"
        + (groupSize.map { ", \($0) documents at a time, the rest of each batch dropped" } ?? "")
    case .rowPerDocument(let framed):
      "one document a row" + (framed ? " between BOS and EOS" : "")
        + ", padded; padding carries no loss"
    }
  }
}
