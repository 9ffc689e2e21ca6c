import Foundation
import Tensor

// The end of the program.

extension MPISession {
  /// At the end of the program, leaves the group; after an error, ends the other processes, which would wait for this one.
  static func leaveAtExit() {
    on_exit({ status, _ in MPISession.used.withLock { $0 }?.leave(status) }, nil)
  }

  /// How long MPI may take to end once all ranks have come to the end, in seconds.
  private static let longestEnd = 20.0
  /// How long MPI may take to end the other processes, in seconds.
  private static let longestAbort: UInt32 = 3
  /// How long what has started the processes may take to end after that, in seconds.
  private static let longestStarter = 5

  private func leave(_ status: Int32) {
    guard status == 0 else { return abort(status) }
    do {
      try end()
    } catch {
      say("\(error)")
      abort(1)
    }
  }

  /// Waits for all ranks, and ends MPI.
  func end() throws {
    try wait(for: "the end of the program") { $0.barrier($0.values.world, $1) }
    let hasEnded = Lock(false)
    let watch = Thread { [self] in
      Thread.sleep(forTimeInterval: Self.longestEnd)
      if hasEnded.withLock({ $0 }) { return }
      say("rank \(rank) on \(hosts[rank]) has finished, and MPI does not end: the network of a rank may be gone")
      endStarter()
      _exit(1)
    }
    watch.start()
    progress.end { library in
      pulse?.end(library)
      _ = library.finalize()
    }
    hasEnded.withLock { $0 = true }
    Self.used.withLock { $0 = nil }
  }

  private func abort(_ status: Int32) {
    if hasLostRank { endStarter() }
    // Where the network is gone, nobody hears that this process gives up, and MPI waits to be ended.
    signal(SIGALRM, SIG_DFL)
    alarm(Self.longestAbort)
    progress.end { _ = $0.abort($0.values.world, status) }
  }

  private func say(_ text: String) {
    FileHandle.standardError.write(Data("\(text)\n".utf8))
  }

  /// Ends `mpirun`, or what it has started on this machine, unless it ends by itself soon. It may wait for a machine that is gone
  /// until TCP gives up, which takes minutes. MPI ends this process meanwhile, so another one does it.
  private func endStarter() {
    let starter = getppid()
    guard let name = try? String(contentsOfFile: "/proc/\(starter)/comm", encoding: .utf8),
      ["mpirun", "mpiexec", "orterun", "prterun", "orted", "prted"].contains(name.trimmingCharacters(in: .newlines))
    else { return }
    // The time of its start tells it from another process that gets its number.
    let script = """
      start() { cut -d ' ' -f 22 /proc/\(starter)/stat 2> /dev/null; }
      own=$(start)
      sleep \(Int(Self.longestAbort) + Self.longestStarter)
      [ -z "$own" ] || [ "$(start)" != "$own" ] || kill -KILL \(starter)
      """
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/setsid")
    process.arguments = ["sh", "-c", script]
    // Those of this process are pipes that mpirun reads to their ends.
    process.standardInput = FileHandle.nullDevice
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try? process.run()
  }
}
