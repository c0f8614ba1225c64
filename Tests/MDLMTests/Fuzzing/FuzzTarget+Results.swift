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

  static var run: FuzzTarget {
    let configuration = """
      {
        data: { train: "a.txt", tokenizer_name_or_path: "char" },
        model: { hidden_size: 16, n_blocks: 2, n_heads: 2, length: 8 }, trainer: { max_steps: 40 },
      }
      """
    let metrics = """
      {"kind":"train","step":10,"loss":2.9,"loss_mean":3.01,"lr":0.0003,"grad_norm":1.2,"tokens":40960,"loss_by_masked_share":[null,3.1,2,2,2,2,2,2,2,1.5],"seconds":1.9,"tokens_per_s":21000,"rss_mb":88}
      {"kind":"skipped","step":12,"loss":null,"grad_norm":null,"batch":"trouble/00000012.json"}
      {"kind":"spike","step":15,"loss":9.1,"expected":2.1,"deviation":0.2}
      {"kind":"validation","step":20,"nll":2.1,"stderr":0.02,"ppl":8.1,"bpd":3.0,"best":true,"loss_by_masked_share":[1,1,1,1,1,1,1,1,1,null],"seconds":4.1}
      {"kind":"train","step":20,"loss":null,"loss_mean":null,"lr":1e-4,"grad_norm":null,"tokens":81920,"seconds":0.5,"tokens_per_s":1}

      """
    let samples = """
      {"step":20,"sample":0,"seed":1,"text":"a \\n<b>\u{E9}","tokens":[1,2],"nfe":8}
      {"step":40,"sample":0,"seed":1,"tokens":[3,4],"nfe":8}

      """
    let sessions = """
      {"kind":"begin","time":"2026-11-27T20:40:00Z","step":0,"version":"0.1.0","command":"mdlm train","host":"box","pid":1,"system":"Linux","processor":"P","threads":2,"blas":"B","parameters":640000,"changes":["optim.lr: 1 -> 2"]}
      {"kind":"end","time":"2026-11-27T20:45:00Z","step":20,"reason":"stopped","seconds":31.5}
      {"kind":"begin","time":"2026-11-28T20:40:00Z","step":20,"threads":1}

      """
    return FuzzTarget(
      "run",
      [
        File("metrics.jsonl", .jsonLines, texts: [metrics]),
        File("samples.jsonl", .jsonLines, texts: [samples]),
        File("sessions.jsonl", .jsonLines, texts: [sessions]),
        File("config.json5", .text, texts: [configuration]),
      ]
    ) { input in
      try input.write()
      let history = try RunHistory(directory: RunDirectory(input.directory))
      guard input.number % 4 == 0 else { return }
      for page in [RunPage(history).html, RunComparisonPage(history, history).html] {
        try FuzzFinding.check(page.hasSuffix("</html>\n"), "half a page")
      }
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
