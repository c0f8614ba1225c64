import Foundation
import Testing

@testable import MDLM

/// One case of the tensors that the official code wrote, with torch's own single-precision error.
struct Golden {
  let file: SafetensorsFile
  let facts: Facts

  struct Facts: Decodable {
    let loss: Double?
    let gradNorms: [String: Double]?
    let fp32VsF64: Errors?
    let worstFinalWeightFp32VsF64: Relative?

    struct Errors: Decodable {
      let lossRel: Double
      let nlls: Relative
      let logits: Relative
      let worstGrad: Worst

      enum CodingKeys: String, CodingKey {
        case lossRel = "loss_rel"
        case nlls, logits
        case worstGrad = "worst_grad"
      }
    }
    struct Relative: Decodable {
      let relToMax: Double
      enum CodingKeys: String, CodingKey { case relToMax = "rel_to_max" }
    }
    struct Worst: Decodable {
      let relToTensorMax: Double
      enum CodingKeys: String, CodingKey { case relToTensorMax = "rel_to_tensor_max" }
    }

    init(from decoder: any Decoder) throws {
      let fields = try decoder.container(keyedBy: Key.self)
      loss = try? fields.decode(Double.self, forKey: .loss)
      gradNorms = try? fields.decode([String: Double].self, forKey: .gradNorms)
      fp32VsF64 = try? fields.decode(Errors.self, forKey: .errors)
      worstFinalWeightFp32VsF64 = try? fields.decode(Relative.self, forKey: .weightErrors)
    }

    enum Key: String, CodingKey {
      case loss
      case gradNorms = "grad_norms"
      case errors = "fp32_vs_f64"
      case weightErrors = "worst_final_weight_fp32_vs_f64"
    }
  }

  init(_ name: String) throws {
    file = try SafetensorsFile(path: try #require(Self.path("\(name).safetensors")))
    facts = try #require(try Self.facts(name))
  }

  func floats(_ name: String) throws -> [Float] { try file.readFloats(name) }
  func integers(_ name: String) throws -> [Int32] { try file.readInt32(name) }

  /// Where a file of the goldens is: shipped with the tests, or in the full set beside the checkout.
  static func path(_ name: String) -> String? {
    [fixtures, fullSet].map { $0 + "/" + name }.first(where: FileManager.default.fileExists)
  }

  static let fixtures = Bundle.module.resourcePath.map { $0 + "/Fixtures" } ?? "Fixtures"
  static let fullSet = URL(filePath: #filePath).appending(
    path: "../../../../../shared/reference/goldens"
  )
  .standardized.path

  static var hasFullSet: Bool {
    FileManager.default.fileExists(atPath: fullSet + "/goldens.json")
  }

  static let absence: Comment = "needs the full set of goldens (../shared/reference/goldens)"

  private static func facts(_ name: String) throws -> Facts? {
    struct Whole: Decodable { let cases: [String: Facts] }
    for directory in [fixtures, fullSet] {
      guard let data = FileManager.default.contents(atPath: directory + "/goldens.json") else {
        continue
      }
      if let facts = try JSONDecoder().decode(Whole.self, from: data).cases[name] { return facts }
    }
    return nil
  }
}

/// The largest deviations of a comparison, and whether all are within their tolerance.
struct Deviations {
  private(set) var lines: [String] = []
  private(set) var failures: [String] = []

  /// Compares with max(5 × torch's own error, 1e-6), relative to the largest magnitude.
  mutating func compare(
    _ name: String, _ ours: [Float], _ theirs: [Float], torchError: Double
  ) {
    #expect(ours.count == theirs.count, "\(name)")
    let magnitude = Double(theirs.map(abs).max() ?? 0)
    let deviation = zip(ours, theirs).map { abs(Double($0) - Double($1)) }.max() ?? 0
    record(name, deviation / max(magnitude, .leastNormalMagnitude), max(5 * torchError, 1e-6))
  }

  mutating func compare(_ name: String, _ ours: Double, _ theirs: Double, tolerance: Double) {
    record(name, abs(ours - theirs) / abs(theirs), tolerance)
  }

  private mutating func record(_ name: String, _ relative: Double, _ tolerance: Double) {
    let line = "\(name): \(relative) (at most \(tolerance))"
    lines.append(line)
    if !(relative <= tolerance) { failures.append(line) }
  }
}
