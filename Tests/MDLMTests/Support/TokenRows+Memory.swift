@testable import MDLM

extension TokenRows {
  /// The tokens of all rows, row-major; rows of these tests are in memory and cannot fail to be read.
  var tokens: [Int32] { (try? tokens(of: 0..<count)) ?? [] }

  func row(_ index: Int) -> [Int32] { (try? tokens(of: [index])) ?? [] }
}
