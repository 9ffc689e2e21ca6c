import Kilim

extension Distribution {
  /// The processes that `mpirun` has started; `nil` for one alone. Only rank 0 prints, but for warnings and errors.
  static func ofStartedProcesses() throws -> Distribution? {
    guard Distributed.isStartedByMPI else { return nil }
    let distribution = try Distribution.dataParallel
    if !distribution.isLeader { Console.isQuiet = true }
    return distribution
  }
}
