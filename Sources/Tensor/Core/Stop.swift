/// Stops the program on a programmer's error: a shape, an axis or an index that cannot be right.
///
/// `fatalError` is used since `precondition` prints no message in release builds. Whatever comes from outside
/// the program (files, images, configurations) throws an error instead.
///
/// - Parameter message: the operation, what was found and what was expected,
///   as in `matmul: inner dimensions differ: [2, 3] x [4, 5]`.
package func stop(_ message: @autoclosure () -> String) -> Never {
  fatalError(message())
}

/// Stops the program with `message` unless `condition` holds.
@inline(__always)
package func require(_ condition: Bool, _ message: @autoclosure () -> String) {
  if !condition { stop(message()) }
}
