import Tensor

/// Why processes cannot work together.
public enum DistributedError: Error, Hashable, CustomStringConvertible {
  /// The program was started by `mpirun`, and there is no library of MPI.
  case noLibrary(tried: [String], reason: String)
  /// The library has none of the functions or values that are needed.
  case otherLibrary(path: String, missing: String)
  /// An environment variable holds something that is not understood.
  case wrongSetting(name: String, found: String, expected: String)
  /// A call of MPI has failed.
  case failed(operation: String, rank: Int, host: String, reason: String)
  /// Some ranks did not take part in an operation in time.
  case late(operation: String, rank: Int, host: String, seconds: Double, missing: [String])
  /// The ranks do not agree on something that must be the same on all of them.
  case disagreement(subject: String, own: String, others: [String])
  /// A rank has failed, and tells the others why.
  case otherRank(rank: Int, host: String, reason: String)

  /// What was found, on which rank and host.
  public var description: String {
    switch self {
    case .noLibrary(let tried, let reason):
      "the program was started by mpirun, and no library of MPI can be loaded (tried \(tried.joined(separator: ", ")): "
        + "\(reason)). On Debian and Ubuntu: apt-get install openmpi-bin"
    case .otherLibrary(let path, let missing):
      "\(path) is neither Open MPI 4 or later nor MPICH 3 or later: it has no \(missing)"
    case .wrongSetting(let name, let found, let expected):
      "the environment variable \(name) holds \"\(found)\", expected \(expected)"
    case .failed(let operation, let rank, let host, let reason):
      "rank \(rank) on \(host): \(operation) failed: \(reason)"
    case .late(let operation, let rank, let host, let seconds, let missing):
      "rank \(rank) on \(host) has waited \(Int(seconds)) s in \(operation) for "
        + "\(missing.joined(separator: "; "))"
    case .disagreement(let subject, let own, let others):
      "the ranks have different \(subject): \(own) here, \(others.joined(separator: "; "))"
    case .otherRank(let rank, let host, let reason): "rank \(rank) on \(host) has failed: \(reason)"
    }
  }
}
