/// Numbers that MPI reads or writes in place.
///
/// An operation holds them until it is done, also where nobody waits for it any more: after a rank was lost, MPI may still use
/// them.
///
/// `@unchecked Sendable` since the program leaves them alone while an operation goes on.
final class MPIMemory<Scalar: BitwiseCopyable & Sendable>: @unchecked Sendable {
  /// Their place. An array would have a fixed one only while a closure runs, and MPI goes on after it.
  let buffer: UnsafeMutableBufferPointer<Scalar>

  /// A copy of numbers.
  init(_ values: [Scalar]) {
    buffer = .allocate(capacity: values.count)
    _ = buffer.initialize(from: values)
  }

  /// Numbers that are all written before they are read.
  init(count: Int) {
    buffer = .allocate(capacity: count)
  }

  deinit { buffer.deallocate() }

  /// A copy of the numbers.
  var values: [Scalar] { Array(buffer) }
}
