import Testing

@testable import MDLM

struct RunComparisonPageTests {
  private func page(_ first: RunSketch, _ second: RunSketch) throws -> String {
    RunComparisonPage(try first.read(), try second.read()).html
  }

  private var other: RunSketch {
    var run = RunSketch.trained(to: 40)
    run.configuration = run.configuration?.replacing(
      "lr: 0.01 }",
      with: "lr: 0.02 }, lr_scheduler: { name: \"cosine_decay_warmup\", num_warmup_steps: 3 }")
    return run
  }

  @Test func runsShareCharts() throws {
    let html = try page(.trained(to: 80), other)
    for id in ["loss", "share", "time", "norm", "rate", "speed", "memory"] {
      #expect(html.contains("id=\"\(id)\""), "\(id)")
    }
    #expect(html.contains("run0") && html.contains("run1"))
  }

  @Test func differenceOfTheSettingsIsShown() throws {
    let html = try page(.trained(), other)
    #expect(html.contains("<span class=\"run0\">− optim.lr: 0.01</span>"))
    #expect(html.contains("<span class=\"run1\">+ optim.lr: 0.02</span>"))
    // A setting that does something in one of the two alone.
    #expect(
      html.contains("+ lr_scheduler.lr_min: 1e-06") && !html.contains("− lr_scheduler.lr_min"))
    #expect(!html.contains("model.length"))
    #expect(try page(.trained(), .trained()).contains("all settings are the same"))
  }

  @Test func betterRunIsNamed() throws {
    let html = try page(.trained(to: 40), .trained(to: 80))
    #expect(html.contains("is better by 0.2667 nats a token: its perplexity is 23.4 % lower."))
    #expect(html.contains("The 95 % intervals do not overlap."))
  }

  @Test func otherTokenizersAreNoted() throws {
    var second = RunSketch.trained()
    second.configuration = second.configuration?.replacing("\"char\"", with: "\"byte\"")
    #expect(try page(.trained(to: 80), second).contains("other tokens"))
    #expect(try !page(.trained(to: 80), .trained()).contains("other tokens"))
  }
}
