import MDLM

/// The options of `mdlm sample` that say which tokens may be drawn, and how likely.
struct SampleTokens: Sendable {
  static let options = [
    Option(
      "temperature", .value(.number), metavar: "X", default: .value("1"),
      help: "Below 1 likely tokens gain; 0 takes the likeliest."),
    Option(
      "top-k", .value(.integer(1...Int.max)), metavar: "K",
      help: "Draw from the K likeliest tokens."),
    Option(
      "top-p", .value(.number), metavar: "P",
      help: "Draw from the likeliest tokens whose probabilities sum to P."),
    Option(
      "top-p-rule", .value(.choice(of: TokenControls.TopPRule.self)),
      metavar: "inclusive|exclusive", default: .value("inclusive"),
      help: """
        Whether the token that reaches P is kept (Hugging Face) or dropped (ReMDM, BD3-LM).
        """),
    Option(
      "repetition-penalty", .value(.number), metavar: "X", default: .value("1"),
      help: "Divide a token's probability by X for each time that it is there already."),
    Option(
      "ban", .repeatable(.text), metavar: "TOKEN",
      help: "Never draw the token with this text or name. Repeatable."),
  ]

  private let controls: TokenControls
  private let banned: [String]

  init(_ arguments: ParsedArguments) {
    controls = TokenControls(
      temperature: arguments.optionalNumber("temperature") ?? 1,
      topK: arguments.optionalInteger("top-k"), topP: arguments.optionalNumber("top-p"),
      topPRule: arguments.choice("top-p-rule"),
      repetitionPenalty: arguments.optionalNumber("repetition-penalty") ?? 1)
    banned = arguments.strings("ban")
  }

  /// The controls with the ids of banned tokens.
  ///
  /// - Throws: ``InputError`` for a text that is not one token of the model.
  func controls(for model: MaskedDiffusionModel) throws(InputError) -> TokenControls {
    var controls = controls
    for text in banned { controls.banned.insert(try id(of: text, in: model)) }
    return controls
  }

  private func id(of text: String, in model: MaskedDiffusionModel) throws(InputError) -> Int32 {
    if let tokenizer = model.tokenizer,
      let special = tokenizer.specialIDs.first(where: { tokenizer.name(of: $0) == text })
    {
      return special
    }
    let ids = try model.tokens(of: text, for: "--ban")
    guard let id = ids.first, ids.count == 1 else {
      let names = ids.map { model.tokenizer?.name(of: $0) ?? "\($0)" }
      throw InputError(
        .usage, "--ban",
        found: "\(text.quoted), which is \(ids.count) tokens: "
          + names.prefix(8).map(\.quoted).joined(separator: " "),
        expected: "one token", remedy: "Ban tokens one by one")
    }
    return id
  }
}

extension MaskedDiffusionModel {
  /// The tokens of the text of an option.
  func tokens(of text: String, for option: String) throws(InputError) -> [Int32] {
    do throws(InputError) {
      return try tokens(of: text)
    } catch {
      throw InputError(
        .usage, option, found: error.found, expected: error.expected, remedy: error.remedy)
    }
  }
}
