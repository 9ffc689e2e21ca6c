import Foundation
import TestSupport
import Testing

/// `divar train` with several processes, which are killed, stopped and interrupted.
@Suite(.enabled(if: MPIRun.path != nil, "\(MPIRun.absence)"))
struct RankTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    let drawn = try DivarProcess(["demo-data", "--output", folder.path("photos"), "--per-class", "4"])
    try #require(drawn.exitCode == 0, "\(drawn.errors)")
  }

  private func arguments(_ output: String, epochs: Int, _ extra: [String]) -> [String] {
    [
      "train", "--data", folder.path("photos"), "--output", folder.path(output), "--image-size", "16", "--batch-size",
      "8", "--augment", "--epochs", "\(epochs)", "--ranks", "3",
    ] + extra
  }

  private func train(_ output: String, epochs: Int = 2, _ extra: String...) throws -> DivarProcess {
    try DivarProcess(arguments(output, epochs: epochs, extra), threads: 1)
  }

  /// The processes that train in a folder, by rank.
  private func ranks(of output: String) throws -> [Int: Int32] {
    var found: [Int: Int32] = [:]
    for entry in try FileManager.default.contentsOfDirectory(atPath: "/proc") {
      guard let number = Int32(entry), let arguments = FileManager.default.contents(atPath: "/proc/\(entry)/cmdline"),
        let environment = FileManager.default.contents(atPath: "/proc/\(entry)/environ")
      else { continue }
      let words = String(decoding: arguments, as: UTF8.self).split(separator: "\0")
      guard words.first?.hasSuffix("/divar") == true, words.contains(folder.path(output)[...]) else { continue }
      let mark = "OMPI_COMM_WORLD_RANK="
      let rank = String(decoding: environment, as: UTF8.self).split(separator: "\0").first { $0.hasPrefix(mark) }
      if let rank = rank.flatMap({ Int($0.dropFirst(mark.count)) }) { found[rank] = number }
    }
    return found
  }

  /// Rank 0 alone prints and writes; the same command gives the same files.
  @Test func ranksTrainOnce() throws {
    let first = try train("run")
    #expect(first.exitCode == 0, "\(first.errors)")
    #expect(first.output.matches(of: /Epoch 1\/2 - [0-9.]+s/).count == 1, "\(first.output)")
    #expect(first.output.split(separator: "\n").count { $0.hasPrefix("test ") } == 1)
    try #require(train("again").exitCode == 0)
    folder.expectSame("run", "again")
    let answer = try DivarProcess(["predict", folder.path("run/model.keras"), folder.path("photos/cat/0000.jpg")])
    #expect(answer.exitCode == 0, "\(answer.errors)")
    // Checkpoints are for any number of processes.
    let alone = try DivarProcess(
      Array(arguments("run", epochs: 3, ["--resume"]).split(separator: "--ranks")[0]) + ["--resume"])
    #expect(alone.exitCode == 0 && alone.output.contains("Resumed"), "\(alone.errors)")
  }

  /// A process that is killed ends the others; `--retries` continues, with the results of an uninterrupted training.
  @Test func aKilledRankIsReplaced() throws {
    let process = try DivarProcess.start(
      arguments("run", epochs: 6, ["--checkpoint-every", "0", "--retries", "3"]), threads: 1)
    try DivarProcess.wait(for: process) { folder.newestStep("run") >= 3 }
    let killed = try ranks(of: "run")
    #expect(killed.count == 3)
    if let rank = killed[1] { kill(rank, SIGKILL) }
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    try #require(train("whole", epochs: 6, "--checkpoint-every", "0").exitCode == 0)
    folder.expectSame("run", "whole")
    #expect(try ranks(of: "run").isEmpty)
  }

  /// The best epoch, which rank 0 loads, is not the last one.
  @Test func theBestEpochIsMeasuredByAll() throws {
    let run = try train("run", epochs: 8, "--keep", "best", "--monitor", "val_accuracy")
    #expect(run.exitCode == 0, "\(run.errors)")
    #expect(run.output.contains("the best val_accuracy, epoch "), "\(run.output)")
    try #require(!run.output.contains("the best val_accuracy, epoch 8 "), "\(run.output)")
    #expect(folder.has("run/model.keras"))
  }

  /// Ctrl-C ends after the current step, with all results.
  @Test func interruptedByTheUser() throws {
    let process = try DivarProcess.start(arguments("run", epochs: 1_000_000, []), threads: 1)
    try DivarProcess.wait(for: process) { folder.has("run/history.csv") }
    kill(process.processIdentifier, SIGINT)
    process.waitUntilExit()
    #expect(process.terminationStatus == 130)
    #expect(folder.has("run/model.keras") && folder.has("run/report.txt"))
    #expect(try ranks(of: "run").isEmpty)
  }

  /// `predict`, `evaluate` and `inspect` print under `mpirun` what one process prints, and an unreadable photo is an error there
  /// too.
  @Test func severalProcessesPrintWhatOneDoes() throws {
    try #require(train("run", epochs: 1).exitCode == 0)
    let photos = ["cat/0000.jpg", "dog/0001.jpg", "none.jpg", "fish/0002.jpg"].map { folder.path("photos/\($0)") }
    for arguments in [
      ["predict", folder.path("run")] + photos, ["predict", "--json", folder.path("run")] + photos,
      ["evaluate", folder.path("run"), "--data", folder.path("photos")], ["inspect", folder.path("photos")],
    ] {
      let (alone, shared) = (try DivarProcess(arguments), try mpirun(arguments))
      // mpirun's terminal ends lines in its own way.
      #expect(shared.output.replacing("\r", with: "") == alone.output)
      #expect((shared.exitCode == 0) == (alone.exitCode == 0))
    }
  }

  /// The features of photos and the list of suspicious ones.
  @Test func severalProcessesWriteWhatOneDoes() throws {
    try #require(train("run", epochs: 1).exitCode == 0)
    let (model, photos) = (folder.path("run/model.keras"), folder.path("photos"))
    for (name, arguments) in [
      ("features.npy", ["features", model, "--data", photos, "--output"]),
      ("list.csv", ["inspect", photos, "--backbone", model, "--suspicious"]),
    ] {
      let alone = try DivarProcess(arguments + [folder.path(name)])
      #expect(alone.exitCode == 0, "\(alone.errors)")
      #expect(try mpirun(arguments + [folder.path("shared-" + name)]).exitCode == 0)
      #expect(
        FileManager.default.contentsEqual(atPath: folder.path(name), andPath: folder.path("shared-" + name)), "\(name)")
    }
  }

  private func mpirun(_ arguments: [String]) throws -> (exitCode: Int32, output: String) {
    let process = Process()
    process.executableURL = URL(filePath: "/usr/bin/env")
    process.arguments =
      [
        "mpirun", "--allow-run-as-root", "--oversubscribe", "-n", "2",
        Bundle.main.bundleURL.appending(path: "divar").path,
      ]
      + arguments
    process.environment = ProcessInfo.processInfo.environment.merging(["KILIM_THREADS": "1"]) { $1 }
    process.standardOutput = try folder.newFile("output")
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    return (process.terminationStatus, try folder.text("output"))
  }

  /// Features, the classifier and the stages of fine-tuning give one set of results, the same each time.
  @Test func aBackboneIsFineTuned() throws {
    try #require(train("base", epochs: 1).exitCode == 0)
    let extra = [
      "--restart", "--backbone", folder.path("base/model.keras"), "--fine-tune", "conv2d_3:1@1e-3",
    ]
    var arguments = arguments("run", epochs: 2, extra)
    arguments.removeAll { $0 == "--augment" }
    for _ in 0..<2 {
      let run = try DivarProcess(arguments, threads: 1)
      #expect(run.exitCode == 0, "\(run.errors)")
      try #require(folder.has("run/model.keras"))
      if !folder.has("first") {
        try FileManager.default.copyItem(atPath: folder.path("run"), toPath: folder.path("first"))
      }
    }
    folder.expectSame("run", "first")
  }

  @Test func wrongOptionsAreRefused() throws {
    try expectError(arguments("run", epochs: 1, []).dropLast(2) + ["--retries", "2"], "--retries needs --ranks")
    try expectError(arguments("run", epochs: 1, []).dropLast(2) + ["--hosts", "a"], "--hosts needs --ranks")
    #expect(try train("photos/run").exitCode == 1)
  }
}
