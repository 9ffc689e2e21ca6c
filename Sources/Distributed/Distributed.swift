import Glibc
import Tensor

/// Many processes, started by `mpirun`, that work on one thing.
public enum Distributed {
  /// The environment variables that the starters of Open MPI, MPICH and Slurm set in each process.
  private static let marks = ["OMPI_COMM_WORLD_SIZE", "PMI_SIZE", "PMIX_RANK"]

  /// Whether the program was started by `mpirun` or another starter of MPI.
  public static var isStartedByMPI: Bool { marks.contains { getenv($0) != nil } }

  /// Joins the processes that `mpirun` has started. Without it, gives a group of this process alone, and needs no MPI.
  ///
  /// ```swift
  /// let group = try Distributed.start()
  /// let total = try group.allReduce(Tensor<Float>([Float(group.rank)]), .sum)
  /// if group.rank == 0 { print(total) }
  /// ```
  ///
  /// Where several processes share a machine, each computes on its share of the processors, unless the environment variable
  /// `KILIM_THREADS` or `mpirun` itself, which binds processes to processors, says otherwise.
  ///
  /// All processes leave the group when the program ends. One that ends with an error, by `exit` with another status than 0,
  /// ends the others too.
  ///
  /// - Parameter patience: how long another rank may be silent while this one waits for it, in seconds, before an operation
  ///   throws; above 0 and finite. A rank that computes or reads is not silent. The environment variable `KILIM_PATIENCE`
  ///   overrides it.
  /// - Throws: ``DistributedError`` if MPI is missing, is of another kind, or cannot start, or `KILIM_PATIENCE` is no number of
  ///   seconds.
  public static func start(patience: Double = 20) throws -> ProcessGroup {
    guard isStartedByMPI else { return ProcessGroup.alone }
    require(patience > 0 && patience.isFinite, "Distributed.start: the patience is \(patience) s")
    let setting = getenv("KILIM_PATIENCE").map { String(cString: $0) } ?? ""
    let group = try MPISession.start(patience: setting.isEmpty ? patience : patienceSetting(setting))
    shareProcessors(group)
    return group
  }

  /// The seconds that `KILIM_PATIENCE` says. With NaN or infinity, a lost rank would be waited for without end.
  package static func patienceSetting(_ text: String) throws(DistributedError) -> Double {
    guard let seconds = Double(text), seconds > 0, seconds.isFinite else {
      throw .wrongSetting(name: "KILIM_PATIENCE", found: text, expected: "a number of seconds above 0")
    }
    return seconds
  }

  /// Leaves the group before the program ends, on all ranks. After that a process may end with any exit status, and the others
  /// go on. Nothing can be exchanged any more.
  ///
  /// - Throws: ``DistributedError`` when a rank does not come.
  public static func leave() throws {
    try MPISession.used.withLock { $0 }?.end()
  }

  private static func shareProcessors(_ group: ProcessGroup) {
    guard getenv("KILIM_THREADS") == nil else { return }
    let ranksHere = group.hosts.count { $0 == group.host }
    let processors = sysconf(Int32(_SC_NPROCESSORS_ONLN))
    Threads.count = min(Threads.count, max(processors / ranksHere, 1))
  }
}
