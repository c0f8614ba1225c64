import Testing

/// Whether this build is optimized; C is about a hundred times slower in a debug build.
let isOptimizedBuild: Bool = {
  #if DEBUG
    false
  #else
    true
  #endif
}()

extension Trait where Self == ConditionTrait {
  /// Runs a test in release builds only.
  static var releaseOnly: Self { .enabled(if: isOptimizedBuild, "needs -c release") }
}
