import Foundation
import Testing

@testable import MDLMCommand

/// One mistake in the world, and how a command that meets it has to end.
struct BadInput: Sendable, CustomTestStringConvertible {
  let testDescription: String
  /// The words after `mdlm`; `@` stands for the workspace, as in fragments.
  let line: String
  let exitCode: ExitCode
  /// What the message says: where, what was found, what was expected or what to do.
  let fragments: [String]
  /// Whether the run `run` has been trained, and published without tokenizer as `published`.
  let needsModel: Bool
  let prepare: @Sendable (Workspace) throws -> Void

  init(
    _ name: String, _ line: String, _ exitCode: ExitCode, saying fragments: [String],
    needsModel: Bool = false, prepare: @escaping @Sendable (Workspace) throws -> Void = { _ in }
  ) {
    testDescription = name
    self.line = line
    self.exitCode = exitCode
    self.fragments = fragments
    self.needsModel = needsModel
    self.prepare = prepare
  }

  init(
    _ name: String, _ line: String, _ exitCode: ExitCode, _ fragments: String...,
    needsModel: Bool = false, prepare: @escaping @Sendable (Workspace) throws -> Void = { _ in }
  ) {
    self.init(
      name, line, exitCode, saying: fragments, needsModel: needsModel, prepare: prepare)
  }

  /// Makes the mistake, and checks the exit code, the message and what is left on the disk.
  func check() throws {
    let place = try Workspace()
    if needsModel {
      try #require(place.train().exitCode == .success)
      try place.publish(as: "published")
    }
    try prepare(place)
    let before = try place.names
    let run = place.run(line)
    #expect(run.exitCode == exitCode, "\(run.messages)")
    #expect(run.output.isEmpty)
    #expect(try place.names == before)
    for fragment in fragments {
      #expect(run.messages.contains(place.expanded(fragment)), "\(fragment) in \(run.messages)")
    }
    let errors = run.messages.split(separator: "\n").filter { $0.hasPrefix("error: ") }
    #expect(!errors.isEmpty)
    for error in errors {
      let parts = [": found ", ", expected ", ". "]
      #expect(parts.allSatisfy(error.contains) && error.hasSuffix("."), "\(error)")
    }
  }
}

extension Workspace {
  /// Replaces a part of the configuration, which must be there once.
  func configure(_ old: String, _ new: String) throws {
    let parts = Self.configuration.components(separatedBy: old)
    try #require(parts.count == 2)
    try write(parts.joined(separator: new), to: "tiny.json5")
  }

  /// Replaces a part of a file that is text, which must be there.
  func replace(_ old: String, with new: String, in name: String) throws {
    let text = String(decoding: try bytes(of: name), as: UTF8.self)
    try #require(text.contains(old))
    try write(Array(text.replacingOccurrences(of: old, with: new).utf8), to: name)
  }

  func remove(_ name: String) throws {
    try FileManager.default.removeItem(atPath: "\(path)/\(name)")
  }
}
