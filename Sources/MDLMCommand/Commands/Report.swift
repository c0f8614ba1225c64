import MDLM

/// `mdlm report`: pictures of how samples were drawn.
struct Report: Command {
  /// What to make of the traces.
  enum Picture: Equatable, Sendable {
    case page
    case animation
  }

  static let definition = CommandDefinition(
    name: "report",
    summary: "Make pictures of how samples were drawn.",
    examples: [
      .init("mdlm report out.jsonl", "Write out.html, a page to step through a sample."),
      .init(
        "mdlm report few.jsonl many.jsonl --output steps.html",
        "Show two ways to draw a sample side by side."),
      .init(
        "mdlm report out.jsonl --sample 2 --output sample.svg",
        "Write an animated picture of sample 2, as for a README."),
    ],
    arguments: [
      Argument(
        "TRACE", .file, isRequired: true, help: "A file that mdlm sample --trace has written."),
      Argument(
        "TRACE2", .file, isRequired: false, help: "Another one, to stand beside it on the page."),
    ],
    groups: [
      .init(
        "Sample",
        [
          Option(
            "sample", .value(.integer(0...Int.max)), metavar: "N",
            default: .described("the first of the trace"), help: "The number of the sample.")
        ]),
      .init(
        "Output",
        [
          Option(
            "output", .value(.file), metavar: "FILE",
            default: .described("the trace's name, ending in .html"),
            help: "A page (.html) or an animated picture (.svg).")
        ]),
    ])

  let traces: [String]
  /// The number of the sample; nil for the first of each trace.
  let sample: Int?
  let output: String
  let picture: Picture

  init(_ arguments: ParsedArguments) throws(InputError) {
    traces = arguments.positional
    sample = arguments.optionalInteger("sample")
    output = arguments.optionalString("output") ?? Self.page(for: traces[0])
    switch output {
    case let name where name.hasSuffix(".html"): picture = .page
    case let name where name.hasSuffix(".svg"): picture = .animation
    default:
      throw InputError(
        .usage, "--output", found: output.quoted, expected: "a name that ends in .html or .svg",
        remedy: "Write --output \(output).html")
    }
    guard picture == .page || traces.count == 1 else {
      throw InputError(
        .usage, "--output", found: "an .svg of two traces", expected: "one trace",
        remedy: "Leave one trace out, or write an .html")
    }
    guard !traces.contains(output) else {
      throw InputError(
        .usage, "--output", found: output.quoted, expected: "another file than the trace",
        remedy: "Name another file")
    }
  }

  /// The name of the page that goes with a trace: its extension is replaced.
  private static func page(for trace: String) -> String {
    let name = trace.split(separator: "/", omittingEmptySubsequences: false).last ?? ""
    guard let dot = name.lastIndex(of: "."), dot > name.startIndex else { return trace + ".html" }
    return trace[..<dot] + ".html"
  }
}
