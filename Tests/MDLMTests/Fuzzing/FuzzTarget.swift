import Foundation

@testable import MDLM

/// A parser of bytes from outside, with valid files to damage.
struct FuzzTarget {
  /// One of the files that the parser reads together.
  struct File {
    let name: String
    let form: Mutator.Form
    /// Valid contents; those of the same number belong together, and the last one goes with the rest.
    let seeds: [[UInt8]]

    init(_ name: String, _ form: Mutator.Form, _ seeds: [[UInt8]]) {
      self.name = name
      self.form = form
      self.seeds = seeds
    }

    init(_ name: String, _ form: Mutator.Form, texts: [String]) {
      self.init(name, form, texts.map { Array($0.utf8) })
    }

    fileprivate func seed(_ number: Int) -> [UInt8] { seeds[min(number, seeds.count - 1)] }
  }

  let name: String
  let files: [File]
  /// Reads an input; what it throws but `InputError` and `InputErrors` is a failure.
  let parse: (FuzzInput) throws -> Void

  init(_ name: String, _ files: [File], parse: @escaping (FuzzInput) throws -> Void) {
    self.name = name
    self.files = files
    self.parse = parse
  }

  /// The undamaged inputs, which are the first.
  var seedCount: Int { files.map(\.seeds.count).max() ?? 0 }

  /// Input `number`, which depends on the target and on the number alone.
  func input(_ number: Int, in directory: String) -> FuzzInput {
    guard number >= seedCount else {
      return FuzzInput(
        number: number, names: files.map(\.name), contents: files.map { $0.seed(number) },
        directory: directory)
    }
    let base = name.utf8.reduce(UInt64(0xCBF2_9CE4_8422_2325)) {
      ($0 ^ UInt64($1)) &* 0x100_0000_01B3
    }
    var mutator = Mutator(seed: base &+ UInt64(number) &* 0xD134_2543_DE82_EF95)
    let (seed, donor) = (mutator.below(seedCount), mutator.below(seedCount))
    let changed = mutator.below(files.count)
    let changesAll = mutator.chance(6)
    let contents = files.enumerated().map { index, file in
      index == changed || changesAll
        ? mutator.mutated(file.seed(seed), file.form, donor: file.seed(donor)) : file.seed(seed)
    }
    return FuzzInput(
      number: number, names: files.map(\.name), contents: contents, directory: directory)
  }
}

/// Damaged files, in memory until they are written.
struct FuzzInput {
  let number: Int
  let names: [String]
  var contents: [[UInt8]]
  /// Where the target may write.
  let directory: String

  /// The content of the first file.
  var bytes: [UInt8] { contents[0] }

  /// Writes all files.
  ///
  /// - Returns: The path of the first one.
  @discardableResult
  func write() throws -> String {
    for (name, content) in zip(names, contents) {
      try OutputFile(emptying: "\(directory)/\(name)").write(content)
    }
    return "\(directory)/\(names[0])"
  }
}

/// Something that a parser took and should not have, or did wrong.
struct FuzzFinding: Error, CustomStringConvertible {
  let description: String

  init(_ description: String) { self.description = description }

  /// Throws a finding where `condition` does not hold.
  static func check(_ condition: Bool, _ description: @autoclosure () -> String) throws {
    if !condition { throw FuzzFinding(description()) }
  }
}
