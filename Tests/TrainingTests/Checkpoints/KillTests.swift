import Foundation
import Serialization
import TestSupport
import Testing
import Training

/// A process that is killed at random moments, again and again, gives the bits of one that was left alone.
@Suite struct KillTests {
  @Test func fiftyKills() async throws {
    let folder = try TemporaryFolder()
    let undisturbed = folder.path("undisturbed")
    try train(in: undisturbed, callbacks: [])

    let seed = UInt64.random(in: 0...UInt64.max)
    var (numbers, kills, runs) = (SplitMix(seed: seed), 0, 0)
    while kills < 50 {
      let run = folder.path("run-\(runs)")
      while true {
        let batches = Int.random(in: 0...8, using: &numbers)
        let microseconds = UInt32.random(in: 0...3_000, using: &numbers)
        await #expect(processExitsWith: .signal(SIGKILL)) {
          [run = run as String, batches = batches as Int, microseconds = microseconds as UInt32] in
          try train(in: run, callbacks: [KillAfter(batches: batches, microseconds: microseconds)])
          kill(getpid(), SIGKILL)
        }
        if FileManager.default.fileExists(atPath: "\(run)/outcome") { break }
        kills += 1
      }
      runs += 1
      for name in ["outcome", "history.csv"] {
        #expect(
          FileManager.default.contentsEqual(atPath: "\(run)/\(name)", andPath: "\(undisturbed)/\(name)"),
          "\(name) of \(run), seed \(seed)")
      }
    }
    print("\(kills) kills in \(runs) runs, seed \(seed)")
  }
}

/// Trains in a folder, with a checkpoint after each step, and writes the result there.
private func train(in folder: String, callbacks: [any Callback]) throws {
  try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  var run = SmallRun(epochs: 8)
  run.patience = 100
  let checkpoints = Checkpoints("\(folder)/checkpoints", every: .steps(1))
  let outcome = try run(checkpoints, callbacks: [CSVLogger("\(folder)/history.csv")] + callbacks)
  let text = "\(outcome.model.sorted { $0.key < $1.key })\(outcome.slots.map { $0.sorted { $0.key < $1.key } })"
  try writeAtomically(Array(text.utf8), to: "\(folder)/outcome")
}

/// Kills the process some time after so many of the batches that it sees. Counted in batches, so that a process gets
/// on with the training also on a machine that is slow at the moment.
private final class KillAfter: Callback {
  private var batchesLeft: Int
  private let microseconds: UInt32

  init(batches: Int, microseconds: UInt32) {
    (batchesLeft, self.microseconds) = (batches, microseconds)
    if batches == 0 { startTimer() }
  }

  func batchEnded(_ report: BatchReport) -> TrainingDecision {
    batchesLeft -= 1
    if batchesLeft == 0 { startTimer() }
    return .proceed
  }

  private func startTimer() {
    Thread.detachNewThread { [microseconds] in
      usleep(microseconds)
      kill(getpid(), SIGKILL)
    }
  }
}
