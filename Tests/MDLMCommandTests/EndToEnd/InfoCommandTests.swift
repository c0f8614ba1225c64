import Foundation
import Testing

@testable import MDLMCommand

struct InfoCommandTests {
  @Test func checkpointTellsItsSizesAndState() throws {
    let place = try Workspace()
    #expect(place.train().exitCode == .success)
    let text = place.run("info @/run").output
    for line in [
      "network      16 wide, 1 blocks", "step 4, 16 rows read, seed 1", "tokenizer.json",
    ] {
      #expect(text.contains(line))
    }
    let fields = try object(place.run("info @/run/checkpoints/00000002 --json").output)
    #expect(fields["step"] as? Int == 2)
    #expect(fields["length"] as? Int == 8)
    #expect(fields["mask_token_id"] as? Int == (fields["vocab_size"] as? Int ?? 0) - 1)
    #expect(fields["path"] as? String == place.path + "/run/checkpoints/00000002")
  }

  @Test(arguments: [
    ("seed=1", "subs in continuous time, loglinear noise"),
    ("T=10", "subs in 10 steps, loglinear noise"),
    (
      "noise={type: 'linear', sigma_max: 3}",
      "subs in continuous time, linear noise from 0.001 to 3.0"
    ),
    ("noise.type=polynomial", "subs in continuous time, polynomial noise of degree 2.0"),
    ("parameterization=d3pm", "d3pm in 1000 steps, loglinear noise"),
    ("parameterization=sedd", "sedd in continuous time, loglinear noise"),
    ("parameterization=ar", "ar, one token after another"),
  ])
  func modelTellsWhatItWasTrainedAs(override: String, description: String) throws {
    let place = try Workspace()
    let (config, run) = (place.path + "/tiny.json5", place.path + "/run")
    let training = CommandRun([
      "train", "--config", config, "--output", run, "--threads", "1", "--stop-at", "1", "--set",
      override,
    ])
    #expect(training.exitCode == .success, "\(training.messages)")
    let text = place.run("info @/run").output
    #expect(text.contains("\ntrained as   \(description)\n"), "\(text)")
    let fields = try object(place.run("info @/run --json").output)
    let words = description.split { " ,".contains($0) }
    #expect(fields["parameterization"] as? String == words.first.map(String.init))
    #expect(fields["T"] as? Int == (description.contains("steps") ? Int(words[2]) : 0))
    #expect(fields["noise"] is String)
    // Of the configuration that the run left, too.
    let planned = place.run("info --config @/run/config.json5").output
    #expect(planned.contains("trained as   \(description)\n"))
  }

  @Test func publishedModelHasNoState() throws {
    let place = try Workspace()
    #expect(place.train().exitCode == .success)
    try place.publish(as: "published")
    #expect(place.run("info @/published").output.contains("none: token ids in and out"))
    let fields = try object(place.run("info @/published --json").output)
    #expect(fields["step"] is NSNull && fields["tokenizer"] is NSNull)
  }

  @Test func configurationTellsTheSameSizesAsItsRun() throws {
    let place = try Workspace()
    #expect(place.train().exitCode == .success)
    let planned = try object(place.run("info --config @/tiny.json5 --json").output)
    let made = try object(place.run("info @/run --json").output)
    #expect(planned["parameters"] as? Int == made["parameters"] as? Int)
    #expect(planned["vocab_size"] as? Int == made["vocab_size"] as? Int)
  }

  @Test func resolvedConfigurationResolvesToItself() throws {
    let place = try Workspace()
    let text = place.run("config @/tiny.json5 --set seed=7").output
    #expect(text.contains("seed: 7"))
    try place.write(text, to: "resolved.json5")
    #expect(place.run("config @/resolved.json5").output == text)
    let data = try object(place.run("config @/tiny.json5 --json").output)["data"]
    #expect((data as? [String: Any])?["tokenizer_name_or_path"] as? String == "char")
  }
}
