import Data
import Glibc
import ModelFormats
import NN
import Serialization
import Training

/// The folder that a training writes its results to. Only one process at a time uses it.
///
/// Nothing that is no result of a training is replaced, and results of an earlier training only with ``Start/restart``.
///
/// ```swift
/// let run = try RunFolder("run", start: .resume, outside: "photos")
/// try run.open()
/// let history = try model.fit(
///   train, validation: test, epochs: 10, loss: .categoricalCrossEntropy,
///   checkpoints: Checkpoints(run.path(RunFolder.checkpointsName)))
/// let evaluation = try model.evaluate(test, loss: .categoricalCrossEntropy)
/// try run.write(KerasFile(model: model), history, evaluation, test: test)
/// ```
public final class RunFolder {
  /// The trained model: `model.keras`.
  public static let modelName = "model.keras"
  /// The folder of the checkpoints.
  public static let checkpointsName = "checkpoints"
  /// The network, in the folder of the checkpoints, which hold only weights.
  public static let networkName = "network.keras"
  /// The features of the photos, if a backbone makes them. They stay for the next training that uses them.
  public static let featuresName = "features.safetensors"
  /// What a page about the training is made of.
  public static let recordName = "report.json"
  private static let markName = "run.json"
  private static let mark = Array("{\"format\": \"divar run 1\"}\n".utf8)
  static let (historyName, reportName) = ("history.csv", "report.txt")
  private static let figureNames = [historyName, reportName, recordName]
  private static let pictureNames = [
    "curves.png", "curves.svg", "confusion.png", "predictions.png", "samples.png",
  ]

  /// How a training begins.
  public enum Start: Sendable {
    /// As a new training in a folder without an earlier one.
    case new
    /// From the newest checkpoint, if there is one. Otherwise as a new training, if there are no results but a history.
    case resume
    /// As a new training that replaces an earlier one.
    case restart
  }

  private let root: String
  private let start: Start
  /// The names of all results.
  private let resultNames: [String]
  private var lock: FolderLock?
  /// Whether the training continues from a checkpoint in the folder.
  private var continues = false

  /// Checks that a training can begin in a folder, and locks it if it exists. Writes nothing else.
  ///
  /// - Parameters:
  ///   - path: the folder, which need not exist.
  ///   - start: how the training begins.
  ///   - data: the folder of photos, if there is one; the results must not be inside it.
  ///   - otherResults: the names of other files that the program writes there. They are results as well.
  /// - Throws: `FolderError`, ``EarlierRunError``, or `FolderLockError` if another process trains there.
  public init(_ path: String, start: Start = .new, outside data: String? = nil, otherResults: [String] = []) throws {
    (root, self.start) = (path, start)
    resultNames = [Self.modelName] + Self.figureNames + Self.pictureNames + otherResults
    if let data, PhotoTree(data).contains(path) {
      throw FolderError(
        path: path,
        reason:
          "it lies in the folder of photos \"\(data)\", and would be read as photos; name another place")
    }
    try checkThatFolderCanBeMade(path)
    if pathKind(path) == .folder { try take() }
  }

  /// Locks the folder, which exists, and checks that the training may begin there.
  private func take() throws {
    // Before the lock, so that no file is written to a folder of something else.
    _ = try trainingNames()
    let lock = try FolderLock(root)
    // Once more: until the lock, another training may have written here.
    let names = try trainingNames()
    let hasCheckpoints = Checkpoints(path(Self.checkpointsName)).newest != nil
    continues = start == .resume && hasCheckpoints
    let hasResults = names.contains(where: resultNames.contains)
    switch start {
    case .new where hasCheckpoints || hasResults: throw EarlierRunError(folder: root, canResume: hasCheckpoints)
    // A history alone is that of a training that has ended before its first checkpoint.
    case .resume where !hasCheckpoints && names.contains(where: { resultNames.contains($0) && $0 != Self.historyName }):
      throw EarlierRunError(folder: root, canResume: false)
    case .new, .resume, .restart: break
    }
    self.lock = lock
  }

  /// The names in the folder.
  ///
  /// - Throws: `FolderError` unless it is empty or that of a training.
  private func trainingNames() throws -> [String] {
    let names = try namesInFolder(root).filter { !Self.isLeftBySystem($0) }.sorted()
    let isMarked = names.contains(Self.markName)
    // Other programs have files of this name as well.
    guard !isMarked || isMark(path(Self.markName)) else {
      throw FolderError(
        path: root,
        reason:
          "no training has written its \(Self.markName); name a folder that is empty or does not exist yet")
    }
    guard names.isEmpty || isMarked || Checkpoints(path(Self.checkpointsName)).newest != nil else {
      throw FolderError(
        path: root,
        reason:
          "it holds files that no training has written (\(shortList(names, limit: 4))); name a folder that is empty or does "
          + "not exist yet")
    }
    return names
  }

  /// Whether a file says that its folder is that of a training.
  private func isMark(_ path: String) -> Bool {
    (try? readFile(path, limit: 1 << 10)) == Self.mark
  }

  /// Whether a file or folder with this name may be in an otherwise empty folder: a file of the system, or Kilim's
  /// lock.
  private static func isLeftBySystem(_ name: String) -> Bool {
    [".DS_Store", "lost+found", "@eaDir", "Thumbs.db", "desktop.ini"].contains(name) || name.hasPrefix(".kilim")
  }

  /// Makes the folder if it does not exist, locks it, and removes the results of an earlier training that is replaced. It
  /// removes nothing if a result could not be written later.
  ///
  /// - Parameters:
  ///   - hasCheckpoints: whether the training writes checkpoints.
  ///   - usesFeatures: whether the training uses ``featuresName``: then the features of the earlier training stay.
  /// - Throws: `FolderError`, `FileError`, ``EarlierRunError`` if the folder did not exist and another training has written
  ///   there since, or `FolderLockError` if another process trains there.
  public func open(hasCheckpoints: Bool = true, usesFeatures: Bool = false) throws {
    try makeFolder(root)
    if lock == nil { try take() }
    try checkResults(keepsFeatures: usesFeatures)
    if hasCheckpoints { try checkThatFolderCanBeMade(path(Self.checkpointsName)) }
    let mark = path(Self.markName)
    if pathKind(mark) == nil { try writeAtomically(Self.mark, to: mark) }
    if start == .restart { try removeEarlierRun(keepsFeatures: usesFeatures) }
    if hasCheckpoints { try makeFolder(path(Self.checkpointsName)) }
  }

  /// Checks that each result can be written, or removed. A picture that cannot costs the picture, not the training.
  private func checkResults(keepsFeatures: Bool) throws {
    let names = resultNames.filter { !Self.pictureNames.contains($0) }
    guard start == .restart else {
      for name in names {
        let path = path(name)
        switch (name, PathContent(path)) {
        case (_, .folder), (_, .special): try requireReplaceable(path, by: .binary)
        case (Self.modelName, .file): try requireReplaceable(path, by: .keras, .sameKind)
        case (Self.historyName, _): try requireReplaceable(path, by: .csv)
        case (Self.recordName, _): try requireReplaceable(path, by: .json)
        default: break
        }
      }
      return
    }
    let checkpoints = path(Self.checkpointsName)
    let earlier = pathKind(checkpoints) == .folder ? try namesInFolder(checkpoints).sorted() : []
    let removed = earlier.filter { $0 == Self.networkName || Checkpoints.isName($0) }
    let others = (keepsFeatures ? [] : [Self.featuresName]) + removed.map { "\(Self.checkpointsName)/\($0)" }
    for name in names + others {
      var status = stat()
      // A link to a folder can be removed.
      guard lstat(path(name), &status) == 0, status.st_mode & S_IFMT == S_IFDIR else { continue }
      throw FileError(path: path(name), action: .write, reason: .isFolder)
    }
  }

  /// Removes all that an earlier training has written, and nothing else.
  private func removeEarlierRun(keepsFeatures: Bool) throws {
    for name in resultNames + (keepsFeatures ? [] : [Self.featuresName]) {
      // A folder in the place of a picture is no result. It costs the picture, not the training.
      if Self.pictureNames.contains(name), pathKind(path(name)) == .folder { continue }
      try remove(name)
    }
    let checkpoints = path(Self.checkpointsName)
    guard pathKind(checkpoints) == .folder else { return }
    try remove("\(Self.checkpointsName)/\(Self.networkName)")
    try Checkpoints(checkpoints).remove()
  }

  /// Removes a file, if it is there. An old one that stayed would pass for a result of the new training.
  private func remove(_ name: String) throws(FileError) {
    let path = path(name)
    guard unlink(path) != 0, errno != ENOENT else { return }
    throw FileError(path: path, action: .write, reason: .init(errno: errno))
  }

  /// Whether the training writes, replaces or removes the file at a path, which so must be no input of it.
  public func replaces(_ file: String) -> Bool {
    guard let identity = FileIdentity(file) else { return false }
    let checkpoints = path(Self.checkpointsName)
    let names = (try? namesInFolder(checkpoints)) ?? []
    let files = (resultNames + [Self.markName]).map(path) + names.map { "\(checkpoints)/\($0)" }
    return files.contains { FileIdentity($0) == identity }
  }

  /// Writes the network to the folder of the checkpoints, which hold only weights. If the training continues, the file
  /// that is there stays: it belongs to the checkpoints, which may yet refuse this training. The file says that its own
  /// weights are not trained.
  ///
  /// - Parameter targets: what the outputs stand for, which `fit` tells the network only later.
  /// - Throws: `ModelFileError` or `FileError`.
  public func write(network: Model, targets: TargetMeaning? = nil) throws {
    let path = path("\(Self.checkpointsName)/\(Self.networkName)")
    if continues, pathKind(path) == .file { return }
    let metadata = network.metadata
    defer { network.metadata = metadata }
    network.lacksTrainedWeights = true
    switch targets {
    case .severalClasses, .numbers: network.targetMeaning = targets
    // The class names say all.
    case .oneClass, .unknown, nil: break
    }
    try network.save(to: path)
  }

  /// The path of a file in the folder.
  public func path(_ name: String) -> String { join(root, name) }
}

/// The folder has results of an earlier training, which the new one would replace.
public struct EarlierRunError: Error, Equatable, CustomStringConvertible {
  /// The folder, as the user named it.
  public let folder: String
  /// Whether the earlier training can be continued.
  public let canResume: Bool

  /// What the program can do.
  public var description: String {
    canResume
      ? "\"\(folder)\" has checkpoints of an earlier training: continue it (.resume), or replace it (.restart)"
      : "\"\(folder)\" has results of an earlier training and no checkpoints to continue from: replace them (.restart), "
        + "or name another folder"
  }
}
