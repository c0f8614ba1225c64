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
