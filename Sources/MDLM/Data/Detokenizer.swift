/// Undoes the tokenization that a published corpus comes with, as the official MDLM code does.
///
/// Zero-shot perplexities are stated on detokenized text. Each case is a fixed chain of
/// replacements, applied in order to a whole document. (The official `dataloader.py`, oddities
/// included: its tables of figures depend on them.) Token shards keep the number of the case: new ones
/// come last.
public enum Detokenizer: String, Sendable, CaseIterable {
  /// Leaves text as it is: OpenWebText, AG News, text8.
  case none
  /// WikiText-2 and WikiText-103.
  case wikitext
  /// The Penn Treebank as Mikolov prepared it; unknown words become question marks.
  case ptb
  /// The One Billion Word benchmark.
  case lm1b
  /// LAMBADA; a document then begins with a newline.
  case lambada
  /// The arXiv and PubMed articles: ``wikitext``, then ``lm1b``.
  case scientificPapers = "scientific_papers"

  /// Returns a document without the marks of its tokenization.
  ///
  /// - Parameter text: The UTF-8 text of one document; bytes that are no UTF-8 stay as they are.
  /// - Returns: The detokenized text, in time linear in its length.
  public func detokenized(_ text: ArraySlice<UInt8>) -> [UInt8] {
    var text = Array(text)
    for rule in rules { rule.apply(to: &text) }
    return text
  }

  private var rules: [DetokenizationRule] {
    switch self {
    case .none: []
    case .wikitext: Self.wikitextRules
    case .ptb: Self.ptbRules
    case .lm1b: Self.lm1bRules
    case .lambada: Self.lambadaRules
    case .scientificPapers: Self.wikitextRules + Self.lm1bRules
    }
  }
}

// MARK: - Chains

extension Detokenizer {
  private static let wikitextRules: [DetokenizationRule] =
    [
      .replace("s '", "s'"),
      // The official replacement text is a pattern by mistake, so that it stands in the result.
      .digitBetweenSlashes,
      .replace(" @-@ ", "-"), .replace(" @,@ ", ","), .replace(" @.@ ", "."),
      .replace(" : ", ": "), .replace(" ; ", "; "), .replace(" . ", ". "),
      .replace(" ! ", "! "), .replace(" ? ", "? "), .replace(" , ", ", "),
      .trimInside("(", ")"), .trimInside("[", "]"), .trimInside("{", "}"),
      .trimInside("\"", "\""), .trimInside("'", "'"),
      .replace("= = = =", "===="), .replace("= = =", "==="), .replace("= =", "=="),
      .replace(" \u{B0} ", "\u{B0}"), .replace(" \n", "\n"), .replace("\n ", "\n"),
      .replace(" N ", " 1 "), .replace(" 's", "'s"),
    ]

  private static let ptbRules: [DetokenizationRule] =
    [
      .replace(" 's", "'s"), .replace("s ' ", "s' "), .replace(" n't", "n't"),
      .replace(" \n ", "\n"), .replace("\\/", "/"),
    ]
    // Numbers in a row share the spaces between them: one pass replaces every other one.
    + Array(repeating: .replace(" N ", " 1 "), count: 10) + [
      .replace("$ 1", "$1"), .replace("# 1", "#1"), .replace("<unk>", "?"),
    ]

  private static let lm1bRules: [DetokenizationRule] =
    [
      .replace("http : / / ", "http://"), .replace("https : / / ", "https://"),
      .joinApostropheToWord, .joinPeriodInside, .joinPeriodAtEnd,
      .replace(" ? ", "? "), .joinAtEnd("?"), .replace(" ! ", "! "), .joinAtEnd("!"),
      .replace(" , ", ", "), .replace(" : ", ": "), .replace(" ; ", "; "), .replace(" / ", "/"),
      .dropSpacesInside("\"", "\""), .dropSpacesInside("'", "'"),
      .dropSpacesInside("(", ")"), .dropSpacesInside("[", "]"),
      .replace("$ ", "$"), .replace("\u{A3} ", "\u{A3}"),
    ]

  private static let lambadaRules: [DetokenizationRule] = [
    .replace("\u{201C}", "\""), .replace("\u{201D}", "\""), .trimWholeAfterNewline,
  ]
}
