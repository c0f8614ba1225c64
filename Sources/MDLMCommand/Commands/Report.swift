import MDLM

/// `mdlm report`: pages and pictures of runs and of how samples were drawn.
struct Report: Command {
  /// What to make pictures of.
  enum Subject: Equatable, Sendable {
    case run(String)
    case comparison(String, String)
    /// One trace or two.
    case traces([String], Picture)
  }

  /// What to make of traces.
  enum Picture: Equatable, Sendable {
    case page
    case animation
  }

  static let definition = CommandDefinition(
    name: "report",
    summary: "Make a page of a run, or pictures of how samples were drawn.",
    examples: [
      .init(
        "mdlm report runs/first",
        "Write runs/first/report.html: curves, samples and settings of a run."),
      .init(
        "mdlm report --compare runs/first runs/second",
        "Write compare.html, which shows two runs in shared charts."),
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
        "PATH", .file, isRequired: true,
        help: "The directory of a run, or a file that mdlm sample --trace has written."),
      Argument(
        "PATH2", .file, isRequired: false,
        help: "Another run to compare with, or another trace to stand beside the first."),
    ],
    groups: [
      .init(
        "Run",
        [Option("compare", .flag, help: "Compare two runs; the same as to name two.")]),
      .init(
        "Trace",
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
            default: .described(
              "report.html in the run, compare.html for two, or the trace's name ending in .html"),
            help: "A page (.html) or, of a trace, an animated picture (.svg).")
        ]),
    ])

  let subject: Subject
  /// The number of the sample; nil for the first of each trace.
  let sample: Int?
  let output: String

  init(_ arguments: ParsedArguments) throws(InputError) {
    let paths = arguments.positional
    let runs = paths.filter { RunDirectory($0).exists }
    sample = arguments.optionalInteger("sample")
    guard runs.isEmpty || runs.count == paths.count else {
      throw InputError(
        .usage, "mdlm report", found: "a run (\(runs[0])) beside a file",
        expected: "two runs or two traces", remedy: "Make a page of each")
    }
    if arguments.flag("compare"), runs.count != 2 {
      throw InputError(
        .usage, "--compare", found: runs.isEmpty ? "no run" : "one run", expected: "two runs",
        remedy: "Write, for example, mdlm report --compare runs/first runs/second")
    }
    let name = arguments.optionalString("output")
    switch (runs.first, runs.dropFirst().first) {
    case (let first?, let second?):
      subject = .comparison(first, second)
      output = name ?? "compare.html"
    case (let run?, nil):
      subject = .run(run)
      output = name ?? (run.hasSuffix("/") ? "\(run)report.html" : "\(run)/report.html")
    case (nil, _):
      output = name ?? Self.page(for: paths[0])
      subject = .traces(paths, output.hasSuffix(".svg") ? .animation : .page)
    }
    try check(paths)
  }

  private func check(_ paths: [String]) throws(InputError) {
    let isTrace = if case .traces = subject { true } else { false }
    guard isTrace || sample == nil else {
      throw InputError(
        .usage, "--sample", found: "it with a run", expected: "it with a trace only",
        remedy: "Leave it out: the page of a run shows the samples of all steps")
    }
    guard output.hasSuffix(".html") || (isTrace && output.hasSuffix(".svg")) else {
      throw InputError(
        .usage, "--output", found: output.quoted,
        expected: "a name that ends in .html" + (isTrace ? " or .svg" : ", as a run is a page"),
        remedy:
          "Write --output \(output.hasSuffix(".svg") ? String(output.dropLast(4)) : output).html")
    }
    if subject == .traces(paths, .animation), paths.count > 1 {
      throw InputError(
        .usage, "--output", found: "an .svg of two traces", expected: "one trace",
        remedy: "Leave one trace out, or write an .html")
    }
    guard !paths.contains(output) else {
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
