import Foundation
import Testing

@testable import MDLM

/// Against a random GPT-2 that Hugging Face `transformers` 5.24.0 wrote and scored in double precision.
struct GPT2NetworkTests {
  private static let folder = Golden.fixtures + "/gpt2_tiny"
  private let device = Device(threads: 2)

  private struct Row: Decodable {
    let tokens: [Int32]
    let nll: [Double]
  }

  private func rows() throws -> [Row] {
    let data = try Data(contentsOf: URL(filePath: Self.folder + "/scores.json"))
    return try JSONDecoder().decode([Row].self, from: data)
  }

  private func network(_ weights: String? = nil) throws -> GPT2Network {
    try GPT2Network(
      weights: weights ?? Self.folder + "/model.safetensors",
      try GPT2Configuration(path: Self.folder + "/config.json"), on: device)
  }

  @Test func scoresAreThoseOfTransformers() throws {
    let network = try network()
    for row in try rows() {
      let found = network.negativeLogLikelihoods(
        row.tokens, length: row.tokens.count, at: (1..<Int32(row.tokens.count)).map { $0 })
      #expect(relativeDeviation(found, row.nll) < 1e-5)
    }
  }

  @Test func agreesWithTheOracle() throws {
    let file = try SafetensorsFile(path: Self.folder + "/model.safetensors")
    func weight(_ name: String) throws -> DoubleTensor {
      let entry = try #require(file["transformer." + name])
      return DoubleTensor(
        shape: entry.shape, values: try file.readFloats(entry.name).map(Double.init))
    }
    let tokens = try #require(try rows().first?.tokens)
    func linear(_ x: DoubleTensor, _ name: String) throws -> DoubleTensor {
      x.linear(try weight(name + ".weight").transposed, bias: try weight(name + ".bias"))
    }
    func norm(_ x: DoubleTensor, _ name: String) throws -> DoubleTensor {
      x.layerNormalized(
        weight: try weight(name + ".weight"), bias: try weight(name + ".bias"), epsilon: 1e-4)
    }
    var x = try weight("wte.weight").gatheringRows(tokens)
      .adding(try weight("wpe.weight").gatheringRows(tokens.indices.map { Int32($0) }))
    for layer in 0..<2 {
      let all = try linear(try norm(x, "h.\(layer).ln_1"), "h.\(layer).attn.c_attn")
      let gathered = all.columns(chunk: 0, width: 16).attending(
        keys: all.columns(chunk: 1, width: 16), values: all.columns(chunk: 2, width: 16),
        heads: 2, keyHeads: 2)
      x = x.adding(try linear(gathered, "h.\(layer).attn.c_proj"))
      let middle = try linear(try norm(x, "h.\(layer).ln_2"), "h.\(layer).mlp.c_fc").gelu()
      x = x.adding(try linear(middle, "h.\(layer).mlp.c_proj"))
    }
    let logits = try norm(x, "ln_f").linear(try weight("wte.weight"))
    let expected = logits.crossEntropies(targets: tokens.dropFirst() + [0], excluded: nil)
    let found = try network().negativeLogLikelihoods(
      tokens, length: tokens.count, at: (1..<Int32(tokens.count)).map { $0 })
    #expect(relativeDeviation(found, Array(expected.dropLast())) < 1e-5)
  }

  /// Tensors of the fixture, renamed or left out.
  private func rewritten(
    to path: String, _ rename: (String, [Int]) -> (String, [Int])?
  ) throws {
    let file = try SafetensorsFile(path: Self.folder + "/model.safetensors")
    let tensors = try file.entries.compactMap { entry -> NamedTensor? in
      guard let (name, shape) = rename(entry.name, entry.shape) else { return nil }
      let values = try file.readFloats(entry.name)
      return makeTensor(name, shape, Array(values.prefix(shape.reduce(1, *))))
    }
    try SafetensorsWriter.write(tensors, to: path)
  }

  @Test func prefixMayBeMissing() throws {
    try withScratchDirectory { folder in
      let path = folder + "/model.safetensors"
      try rewritten(to: path) { (String($0.dropFirst("transformer.".count)), $1) }
      let row = try #require(try rows().first)
      let found = try network(path).negativeLogLikelihoods(row.tokens, length: 24, at: [1, 2])
      #expect(relativeDeviation(found, Array(row.nll.prefix(2))) < 1e-5)
    }
  }

  @Test func tensorsThatDoNotFitAreListed() throws {
    try withScratchDirectory { folder in
      let path = folder + "/model.safetensors"
      try rewritten(to: path) { name, shape in
        switch name {
        case "transformer.h.1.ln_1.bias": nil
        case "transformer.h.0.ln_2.bias": ("transformer.h.7.ln_2.bias", shape)
        case "transformer.h.0.attn.c_attn.bias": (name, [47])
        default: (name, shape)
        }
      }
      let text = sentence { _ = try network(path) }
      for part in [
        "2 missing (h.0.ln_2.bias [16], h.1.ln_1.bias [16])",
        "1 unexpected (transformer.h.7.ln_2.bias [16])",
        "1 misshapen (h.0.attn.c_attn.bias [47] instead of [48])",
      ] { #expect(text.contains(part), "\(text)") }
    }
  }

  @Test(arguments: [
    (#""model_type": "gpt2""#, #""model_type": "bert""#, "model_type: found \"bert\""),
    (#""gelu_new""#, #""relu""#, "activation_function: found \"relu\""),
    (#""n_head": 2"#, #""n_head": 3"#, "n_head: found 3, expected a divisor of n_embd, 16"),
    (#""n_layer": 2"#, #""n_layer": 0"#, "n_layer: found 0"),
    (
      #""scale_attn_by_inverse_layer_idx": false"#, #""scale_attn_by_inverse_layer_idx": true"#,
      "scale_attn_by_inverse_layer_idx: found true"
    ),
  ])
  func otherNetworksAreRefused(old: String, new: String, message: String) throws {
    let config = String(
      decoding: try bytes(of: Self.folder + "/config.json"), as: UTF8.self)
    try #require(config.contains(old))
    try withScratchDirectory { folder in
      try write(config.replacingOccurrences(of: old, with: new).utf8, to: folder + "/config.json")
      let text = sentence { _ = try GPT2Configuration(path: folder + "/config.json") }
      #expect(text.contains(message), "\(text)")
    }
  }
}
