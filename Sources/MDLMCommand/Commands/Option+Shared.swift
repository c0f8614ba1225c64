/// Options that several commands share, with the same meaning in each.
extension Option {
  static let checkpoint = Option(
    "checkpoint", .value(.directory), metavar: "DIR", isRequired: true,
    help: "A run, one checkpoint of it, or a Hugging Face style model directory.")

  static let tokenizer = Option(
    "tokenizer", .value(.file), metavar: "PATH", default: .described("the checkpoint's"),
    help:
      "A tokenizer.json, or a directory with one or with vocab.json and merges.txt or vocab.txt."
  )

  static let set = Option(
    "set", .repeatable(.text), metavar: "KEY=VALUE",
    help: "Replace one key of the configuration, as in model.hidden_size=256. Repeatable.")

  static let seed = Option(
    "seed", .value(.integer(0...Int.max)), metavar: "S", default: .value("1"),
    help: "Seed of all random draws.")

  static let threads = Option(
    "threads", .value(.integer(1...1024)), metavar: "N", default: .described("all cores"),
    help: "Threads to compute with. Results do not depend on it.")

  static let judge = Option(
    "judge", .value(.file), metavar: "PATH",
    help: """
      A language model that scores the text: a llama2.c checkpoint (.bin) with its tokenizer beside \
      it, a Hugging Face directory of GPT-2, or a run or checkpoint trained with parameterization=ar.
      """)

  static let json = Option("json", .flag, help: "Print JSON in place of text.")
}
