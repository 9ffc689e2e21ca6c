import Foundation
import Kilim

/// The folder that a training writes its results to. Only one process at a time uses it.
final class RunFolder {
  /// The names of the files in the folder.
  static let (modelName, checkpointsName, networkName) = ("model.keras", "checkpoints", "network.keras")
  /// The features of the photos, if a backbone makes them. They stay for the next training.
  static let featuresName = "features.safetensors"
  /// What a page about the training is made of.
  static let recordName = "report.json"
  private static let markName = "run.json"
  private static let figureNames = ["history.csv", "report.txt", RunExamples.name, recordName]
  private static let pictureNames = ["curves.png", "curves.svg", "confusion.png", "samples.png"]

  /// How a training begins.
  enum Start {
    /// As a new training in a folder without an earlier one.
    case new
    /// From the newest checkpoint, if there is one.
    case resume
    /// As a new training that replaces an earlier one.
    case restart
  }

  private let root: String
  private let start: Start
  private var lock: FolderLock?
  /// Whether the training continues from a checkpoint in the folder.
  private var continues = false

  /// Checks that a training can begin in a folder. Changes nothing.
  ///
  /// - Parameters:
  ///   - path: the folder, which need not exist.
  ///   - start: how the training begins.
  ///   - data: the folder of photos; the results must not be inside it.
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
    continues = start == .resume && hasCheckpoints
    let hasResults = names.contains { ([Self.modelName] + Self.figureNames + Self.pictureNames).contains($0) }
    switch start {
    case .new where hasCheckpoints || hasResults: throw EarlierRunError(folder: path, canResume: hasCheckpoints)
    case .resume where hasResults && !hasCheckpoints: throw EarlierRunError(folder: path, canResume: false)
    case .new, .resume, .restart: break
    }
  }

  /// Whether a file or folder with this name may be in an otherwise empty folder: a file of the system, or Kilim's
  /// lock.
  private static func isLeftBySystem(_ name: String) -> Bool {
    [".DS_Store", "lost+found", "@eaDir", "Thumbs.db", "desktop.ini"].contains(name) || name.hasPrefix(".kilim")
  }

  /// Makes the folder if it does not exist, locks it, and removes the results of an earlier training that is replaced.
  ///
  /// - Parameter hasCheckpoints: whether the training writes checkpoints.
  func open(hasCheckpoints: Bool = true) throws {
    try makeFolder(root)
    if lock == nil { lock = try FolderLock(root) }
    let mark = path(Self.markName)
    if pathKind(mark) == nil {
      try writeAtomically(Array("{\"format\": \"divar run 1\"}\n".utf8), to: mark)
    }
    if start == .restart {
      for name in [Self.modelName] + Self.figureNames + Self.pictureNames { unlink(path(name)) }
    }
    if hasCheckpoints { try makeFolder(path(Self.checkpointsName)) }
  }

  /// Writes the network to the folder of the checkpoints, which hold only weights. If the training continues, the file
  /// that is there stays: it belongs to the checkpoints, which may yet refuse this training.
  func write(network: Model) throws {
    let path = path("\(Self.checkpointsName)/\(Self.networkName)")
    if continues, pathKind(path) == .file { return }
    try network.save(to: path)
  }

  /// The path of a file in the folder.
  func path(_ name: String) -> String { root.hasSuffix("/") ? root + name : "\(root)/\(name)" }

  /// Writes the model with the state of its training, the history and the report, and at last the pictures. If a
  /// picture cannot be drawn, the command only warns, since everything else is written already.
  ///
  /// - Parameters:
  ///   - test: the test photos, some of which are drawn; `nil` if only their features are known.
  ///   - remarks: what the report says below its table.
  func write(
    _ trained: KerasFile, _ history: History, _ evaluation: Evaluation, _ test: ImageDataset?, remarks: String? = nil
  ) throws {
    try trained.write(to: path(Self.modelName))
    try writeAtomically(Array(history.csv.utf8), to: path("history.csv"), replacing: .sameKind)
    let report = try evaluation.report().description + (remarks.map { "\n\($0)\n" } ?? "")
    try writeAtomically(Array(report.utf8), to: path("report.txt"))

    let curves = history.chart()
    draw("curves.png") { try curves.write(to: $0) }
    draw("curves.svg") { try curves.write(to: $0) }
    // Where a photo has several classes or numbers, there is no single answer to draw.
    guard case .oneClass = evaluation.targetMeaning else { return }
    draw("confusion.png") { try evaluation.confusion().chart().write(to: $0) }
    guard let test, let labels = test.classLabels else { return }
    draw("samples.png") { try samples(evaluation, test, labels).write(to: $0) }
  }

  private func draw(_ name: String, _ write: (String) throws -> Void) {
    do {
      try write(path(name))
    } catch {
      Console.warn("the picture \(path(name)) is missing: \(error)")
    }
  }

  /// Photos from the whole test data, with the predictions of the model.
  private func samples(_ evaluation: Evaluation, _ test: ImageDataset, _ labels: [Int]) throws -> ImageGrid {
    let count = min(24, test.count)
    let predicted = evaluation.predicted
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

/// The output folder has results of an earlier training, which the new one would replace.
struct EarlierRunError: Error, CustomStringConvertible {
  /// The output folder, as the user named it.
  let folder: String
  /// Whether the earlier training can be continued.
  let canResume: Bool

  /// What the user can do.
  var description: String {
    canResume
      ? "\"\(folder)\" has checkpoints of an earlier training: add --resume to continue it, or --restart to start a new one"
      : "\"\(folder)\" has results of an earlier training and no checkpoints to continue from: add --restart to replace "
        + "them, or name another folder"
  }
}

/// The first names of a list, and how many more there are.
func shortList(_ names: [String], limit: Int = 4) -> String {
  names.prefix(limit).joined(separator: ", ") + (names.count > limit ? " and \(names.count - limit) more" : "")
}
