import ArgumentParser
import Foundation
import Kilim

/// Starts a command as several processes by `mpirun`, and starts it again when one of them dies.
struct RankLaunch {
  let ranks: Int
  /// As `mpirun --host` takes them.
  let hosts: String?
  /// How often the command is started again.
  let retries: Int

  /// Runs the command with the given arguments until it succeeds, fails for good, or was started often enough.
  ///
  /// - Returns: the exit code of the last run.
  /// - Throws: ``RankLaunchError``.
  func run(_ arguments: [String]) throws -> Int32 {
    guard let mpirun = Self.path(of: "mpirun") else { throw RankLaunchError.noMPI }
    var arguments = arguments
    var retriesLeft = retries
    while true {
      let (code, wasInterrupted) = try run(mpirun, arguments)
      guard code != 0, !wasInterrupted, Self.isWorthAnotherTry(code), retriesLeft > 0 else { return code }
      Console.warn(
        "the processes have ended with exit code \(code); continuing from the newest checkpoint, "
          + "\(counted(retriesLeft, "try", plural: "tries")) left")
      retriesLeft -= 1
      // The first run may have replaced an earlier training; the others continue this one.
      arguments.removeAll { $0 == "--restart" }
      if !arguments.contains("--resume") { arguments.append("--resume") }
    }
  }

  /// Whether an exit code may come from a process that was killed or a connection that was lost, and not from wrong input, which
  /// would fail again. 128 and more: a signal; ``rankFailureCode``: a rank that others have lost.
  private static func isWorthAnotherTry(_ code: Int32) -> Bool { code >= 128 || code == rankFailureCode }

  private func run(_ mpirun: String, _ arguments: [String]) throws -> (code: Int32, wasInterrupted: Bool) {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: mpirun)
    process.arguments = options + [Self.program] + arguments
    // Many containers forbid processes to read each other's memory, which is what MPI would do for large messages.
    let usual = ["OMPI_MCA_btl_vader_single_copy_mechanism": "none"]
    var environment = ProcessInfo.processInfo.environment.merging(usual) { own, _ in own }
    // mpirun gives its processes a terminal of its own, also where this one writes to a file.
    if isatty(STDOUT_FILENO) != 1 { environment["TERM"] = "dumb" }
    if geteuid() == 0 {
      // Containers run as root.
      environment["OMPI_ALLOW_RUN_AS_ROOT"] = "1"
      environment["OMPI_ALLOW_RUN_AS_ROOT_CONFIRM"] = "1"
    }
    process.environment = environment
    // `mpirun` hands this signal on to the processes. It ends them at once for one that asks for an end.
    let watch = SignalWatch { number, count in kill(process.processIdentifier, count == 1 ? gracefulStopSignal : number)
    }
    defer { watch.cancel() }
    do {
      try withoutBlockedSignals { try process.run() }
    } catch {
      throw RankLaunchError.notStarted(mpirun, reason: error.localizedDescription)
    }
    process.waitUntilExit()
    let code =
      process.terminationReason == .uncaughtSignal ? 128 + process.terminationStatus : process.terminationStatus
    return (watch.exitCode ?? code, watch.exitCode != nil)
  }

  private var options: [String] {
    // Without `--oversubscribe` there are no more processes than processors. More of them are slow, not wrong.
    ["-n", "\(ranks)"] + (hosts.map { ["--host", $0] + Self.keepAlive } ?? ["--oversubscribe"])
  }

  /// Lets `mpirun` notice within about 15 seconds that it has lost a machine; otherwise that takes minutes.
  private static let keepAlive = [("time", 5), ("intvl", 3), ("probes", 3)].flatMap { name, value in
    ["--mca", "oob_tcp_keepalive_\(name)", "\(value)"]
  }

  /// Runs `body` with no signal blocked: a process inherits what the thread that starts it blocks, and threads of a pool block
  /// all signals.
  private func withoutBlockedSignals(_ body: () throws -> Void) rethrows {
    var (none, before) = (sigset_t(), sigset_t())
    sigemptyset(&none)
    pthread_sigmask(SIG_SETMASK, &none, &before)
    defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
    try body()
  }

  /// This program.
  private static var program: String {
    (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? CommandLine.arguments[0]
  }

  private static func path(of name: String) -> String? {
    let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin").split(separator: ":")
    return folders.map { "\($0)/\(name)" }.first { FileManager.default.isExecutableFile(atPath: $0) }
  }
}

/// The exit code after the loss of another rank: that of a failure that may pass (`EX_TEMPFAIL` of `sysexits.h`).
let rankFailureCode: Int32 = 75

/// Whether an error says that another process was lost, and not that something is wrong on this one.
func isLossOfRank(_ error: any Error) -> Bool {
  switch error {
  case DistributedError.late, DistributedError.failed, DistributedError.otherRank, DistributionError.rank: true
  default: false
  }
}

/// Processes that cannot be started.
enum RankLaunchError: Error, CustomStringConvertible {
  case noMPI
  case notStarted(String, reason: String)

  var description: String {
    switch self {
    case .noMPI: "--ranks needs mpirun, which is not installed. On Debian and Ubuntu: apt-get install openmpi-bin"
    case .notStarted(let path, let reason): "\(path) cannot be started: \(reason)"
    }
  }
}
