/// What the receiver of a progress report wants of long work.
public enum Disposition: Sendable, Equatable {
  case proceed
  /// End as soon as everything so far is safe.
  case stop
}
