import Testing

@testable import MDLM

/// Every operation and its pullback against a Double oracle: one line an operation and shape.
struct OperationTests {
  @Test(arguments: OperationTable.elementwise) func elementwise(_ test: Operation) {
    GradientCheck.run(test)
  }

  @Test(arguments: OperationTable.linear) func linear(_ test: Operation) { GradientCheck.run(test) }

  @Test(arguments: OperationTable.normalization) func normalization(_ test: Operation) {
    GradientCheck.run(test)
  }

  @Test(arguments: OperationTable.attention) func attention(_ test: Operation) {
    GradientCheck.run(test)
  }

  @Test(arguments: OperationTable.rows) func rows(_ test: Operation) { GradientCheck.run(test) }

  @Test(arguments: OperationTable.losses) func losses(_ test: Operation) { GradientCheck.run(test) }

  /// Rows and columns beyond the borders of the blocks that threads share.
  @Test(.releaseOnly, arguments: OperationTable.large) func severalBlocks(_ test: Operation) {
    GradientCheck.run(test, on: Device(threads: 3))
  }
}
