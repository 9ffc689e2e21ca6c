import Foundation
import Kilim

/// The folder that a training writes its results to, held by one process at a time.
final class RunFolder {
  /// The names of what stands in the folder.
  static let (modelName, checkpointsName, networkName) = ("model.keras", "checkpoints", "network.keras")
  private static let markName = "run.json"
  private static let figureNames = ["history.csv", "report.txt"]
  private static let pictureNames = ["curves.png", "curves.svg", "confusion.png", "samples.png"]

  /// How a training begins.
  enum Start {
    /// Without an earlier one in the folder.
    case new
    /// From the newest checkpoint, where there is one.
    case resume
    /// Anew, in the place of an earlier one.
    case restart
  }

  private let root: String
  private let start: Start
  private var lock: FolderLock?

  /// Checks that a training can begin in a folder, and makes nothing yet.
  ///
  /// - Parameters:
  ///   - path: the folder, which need not exist.
  ///   - start: how the training begins.
  ///   - data: the folder of photos, which the results must not lie in.
  /// - Throws: ``FolderError``, ``EarlierRunError``, or `FolderLockError` when another process trains there.
  init(_ path: String, start: Start, outside data: String) throws {
    (root, self.start) = (path, start)
    if PhotoTree(data).contains(path) {
      throw FolderError(
        path: path,
        reason:
          "it lies in the folder of photos \"\(data)\", and would be read as photos; name another place")
    }
    try checkThatFolderCanBeMade(path)
    guard pathKind(path) == .folder else { return }
    let names = try namesInFolder(path).filter { !Self.isLeftBySystem($0) }.sorted()
    let checkpoints = Checkpoints(self.path(Self.checkpointsName))
    guard names.isEmpty || names.contains(Self.markName) || checkpoints.newest != nil else {
      throw FolderError(
        path: path,
        reason:
          "it holds files that no training has written (\(shortList(names))); name a folder that is empty or does "
          + "not exist yet")
    }
    lock = try FolderLock(path)
    let hasCheckpoints = checkpoints.newest != nil
    let hasResults = names.contains { ([Self.modelName] + Self.figureNames + Self.pictureNames).contains($0) }
    switch start {
    case .new where hasCheckpoints || hasResults: throw EarlierRunError(folder: path, canResume: hasCheckpoints)
    case .resume where hasResults && !hasCheckpoints: throw EarlierRunError(folder: path, canResume: false)
    case .new, .resume, .restart: break
    }
  }

  /// Whether a system leaves a file or folder of this name in folders that are otherwise empty, or Kilim its own lock.
  private static func isLeftBySystem(_ name: String) -> Bool {
    [".DS_Store", "lost+found", "@eaDir", "Thumbs.db", "desktop.ini"].contains(name) || name.hasPrefix(".kilim")
  }

  /// Makes the folder where it does not exist, locks it, and removes the results of an earlier training when this one
  /// begins anew.
  func open() throws {
    try makeFolder(root)
    if lock == nil { lock = try FolderLock(root) }
    let mark = path(Self.markName)
    if pathKind(mark) == nil {
      try writeAtomically(Array("{\"format\": \"divar run 1\"}\n".utf8), to: mark)
    }
    if start == .restart {
      for name in [Self.modelName] + Self.figureNames + Self.pictureNames { unlink(path(name)) }
    }
    try makeFolder(path(Self.checkpointsName))
  }

  /// The path of a file in the folder.
  func path(_ name: String) -> String { root.hasSuffix("/") ? root + name : "\(root)/\(name)" }

  /// Writes the model with the state of its training, the history and the report, then the pictures. A picture that cannot
  /// be made is a warning: all else is written before.
  func write(_ trained: KerasFile, _ history: History, _ evaluation: Evaluation, _ test: ImageDataset) throws {
    try trained.write(to: path(Self.modelName))
    try writeAtomically(Array(history.csv.utf8), to: path("history.csv"), replacing: .sameKind)
    let confusion = try evaluation.confusion(classes: test.classes)
    try writeAtomically(Array(ClassificationReport(confusion).description.utf8), to: path("report.txt"))

    let curves = history.chart()
    draw("curves.png") { try curves.write(to: $0) }
    draw("curves.svg") { try curves.write(to: $0) }
    draw("confusion.png") { try confusion.chart().write(to: $0) }
    draw("samples.png") { try samples(evaluation, test).write(to: $0) }
  }

  private func draw(_ name: String, _ write: (String) throws -> Void) {
    do {
      try write(path(name))
    } catch {
      Console.warn("the picture \(path(name)) is missing: \(error)")
    }
  }

  /// Photos from all over the test data with what the model takes them for.
  private func samples(_ evaluation: Evaluation, _ test: ImageDataset) throws -> ImageGrid {
    let count = min(24, test.count)
    let (predicted, labels) = (evaluation.predicted, test.labels)
    let samples = try (0..<count).map { position in
      let index = position * test.count / count
      let guess = Int(predicted.select(index).argmax().scalar)
      return try ImageGrid.Sample(
        image: Bitmap(test.image(at: index)), expected: test.classes[labels[index]],
        predicted: test.classes[guess], probability: Double(predicted[index, guess]))
    }
    return ImageGrid(title: "Sample predictions", samples: samples)
  }
}

/// A training that would replace what an earlier one has left.
struct EarlierRunError: Error, CustomStringConvertible {
  /// The output folder, as the user named it.
  let folder: String
  /// Whether the earlier one can go on.
  let canResume: Bool

  /// What the user can do.
  var description: String {
    canResume
      ? "\"\(folder)\" has checkpoints of an earlier training: add --resume to go on with it, or --restart to begin anew"
      : "\"\(folder)\" has results of an earlier training and no checkpoints to go on from: add --restart to replace "
        + "them, or name another folder"
  }
}

/// The first names of a list, and how many more there are.
func shortList(_ names: [String], limit: Int = 4) -> String {
  names.prefix(limit).joined(separator: ", ") + (names.count > limit ? " and \(names.count - limit) more" : "")
}
