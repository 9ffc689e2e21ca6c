/// Processes that train one model together, as one of them sees them.
///
/// All operations are collective: every rank calls the same ones in the same order. They are for one thread at a time.
package protocol TrainingGroup: Sendable {
  /// The number of this process, from 0.
  var rank: Int { get }
  /// The names of the machines, by rank.
  var hosts: [String] { get }

  /// Begins to add up the values of all ranks, element by element and in place. The sums have the same bits on each rank.
  ///
  /// - Parameter values: as many on each rank. The memory must stay until the sum is done.
  func beginSum(_ values: UnsafeMutableBufferPointer<Float>) throws -> any PendingSum
  /// The bytes of rank 0, on all ranks.
  func broadcast(_ bytes: [UInt8]) throws -> [UInt8]
  /// The bytes of each rank, by rank, on all ranks.
  func allGather(_ bytes: [UInt8]) throws -> [[UInt8]]
}

/// A sum that has begun.
package protocol PendingSum {
  /// Lets the sum proceed, without waiting for it.
  ///
  /// - Returns: whether it is there.
  func advance() throws -> Bool
  /// Waits until the sum is there.
  func wait() throws
}

extension TrainingGroup {
  /// The number of processes.
  package var size: Int { hosts.count }
}
