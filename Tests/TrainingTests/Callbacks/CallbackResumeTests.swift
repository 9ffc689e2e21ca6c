import Foundation
import NN
import Optim
import TestSupport
import Testing

@testable import Training

/// Callbacks that continue from a checkpoint decide as in an uninterrupted training.
@Suite struct CallbackResumeTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// All callbacks with a state, whose decisions change the training or leave files.
  private func callbacks(_ name: String) throws -> [any Callback] {
    try FileManager.default.createDirectory(atPath: folder.path(name), withIntermediateDirectories: true)
    let path = folder.path(name)
    return [
      ReduceLearningRateOnPlateau(monitor: "loss", factor: 0.5, patience: 1, minimumChange: 10, cooldown: 1),
      ReduceLearningRateOnPlateau(monitor: "val_accuracy", factor: 0.5, patience: 2, minimumChange: 10),
      LearningRateScheduler { epoch, rate in epoch == 2 ? rate / 2 : rate },
      ModelCheckpoint("\(path)/{epoch}-{val_loss:.3f}", when: .best()) { _, path in
        try Data(path.utf8).write(to: URL(filePath: path))
      },
      ModelCheckpoint("\(path)/step-{epoch}-{batch}", when: .steps(4)) { _, path in
        try Data(path.utf8).write(to: URL(filePath: path))
      },
      JSONLinesLogger("\(path)/log.jsonl"), CSVLogger("\(path)/log.csv"),
    ]
  }

  @Test func atEveryStep() throws {
    let run = SmallRun(makeOptimizer: { Adam(learningRate: 0.02) }, epochs: 4)
    let undisturbed = try run(callbacks: callbacks("whole"))
    let files = try folder.entries(in: "whole")
    let log = try String(contentsOfFile: folder.path("whole/log.jsonl"), encoding: .utf8)
    #expect(log.split(separator: "\n").count == 4)
    #expect(files.count { $0.hasPrefix("step-") } == 3)
    for step in 1...11 {
      let name = "part-\(step)"
      let checkpoints = Checkpoints(folder.path("checkpoints-\(step)"), every: .steps(1))
      do {
        _ = try run(checkpoints, callbacks: try callbacks(name) + [EndAfter(.powerCut, batches: step)])
      } catch is PowerCut {}
      #expect(try run(checkpoints, callbacks: callbacks(name)) == undisturbed, "after step \(step)")
      #expect(try folder.entries(in: name) == files, "after step \(step)")
      #expect(try String(contentsOfFile: folder.path("\(name)/log.jsonl"), encoding: .utf8) == log)
    }
  }

  /// The time of all calls counts.
  @Test func theTimeOfATraining() throws {
    final class Clock {
      var seconds = 0.0
      func read() -> Double {
        seconds += 1
        return seconds
      }
    }
    let run = SmallRun()
    let checkpoints = Checkpoints(folder.path("checkpoints"))
    // One reading at the beginning, one for the checkpoint, and one for each batch.
    let first = try run(
      checkpoints, callbacks: [TimeLimit(8, of: .training, now: Clock().read), EndAfter(.pause, batches: 2)])
    #expect(first.optimizerSteps == 2)
    let listener = Listener()
    let second = try run(checkpoints, callbacks: [TimeLimit(8, of: .training, now: Clock().read), listener])
    #expect(listener.ends == ["stopped"])
    #expect((3..<9).contains(second.optimizerSteps))
  }

  /// Two callbacks of one kind whose scores must not be mixed.
  private func pair(_ kind: String) throws -> (first: any Callback, other: any Callback) {
    func checkpoint(_ name: String) -> ModelCheckpoint {
      ModelCheckpoint(folder.path("model"), when: .best(of: name)) { _, path in
        try Data().write(to: URL(filePath: path))
      }
    }
    return switch kind {
    case "EarlyStopping": (EarlyStopping(patience: 9), EarlyStopping(monitor: "val_accuracy", patience: 9))
    case "ModelCheckpoint": (checkpoint("val_loss"), checkpoint("val_accuracy"))
    default: (ReduceLearningRateOnPlateau(), ReduceLearningRateOnPlateau(mode: .max))
    }
  }

  @Test(arguments: ["EarlyStopping", "ModelCheckpoint", "ReduceLearningRateOnPlateau"])
  func scoresOfAnotherFigureAreRefused(kind: String) throws {
    let (run, checkpoints) = (SmallRun(), Checkpoints(folder.path("run"), keepLast: 1, keepBest: nil))
    _ = try run(checkpoints, callbacks: [pair(kind).first, EndAfter(.pause, batches: 4)])
    let error = #expect(throws: CheckpointError.self) { try run(checkpoints, callbacks: [pair(kind).other]) }
    let words =
      kind.hasPrefix("Reduce") ? "val_loss, which should be at its max" : "val_accuracy, which should be at its max"
    #expect(
      "\(try #require(error))".hasSuffix(
        "monitor: \(words); in the checkpoint it is val_loss, which should be at its min"))

    // Checkpoints of earlier versions do not say whose the scores are.
    let path = try #require(checkpoints.newest)
    let saved = try SavedState(contentsOf: path, limit: 1 << 30)
    let older = saved.without(prefix: "callback.\(kind).monitor")
    try #require(older != saved)
    try older.write(to: path)
    #expect(try run(checkpoints, callbacks: [pair(kind).first]) == run(callbacks: [pair(kind).first]))
  }

  @Test func damagedStatesAreErrors() throws {
    func restore(_ callback: any Callback, _ values: [String: String]) throws {
      try callback.restore(from: SavedState(values: values, tensors: [:]))
    }
    let plateau = ReduceLearningRateOnPlateau()
    for text in ["", "{}", #"{"epochsWithout":-1,"cooldownLeft":0}"#, #"{"epochsWithout":0,"cooldownLeft":-9}"#] {
      #expect(throws: SavedStateError.self) { try restore(plateau, ["progress": text]) }
    }
    #expect(throws: SavedStateError.self) { try restore(TimeLimit(.seconds(1)), ["seconds": "-1"]) }
    #expect(throws: SavedStateError.self) { try restore(TimeLimit(.seconds(1)), [:]) }
    #expect(throws: SavedStateError.self) { try restore(JSONLinesLogger("a"), ["ends": "[]"]) }
  }
}
