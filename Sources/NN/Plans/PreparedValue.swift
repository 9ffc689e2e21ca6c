import Autograd
import Tensor

/// What is made from the values of parameters and kept until one of them changes.
final class PreparedValue<Value: Sendable>: Sendable {
  private let sources: [TensorStorage]
  private let kept = Lock<(versions: [Int], value: Value)?>(nil)

  init(of sources: [TensorStorage]) { self.sources = sources }

  /// The value that is kept, or else what `make` returns.
  func value(_ make: () -> Value) -> Value {
    // Read before the values: one that changes meanwhile is found to have changed by the next call.
    let versions = sources.map(\.version)
    if let kept = kept.withLock({ $0 }), kept.versions == versions { return kept.value }
    let value = make()
    kept.withLock { $0 = (versions, value) }
    return value
  }
}
