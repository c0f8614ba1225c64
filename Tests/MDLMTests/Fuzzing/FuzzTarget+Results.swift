@testable import MDLM

/// What the program itself has written about samples, and what is asked for.
extension FuzzTarget {
  static func trace(_ scratch: String) throws -> FuzzTarget {
    let seeds = try [(8, 0.2), (9, 0)].map { seed, remasking in
      var sampling = SimulatedSampling(
        seed: UInt64(seed), length: 10, steps: 5, remasking: remasking)
      let path = "\(scratch)/seed.trace"
      let writer = try TraceWriter(path: path, header: .simulated) { "t\($0) " }
      for sample in 0..<2 {
        for event in sampling.record(sample: sample).events { try writer.write(event) }
      }
      return try bytes(of: path)
    }
    return FuzzTarget("trace", [File("a.trace", .jsonLines, seeds)]) { input in
      let trace = try GenerationTrace(contentsOf: input.write())
      guard input.number % 4 == 0 else { return }
      for sample in trace.samples {
        let page = TracePage([.init(title: "t", trace: trace, sample: sample)]).html
        try FuzzFinding.check(page.hasSuffix("</html>\n"), "half a page")
        let svg = TraceAnimation(trace, sample).svg
        try FuzzFinding.check(svg.hasSuffix("</svg>\n"), "half a picture")
      }
    }
  }

  static var samples: FuzzTarget {
    let lines = """
      {"text": "one two", "tokens": [1, 2, 3, 3], "nfe": 8, "seconds": 0.5, "predictor": "tau", "steps": 8}
      {"text": "three", "tokens": [2, 2], "nfe": 8, "seconds": 0.25, "predictor": "tau", "steps": 8}
      """
    let texts = [
      lines, "{\"text\": \"a\u{E9}\"}\n{\"text\": \"\", \"nfe\": 1}\n", "one two\n\nthree\nfour\n",
    ]
    return FuzzTarget("samples", [File("a.jsonl", .jsonLines, texts: texts)]) { input in
      let tokenizer: ByteTokenizer? = input.number % 2 == 0 ? ByteTokenizer() : nil
      let reader = SampleReader(tokenizer: tokenizer)
      let file = SourceText(input.bytes[...], name: "a.jsonl")
      let (samples, _) = try reader.samples(in: file)
      let points = try SampleQuality.groups(samples).compactMap { group in
        try SampleQuality(of: group, endID: 2)
      }.map { FrontierPlot.Point(series: $0.method.predictor ?? "", quality: $0) }
      let svg = FrontierPlot(points, realText: points.first?.quality)?.svg ?? "</svg>\n"
      try FuzzFinding.check(svg.hasSuffix("</svg>\n"), "half a picture")
      _ = try? reader.pieces(of: file, length: 3, count: 4)
    }
  }

  static var textRequests: FuzzTarget {
    let lines = """
      a prompt
      {"prompt": "once", "suffix": "end"}
      {"infill": "a [MASK] b [MASK:12] c"}

      {}
      """
    return FuzzTarget("text-requests", [File("a.txt", .jsonLines, texts: [lines])]) { input in
      for line in SourceText(input.bytes[...], name: "a.txt").lines {
        let request = try TextRequest(line: line)
        _ = try request.template(length: 64, begin: 1) { text throws(InputError) in
          try ByteTokenizer().encode(text)
        }
      }
    }
  }
}
