import Synchronization
import Tensor

/// The value of a parameter or a buffer behind a lock, and whether a layer was built with it.
package final class TensorStorage: Sendable {
  /// What is stored at one moment.
  package struct Content: Sendable {
    package var value: Tensor<Float>? { didSet { version = TensorStorage.nextVersion() } }
    /// Differs for every value that any tensor of a layer had, so that what was computed from a value can be kept for it.
    package private(set) var version = TensorStorage.nextVersion()
    /// Whether the layer was built: the value is kept when it is built again.
    package var isBuilt = false
    /// The value before the layer was built, for one that was made with a value.
    package var initial: Tensor<Float>?

    package init(value: Tensor<Float>?, isBuilt: Bool = false) {
      self.value = value
      self.isBuilt = isBuilt
    }
  }

  private let stored: Lock<Content>

  init(_ value: Tensor<Float>?) {
    stored = Lock(Content(value: value))
  }

  package var content: Content {
    get { stored.withLock { $0 } }
    set { stored.withLock { $0 = newValue } }
  }

  package var value: Tensor<Float>? {
    get { stored.withLock { $0.value } }
    set { stored.withLock { $0.value = newValue } }
  }

  /// The version of the value.
  package var version: Int { stored.withLock { $0.version } }

  private static let versions = Atomic(0)
  fileprivate static func nextVersion() -> Int { versions.add(1, ordering: .relaxed).newValue }

  /// Forgets that a layer was built with it; the value is again the one from before.
  package func reset() {
    stored.withLock { if $0.isBuilt { $0 = Content(value: $0.initial) } }
  }

  func update(_ change: (inout Tensor<Float>) -> Void) {
    stored.withLock { content in
      guard var value = content.value else { stop("Parameter: changed before it had a value; was the layer built?") }
      content.value = nil
      change(&value)
      content.value = value
    }
  }
}
