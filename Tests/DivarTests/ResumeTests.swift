import Foundation
import TestSupport
import Testing

/// `divar train` that is killed or interrupted, and goes on with `--resume`. A training that is ended has too many epochs
/// to end by itself before; it is then resumed with a number of epochs that it can reach.
@Suite struct ResumeTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    let drawn = try DivarProcess(["demo-data", "--output", folder.path("photos"), "--per-class", "4"])
    try #require(drawn.exitCode == 0, "\(drawn.errors)")
  }

  private func arguments(_ output: String, _ extra: [String]) -> [String] {
    [
      "train", "--data", folder.path("photos"), "--output", folder.path(output), "--image-size", "16", "--batch-size",
      "8", "--augment",
    ] + extra
  }

  private func train(_ output: String, epochs: Int, _ extra: String...) throws -> DivarProcess {
    try DivarProcess(arguments(output, ["--epochs", "\(epochs)"] + extra))
  }

  /// Starts a training that does not end by itself, waits until it has come so far, and ends it by a signal.
  private func end(
    _ output: String, by number: Int32, _ extra: String..., when isReached: () throws -> Bool
  ) throws -> Process {
    let process = try DivarProcess.start(arguments(output, ["--epochs", "1000000"] + extra))
    try DivarProcess.wait(for: process, until: isReached)
    kill(process.processIdentifier, number)
    process.waitUntilExit()
    return process
  }

  private func finishedEpochs(_ output: String) throws -> Int {
    try String(contentsOfFile: folder.path("\(output)/history.csv"), encoding: .utf8).split(separator: "\n").count - 1
  }

  @Test func killedAgainAndAgain() throws {
    for kills in 1...5 {
      let step = folder.newestStep("run")
      let process = try end("run", by: SIGKILL, "--checkpoint-every", "0", "--resume") {
        folder.newestStep("run") >= step + kills
      }
      #expect(process.terminationReason == .uncaughtSignal)
    }
    // 35 photos to train on are five steps of eight.
    let epochs = folder.newestStep("run") / 5 + 2
    let last = try train("run", epochs: epochs, "--resume")
    #expect(last.exitCode == 0, "\(last.errors)")
    try #require(train("whole", epochs: epochs, "--checkpoint-every", "0").exitCode == 0)
    folder.expectSame("run", "whole")
  }

  @Test func interruptedByTheUser() throws {
    let process = try end("run", by: SIGINT) { folder.has("run/history.csv") }
    #expect(process.terminationStatus == 130)
    let epochs = try finishedEpochs("run") + 2

    let refused = try train("run", epochs: epochs)
    #expect(refused.exitCode == 1)
    #expect(
      refused.errors.contains("add --resume to continue it, or --restart to start a new one"), "\(refused.errors)")
    let otherSeed = try train("run", epochs: epochs, "--resume", "--seed", "2")
    #expect(otherSeed.exitCode == 1)
    #expect(otherSeed.errors.contains("is the checkpoint of another training"), "\(otherSeed.errors)")
    #expect(otherSeed.errors.contains("seed is 2, in the checkpoint it is 1"), "\(otherSeed.errors)")

    let resumed = try train("run", epochs: epochs, "--resume")
    #expect(resumed.exitCode == 0, "\(resumed.errors)")
    #expect(resumed.output.contains("Resumed from \(folder.path("run/checkpoints/step-"))"))
    try #require(train("whole", epochs: epochs).exitCode == 0)
    folder.expectSame("run", "whole")
  }

  @Test func moreEpochsOrAnew() throws {
    try #require(train("whole", epochs: 3).exitCode == 0)
    try #require(train("run", epochs: 2).exitCode == 0)
    let resumed = try train("run", epochs: 3, "--resume")
    #expect(resumed.output.contains("epoch 3"), "\(resumed.output)")
    folder.expectSame("run", "whole")
    let fewer = try train("run", epochs: 2, "--resume")
    #expect(
      fewer.exitCode == 1 && fewer.errors.contains("has begun 3 epochs already, and epochs is 2"), "\(fewer.errors)")
    let done = try train("run", epochs: 3, "--resume")
    #expect(done.exitCode == 0 && done.output.contains(": where the training ended"), "\(done.output)")
    let again = try train("run", epochs: 3, "--restart")
    #expect(!again.output.contains("Resumed"))
    folder.expectSame("run", "whole")
    #expect(try train("run", epochs: 3, "--restart", "--resume").exitCode == 64)
  }

  /// A part of the training is repeated, which is worth a warning also with `--quiet`.
  @Test func damagedCheckpointsAreWarnedOf() throws {
    try #require(train("run", epochs: 2, "--checkpoint-every", "0").exitCode == 0)
    let newest = try #require(try folder.entries(in: "run/checkpoints").filter { $0.hasPrefix("step-") }.max())
    let bytes = try Foundation.Data(contentsOf: URL(filePath: folder.path("run/checkpoints/\(newest)")))
    try bytes.prefix(bytes.count / 2).write(to: URL(filePath: folder.path("run/checkpoints/\(newest)")))
    let resumed = try train("run", epochs: 2, "--checkpoint-every", "0", "--resume", "--quiet")
    #expect(resumed.exitCode == 0 && resumed.output.isEmpty, "\(resumed.output)\(resumed.errors)")
    #expect(resumed.errors.contains("Warning: a damaged checkpoint is skipped: "), "\(resumed.errors)")
    #expect(resumed.errors.contains(newest), "\(resumed.errors)")
  }

  /// A training that is refused leaves the checkpoints usable.
  @Test func aRefusedTrainingChangesNothing() throws {
    try #require(train("run", epochs: 1).exitCode == 0)
    func content() throws -> [String: Foundation.Data] {
      let names = try FileManager.default.subpathsOfDirectory(atPath: folder.path("run"))
      let files = names.filter { !$0.hasSuffix("checkpoints") && $0 != ".kilim.lock" }
      return try Dictionary(
        uniqueKeysWithValues: files.map {
          ($0, try Foundation.Data(contentsOf: URL(filePath: folder.path("run/\($0)"))))
        })
    }
    let before = try content()
    let larger = arguments("run", ["--epochs", "2", "--resume"]).map { $0 == "16" ? "32" : $0 }
    let refused = try DivarProcess(larger)
    #expect(refused.exitCode == 1 && refused.errors.contains("is the checkpoint of another training"))
    #expect(refused.errors.contains("(height: 32, width: 32), …, in the checkpoint"), "\(refused.errors)")
    let resized = try train("run", epochs: 2, "--resume", "--resize", "nearest")
    for filter in ["nearest", "bilinear"] { #expect(resized.errors.contains("filter: \(filter)"), "\(resized.errors)") }
    #expect(resized.exitCode == 1 && !resized.errors.contains("checksum"), "\(resized.errors)")
    #expect(try content() == before)
    let photo = folder.path("photos/cat/0000.jpg")
    let answer = try DivarProcess(["predict", folder.path("run/checkpoints"), photo])
    #expect(answer.exitCode == 0 && answer.output.hasPrefix("\(photo): "), "\(answer.errors)")
    // The network of another training, as a copy would bring it.
    let other = arguments("other", ["--epochs", "1"]).map { $0 == "16" ? "32" : $0 }
    try #require(DivarProcess(other).exitCode == 0)
    let networks = ["run", "other"].map { folder.path("\($0)/checkpoints/network.keras") }
    try Foundation.Data(contentsOf: URL(filePath: networks[1])).write(to: URL(filePath: networks[0]))
    let mixed = try DivarProcess(["predict", folder.path("run/checkpoints"), photo])
    #expect(mixed.exitCode == 1)
    #expect(
      mixed.errors.contains(".safetensors: its weights do not fit the network in \(networks[0]): "), "\(mixed.errors)")
  }
}
