import Foundation
import Serialization
import TestSupport
import Testing
import Training

/// A process that is killed at random moments, again and again, ends with the bits of one that was left alone.
@Suite struct KillTests {
  @Test func fiftyKills() async throws {
    let folder = try TemporaryFolder()
    try FileManager.default.createDirectory(atPath: folder.path("undisturbed"), withIntermediateDirectories: false)
    let start = ContinuousClock.now
    try KilledTraining(folder: folder.path("undisturbed"), microseconds: 0).train()
    let duration = Int((ContinuousClock.now - start) / .microseconds(1))

    let seed = UInt64.random(in: 0...UInt64.max)
    var (numbers, kills, runs) = (SplitMix(seed: seed), 0, 0)
    while kills < 50 {
      let run = "run-\(runs)"
      try FileManager.default.createDirectory(atPath: folder.path(run), withIntermediateDirectories: false)
      while true {
        let microseconds = Int.random(in: 0...duration, using: &numbers)
        try KilledTraining(folder: folder.path(run), microseconds: microseconds).orderForChild()
        await #expect(processExitsWith: .signal(SIGKILL)) {
          let training = try KilledTraining.orderedByParent()
          training.killThisProcessInTime()
          try training.train()
          kill(getpid(), SIGKILL)
        }
        if FileManager.default.fileExists(atPath: folder.path("\(run)/outcome")) { break }
        kills += 1
      }
      runs += 1
      for name in ["outcome", "history.csv"] {
        #expect(
          FileManager.default.contentsEqual(
            atPath: folder.path("\(run)/\(name)"), andPath: folder.path("undisturbed/\(name)")),
          "\(name) of run \(runs), seed \(seed)")
      }
    }
    KilledTraining.removeOrder()
    print("\(kills) kills in \(runs) runs of \(duration) µs, seed \(seed)")
  }
}

/// A training as a process does it that is started anew each time and killed after a while.
///
/// A process of an exit test gets no values handed over: it finds its order in a file named after its parent.
private struct KilledTraining: Codable {
  let folder: String
  let microseconds: Int

  /// Trains in the folder, with a checkpoint after each step, and keeps what that led to.
  func train() throws {
    var run = SmallRun(epochs: 8)
    run.patience = 100
    let checkpoints = Checkpoints("\(folder)/checkpoints", every: .steps(1))
    let outcome = try run(checkpoints, callbacks: [CSVLogger("\(folder)/history.csv")])
    let text = "\(outcome.model.sorted { $0.key < $1.key })\(outcome.slots.map { $0.sorted { $0.key < $1.key } })"
    try writeAtomically(Array(text.utf8), to: "\(folder)/outcome")
  }

  func killThisProcessInTime() {
    Thread.detachNewThread {
      usleep(UInt32(microseconds))
      kill(getpid(), SIGKILL)
    }
  }

  private static func orderPath(parent: pid_t) -> String {
    FileManager.default.temporaryDirectory.appending(path: "kilim-kill-\(parent)").path
  }

  func orderForChild() throws {
    try writeAtomically(Array(JSONEncoder().encode(self)), to: Self.orderPath(parent: getpid()))
  }

  static func orderedByParent() throws -> KilledTraining {
    let order = try readFile(orderPath(parent: getppid()), limit: 1 << 12)
    return try JSONDecoder().decode(KilledTraining.self, from: Data(order))
  }

  static func removeOrder() {
    unlink(orderPath(parent: getpid()))
  }
}
