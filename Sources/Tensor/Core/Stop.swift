/// Stops the program on a programmer's error: a shape, an axis or an index that cannot be right.
///
/// `fatalError` is used since `precondition` prints no message in release builds. Whatever comes from outside
/// the program (files, images, configurations) throws an error instead.
///
/// - Parameter message: the operation, what was found and what was expected,
///   as in `matmul: inner dimensions differ: [2, 3] x [4, 5]`.
package func stop(_ message: @autoclosure () -> String) -> Never {
  fatalError((StopPlace.current.map { "\($0.describe()): " } ?? "") + message())
}

/// What is being computed: a part of a model, a loss, a metric. The messages of `stop` begin with it.
package struct StopPlace: Sendable {
  /// The outermost model; `nil` outside models.
  package let root: (any AnyObject & Sendable)?
  /// As in `layer dense, built for inputs of shape [4] and called with [5]`.
  package let describe: @Sendable () -> String

  package init(root: (any AnyObject & Sendable)?, describe: @escaping @Sendable () -> String) {
    self.root = root
    self.describe = describe
  }

  /// `nil` where there is nothing to say.
  @TaskLocal package static var current: StopPlace?

  /// Computes something whose `stop` messages begin with its name, behind the place that is there.
  package static func named<Result>(
    _ name: @escaping @autoclosure @Sendable () -> String, _ body: () throws -> Result
  ) rethrows -> Result {
    let outer = current
    let place = StopPlace(root: outer?.root) { (outer.map { "\($0.describe()): " } ?? "") + name() }
    return try $current.withValue(place, operation: body)
  }
}

/// Stops the program with `message` unless `condition` holds.
@inline(__always)
package func require(_ condition: Bool, _ message: @autoclosure () -> String) {
  if !condition { stop(message()) }
}
