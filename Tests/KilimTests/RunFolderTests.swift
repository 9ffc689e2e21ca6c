import Foundation
import Kilim
import TestSupport
import Testing

/// The folder of a run, used by a program that imports Kilim.
@Suite struct RunFolderTests {
  private let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// Trains a small model, and writes its results.
  private func train(in run: RunFolder) throws {
    let inputs = Tensor<Float>(shape: [4, 2], scalars: [0, 0, 0, 1, 1, 0, 1, 1])
    let targets = Tensor<Float>(shape: [4, 2], scalars: [1, 0, 0, 1, 0, 1, 1, 0])
    let data = try TensorDataset(inputs: inputs, targets: targets, classes: ["zero", "one"])
    let model = try Sequential(input: [2], layers: [Dense(2, activation: .softmax)])
    let history = try model.fit(
      data, epochs: 2, loss: .categoricalCrossEntropy, checkpoints: Checkpoints(run.path(RunFolder.checkpointsName)),
      progress: .silent)
    try run.write(
      KerasFile(model: model), history, model.evaluate(data, loss: .categoricalCrossEntropy), test: nil)
  }

  @Test func theResultsAreInTheFolder() throws {
    let path = folder.path("run")
    do {
      let run = try RunFolder(path)
      try run.open()
      try train(in: run)
    }
    let names = try folder.entries(in: "run")
    #expect(
      names == [
        "checkpoints", "confusion.png", "curves.png", "curves.svg", "history.csv", "model.keras", "report.txt",
        "run.json",
      ])
    #expect(try Sequential(contentsOf: "\(path)/model.keras").inputShape == [2])
  }

  @Test func anEarlierTrainingIsContinuedOrReplacedOnRequestAlone() throws {
    let path = folder.path("run")
    do {
      let run = try RunFolder(path, otherResults: ["notes.txt"])
      try run.open()
      try train(in: run)
      try Data("a result".utf8).write(to: URL(filePath: "\(path)/notes.txt"))
    }
    let earlier = #expect(throws: EarlierRunError.self) { try RunFolder(path) }
    #expect(earlier?.folder == path && earlier?.canResume == true)
    _ = try RunFolder(path, start: .resume)
    try FileManager.default.removeItem(atPath: "\(path)/checkpoints")
    let unfinished = #expect(throws: EarlierRunError.self) { try RunFolder(path, start: .resume) }
    #expect(unfinished?.canResume == false)
    try RunFolder(path, start: .restart, otherResults: ["notes.txt"]).open(hasCheckpoints: false)
    #expect(try folder.entries(in: "run").filter { !$0.hasPrefix(".") } == ["run.json"])
  }

  /// It has ended before its first checkpoint, perhaps since the disk was full. There is nothing to lose.
  @Test func aTrainingWithoutCheckpointsAndModelBeginsAnew() throws {
    let path = folder.path("run")
    try RunFolder(path).open()
    try Data("epoch,loss\n0,1\n".utf8).write(to: URL(filePath: "\(path)/history.csv"))
    #expect(throws: EarlierRunError.self) { try RunFolder(path) }
    let run = try RunFolder(path, start: .resume)
    try run.open()
    try train(in: run)
  }

  /// A training that has begun and ended between the check and the beginning of this one.
  @Test func aTrainingMeanwhileIsNotReplaced() throws {
    let path = folder.path("run")
    let late = try RunFolder(path)
    do {
      let early = try RunFolder(path)
      try early.open(hasCheckpoints: false)
      try Data("epoch,loss".utf8).write(to: URL(filePath: early.path("history.csv")))
    }
    let error = #expect(throws: EarlierRunError.self) { try late.open() }
    #expect(error?.folder == path && error?.canResume == false)
    #expect(try folder.entries(in: "run").filter { !$0.hasPrefix(".") } == ["history.csv", "run.json"])
  }

  /// A result that stayed would pass for one of the new training.
  @Test(arguments: ["report.txt", "checkpoints/network.keras", "checkpoints/step-000000001.safetensors"])
  func aResultThatCannotBeRemovedIsNamed(_ name: String) throws {
    let path = folder.path("run")
    try RunFolder(path).open()
    // The system removes no folder in the way of a file.
    try FileManager.default.createDirectory(atPath: "\(path)/\(name)", withIntermediateDirectories: true)
    let run = try RunFolder(path, start: .restart)
    let error = #expect(throws: (any Error).self) { try run.open() }
    #expect(error.map { "\($0)" }?.contains(URL(filePath: name).lastPathComponent) == true)
    #expect(error is FileError || error is CheckpointError)
  }

  @Test func nothingElseIsReplaced() throws {
    let path = folder.path("letters")
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    try Data("dear".utf8).write(to: URL(filePath: "\(path)/letter.txt"))
    for start in [RunFolder.Start.new, .resume, .restart] {
      let error = #expect(throws: FolderError.self) { try RunFolder(path, start: start) }
      #expect(error?.description.contains("letter.txt") == true)
    }
    let inside = #expect(throws: FolderError.self) { try RunFolder("\(path)/run", outside: path) }
    #expect(inside?.reason.contains("the folder of photos") == true)
  }

  /// What cannot be written or removed is found before the work, and before anything else is removed.
  @Test(arguments: ["history.csv", "report.txt", "report.json", "notes.txt", "checkpoints/network.keras"])
  func nothingIsRemovedIfAResultCannotBe(_ name: String) throws {
    let path = folder.path("run")
    do {
      let run = try RunFolder(path)
      try run.open()
      try train(in: run)
    }
    try? FileManager.default.removeItem(atPath: "\(path)/\(name)")
    try FileManager.default.createDirectory(atPath: "\(path)/\(name)", withIntermediateDirectories: false)
    // A folder in the place of a picture costs the picture.
    try FileManager.default.removeItem(atPath: "\(path)/curves.png")
    try FileManager.default.createDirectory(atPath: "\(path)/curves.png", withIntermediateDirectories: false)
    let before = try folder.entries(in: "run")
    for start in [RunFolder.Start.restart, .resume] where start == .restart || !name.hasPrefix("checkpoints/") {
      let run = try RunFolder(path, start: start, otherResults: ["notes.txt"])
      let error = #expect(throws: FileError.self) { try run.open() }
      #expect(error?.path == "\(path)/\(name)" && error?.reason == .isFolder)
    }
    #expect(try folder.entries(in: "run") == before && before.contains("model.keras"))
    try FileManager.default.removeItem(atPath: "\(path)/\(name)")
    try RunFolder(path, start: .restart, otherResults: ["notes.txt"]).open()
    #expect(try folder.entries(in: "run").filter { !$0.hasPrefix(".") } == ["checkpoints", "curves.png", "run.json"])
  }

  @Test func aContinuedTrainingReplacesNoFilesOfOthers() throws {
    let path = folder.path("run")
    do {
      let run = try RunFolder(path)
      try run.open()
      try train(in: run)
    }
    for name in ["model.keras", "history.csv", "report.json"] {
      let earlier = try? Data(contentsOf: URL(filePath: "\(path)/\(name)"))
      try Data("dear".utf8).write(to: URL(filePath: "\(path)/\(name)"))
      let run = try RunFolder(path, start: .resume)
      let error = #expect(throws: (any Error).self) { try run.open() }
      #expect(error.map { "\($0)" }?.contains(name) == true)
      try FileManager.default.removeItem(atPath: "\(path)/\(name)")
      try earlier?.write(to: URL(filePath: "\(path)/\(name)"))
    }
    try RunFolder(path, start: .resume).open()
  }

  /// Other programs have files of this name too.
  @Test(arguments: [#"{"name": "a package"}"#, #"{"format": "divar run 2"}"#, "mine", ""])
  func aFolderWithAnotherMarkIsNoRun(_ content: String) throws {
    let path = folder.path("project")
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    for name in ["run.json", "model.keras"] {
      try Data(content.utf8).write(to: URL(filePath: "\(path)/\(name)"))
    }
    for start in [RunFolder.Start.new, .resume, .restart] {
      let error = #expect(throws: FolderError.self) { try RunFolder(path, start: start) }
      #expect(error?.description.contains("run.json") == true)
    }
    #expect(try folder.entries(in: "project").filter { !$0.hasPrefix(".") } == ["model.keras", "run.json"])
    try Data("{\"format\": \"divar run 1\"}\n".utf8).write(to: URL(filePath: "\(path)/run.json"))
    _ = try RunFolder(path, start: .restart)
  }

  @Test func aSecondTrainingWaitsOutside() throws {
    let path = folder.path("run")
    let first = try RunFolder(path)
    try first.open()
    #expect(throws: FolderLockError.self) { try RunFolder(path, start: .restart) }
    withExtendedLifetime(first) {}
  }
}
