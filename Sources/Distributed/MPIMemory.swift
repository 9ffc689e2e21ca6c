/// Numbers that MPI reads or writes in place.
///
/// An operation holds them until it is done, also where nobody waits for it any more: after a rank was lost, MPI may still use
/// them.
///
/// `@unchecked Sendable` since the program leaves them alone while an operation goes on.
final class MPIMemory<Scalar: BitwiseCopyable & Sendable>: @unchecked Sendable {
  private(set) var values: [Scalar]

  init(_ values: [Scalar]) { self.values = values }

  /// Numbers that are all written before they are read.
  init(count: Int) {
    values = Array(unsafeUninitializedCapacity: count) { $1 = count }
  }

  /// Lends their place to an operation that only reads them. They are not copied, also where others have the same array.
  func read<Result>(_ body: (UnsafeBufferPointer<Scalar>) throws -> Result) rethrows -> Result {
    try values.withUnsafeBufferPointer(body)
  }

  /// Lends their place to an operation that writes there.
  func write<Result>(_ body: (UnsafeMutableBufferPointer<Scalar>) throws -> Result) rethrows -> Result {
    try values.withUnsafeMutableBufferPointer { try body($0) }
  }
}
