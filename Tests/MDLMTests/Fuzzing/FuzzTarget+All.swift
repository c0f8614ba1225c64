@testable import MDLM

extension FuzzTarget {
  /// Every parser of the package that reads what others may have written.
  ///
  /// - Parameter scratch: A directory that targets may use to make their seeds.
  /// - Returns: Targets of distinct names.
  /// - Throws: Whatever goes wrong where a seed is made.
  static func all(in scratch: String) throws -> [FuzzTarget] {
    try [json, json5, configuration, modelConfiguration, trainingState, safetensors]
      + [modelDirectory(scratch), llamaJudge, gpt2Judge(scratch)]
      + tokenizers + data(scratch) + [trace(scratch), samples, run, textRequests]
  }
}
