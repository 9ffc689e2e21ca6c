/// Why processes cannot train together.
public enum DistributionError: Error, Hashable, CustomStringConvertible {
  /// A rank has failed, and tells the others why.
  case rank(Int, host: String, reason: String)
  /// Two ranks do not do the same work.
  case disagreement(rank: Int, host: String, other: Int, otherHost: String, difference: String)
  /// A callback has changed something where it cannot reach the other ranks.
  case changeBeforeBatch
  /// The size of the pieces of gradients is below that of one number.
  case bucketSize(Int)

  /// The ranks, their hosts, and what was found.
  public var description: String {
    switch self {
    case .rank(let rank, let host, let reason): "rank \(rank) on \(host) has failed: \(reason)"
    case .disagreement(let rank, let host, let other, let otherHost, let difference):
      "rank \(rank) on \(host) and rank \(other) on \(otherHost) do not do the same: \(difference)"
    case .changeBeforeBatch:
      "a callback has changed the weights, which of them are trained, or the learning rate in batchBegan, where the other ranks "
        + "do not notice; do it in batchEnded or in an event of an epoch"
    case .bucketSize(let size): "bucketSize is \(size) bytes, at least 4 are needed"
    }
  }
}
