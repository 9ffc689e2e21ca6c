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
  func beginSum(_ values: UnsafeMutableBufferPointer<Float>) throws -> any PendingExchange
  /// Begins to send a piece of memory to each other rank, and to receive one from each.
  ///
  /// - Parameters:
  ///   - pieces: the memory, which must stay until the exchange is done.
  ///   - isReturn: which of two kinds it is. Those of one kind begin in the same order on all ranks.
  ///   - follow: runs on any thread when the pieces of all ranks are here and the own ones are sent, before the exchange is
  ///     done; in the order in which the exchanges began.
  func beginExchange(
    _ pieces: ExchangedPieces, isReturn: Bool, then follow: @escaping @Sendable () throws -> Void
  ) throws -> any PendingExchange
  /// The bytes of rank 0, on all ranks.
  func broadcast(_ bytes: [UInt8]) throws -> [UInt8]
  /// The bytes of each rank, by rank, on all ranks.
  func allGather(_ bytes: [UInt8]) throws -> [[UInt8]]
}

/// The memory that a rank exchanges with the others. Ranges are in bytes, one for each rank, empty for the own one.
///
/// `@unchecked Sendable` since nobody else uses the memory until the exchange is done.
package struct ExchangedPieces: @unchecked Sendable {
  package let source: UnsafeRawBufferPointer
  /// What of the source each rank gets.
  package let sent: [Range<Int>]
  package let target: UnsafeMutableRawBufferPointer
  /// Where in the target the bytes of each rank come to lie.
  package let received: [Range<Int>]
}

/// A sum or an exchange that has begun.
package protocol PendingExchange {
  /// Lets it proceed, without waiting for it.
  ///
  /// - Returns: whether it is done.
  func advance() throws -> Bool
  /// Waits until it is done.
  func wait() throws
}

extension TrainingGroup {
  /// The number of processes.
  package var size: Int { hosts.count }
}
