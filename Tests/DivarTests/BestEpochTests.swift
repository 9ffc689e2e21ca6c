import Foundation
import Kilim
import TestSupport
import Testing

/// The best epoch, and checkpoints as models.
@Suite struct BestEpochTests {
  private let folder: TemporaryFolder
  private let photo: String

  init() throws {
    folder = try TemporaryFolder()
    photo = try folder.makePhotos("photos", classes: ["cat", "dog"], count: 8)[0]
  }

  private func train(_ output: String, _ extra: String...) throws -> DivarProcess {
    let run = try DivarProcess(
      [
        "train", "--data", folder.path("photos"), "--output", folder.path(output), "--epochs", "6", "--image-size",
        "16",
        "--batch-size", "4", "--test-share", "0.5", "--learning-rate", "0.02",
      ] + extra)
    try #require(run.exitCode == 0, "\(run.errors)")
    return run
  }

  /// A column of the history of a run.
  private func figures(_ run: String, _ name: String) throws -> [Double] {
    let lines = try String(contentsOfFile: folder.path("\(run)/history.csv"), encoding: .utf8).split(separator: "\n")
    let cells = lines.map { $0.split(separator: ",") }
    let column = try #require(cells[0].firstIndex { $0 == name })
    return cells.dropFirst().compactMap { Double($0[column]) }
  }

  /// The two figures in the last line of a command.
  private func measured(_ run: DivarProcess) throws -> (accuracy: Double, loss: Double) {
    let line = try #require(run.output.split(separator: "\n").last)
    let found = try #require(line.firstMatch(of: /accuracy ([\d.]+)  (?:test )?loss ([\d.]+)/))
    return (try #require(Double(found.1)), try #require(Double(found.2)))
  }

  @Test(arguments: ["val_accuracy", "val_loss"])
  func theModelIsThatOfTheBestEpoch(monitor: String) throws {
    let run = try train("best", "--keep", "best", "--monitor", monitor)
    #expect(run.output.contains("the best \(monitor), epoch "), "\(run.output)")
    let (accuracy, loss) = try measured(run)
    let (accuracies, losses) = (try figures("best", "val_accuracy"), try figures("best", "val_loss"))
    if monitor == "val_accuracy" {
      #expect(try abs(accuracy - #require(accuracies.max())) < 1e-4)
    } else {
      #expect(try abs(loss - #require(losses.min())) < 1e-4)
    }
    // The last epoch stays the default.
    let last = try measured(try train("last"))
    #expect(try abs(last.loss - #require(figures("last", "val_loss").last)) < 1e-4)
    #expect(try Sequential(contentsOf: folder.path("best/model.keras")).classes == ["cat", "dog"])
  }

  @Test func aCheckpointIsAModel() throws {
    _ = try train("run", "--keep", "best")
    let names = try folder.entries(in: "run/checkpoints")
    let best = folder.path("run/checkpoints") + "/" + (try #require(names.first { $0.contains("-best") }))
    let expected = try DivarProcess(["predict", folder.path("run/model.keras"), photo]).output
    for model in [best, folder.path("run/checkpoints"), folder.path("run"), folder.path("run") + "/"] {
      let run = try DivarProcess(["predict", model, photo])
      #expect(run.exitCode == 0 && run.output == expected, "\(model): \(run.errors)")
      let evaluated = try DivarProcess(["evaluate", model, "--data", folder.path("photos")])
      #expect(evaluated.exitCode == 0, "\(model): \(evaluated.errors)")
    }
    let imported = try DivarProcess(["import", best, "--output", folder.path("best.keras")])
    #expect(imported.exitCode == 0, "\(imported.errors)")
    #expect(try DivarProcess(["predict", folder.path("best.keras"), photo]).output == expected)

    // A training without a model yet is used by its best checkpoint.
    try FileManager.default.removeItem(atPath: folder.path("run/model.keras"))
    let run = try DivarProcess(["predict", folder.path("run"), photo])
    #expect(run.output == expected && run.errors.contains("using \(best)"), "\(run.errors)")

    // A damaged one is no reason to have no model.
    let bytes = try Foundation.Data(contentsOf: URL(filePath: best))
    try bytes.prefix(bytes.count / 2).write(to: URL(filePath: best))
    let newest = try #require(names.filter { $0.hasPrefix("step-") && !$0.contains("-best") }.max())
    let other = try DivarProcess(["predict", folder.path("run"), photo])
    #expect(other.exitCode == 0 && other.errors.contains("using \(folder.path("run/checkpoints"))/\(newest)"))
    #expect(other.errors.contains("Warning: a damaged checkpoint is skipped: \(best)"), "\(other.errors)")
  }

  @Test func aCheckpointAloneNeedsAModel() throws {
    _ = try train("run", "--keep", "best")
    let names = try folder.entries(in: "run/checkpoints")
    let best = folder.path("run/checkpoints") + "/" + (try #require(names.first { $0.contains("-best") }))
    let moved = folder.path("moved.safetensors")
    try FileManager.default.copyItem(atPath: best, toPath: moved)
    try expectError(["predict", moved, photo], moved, "checkpoint", "--into")
    try expectError(["import", moved, "--output", folder.path("x.keras")], moved, "--into")
    let run = try DivarProcess([
      "import", moved, "--into", folder.path("run/model.keras"), "--output", folder.path("x.keras"),
    ])
    #expect(run.exitCode == 0, "\(run.errors)")
    #expect(
      try DivarProcess(["predict", folder.path("x.keras"), photo]).output
        == DivarProcess(["predict", folder.path("run/model.keras"), photo]).output)
    try expectError(["predict", folder.path("photos"), photo], "neither")
  }
}
