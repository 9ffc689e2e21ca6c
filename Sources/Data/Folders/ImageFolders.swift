import Serialization

/// Photos in a folder that is split already: sub-folders `train`, `val` and `test`, each with one sub-folder for each class.
///
/// ```swift
/// let photos = try ImageFolders("dataset", imageSize: 64)
/// let history = try model.fit(photos.train.images, validation: photos.validation?.images, loss: .categoricalCrossEntropy)
/// ```
///
/// The names of the parts may also be `training`; `valid`, `validation`, `dev`; `testing`. All parts must have the same
/// classes: a part that lacks one would number the others differently.
public struct ImageFolders: Sendable {
  /// The photos to train on.
  public let train: ImageFolder
  /// The photos to choose a model by; `nil` if the folder has none.
  public let validation: ImageFolder?
  /// The photos to measure the model with at the end; `nil` if the folder has none.
  public let test: ImageFolder?

  /// The names of the classes, sorted.
  public var classes: [String] { train.classes }

  private static let names = [
    ["train", "training"], ["val", "valid", "validation", "dev"], ["test", "testing"],
  ]

  /// Reads the parts of a folder.
  ///
  /// - Parameters:
  ///   - path: the folder.
  ///   - preprocessing: how a photo is converted to an input.
  ///   - unreadable: what to do with a file that cannot be used.
  ///   - storage: where the photos are kept between the epochs. A cache gets the name of the part added to its path.
  ///   - targets: the form of the targets in a batch.
  ///   - limits: the largest photo to decode.
  /// - Throws: ``DatasetError`` when there is no part to train on, no other part, two folders for one part, another folder
  ///   beside the parts, or parts with different classes; otherwise as ``ImageFolder``.
  public init(
    _ path: String, preprocessing: Preprocessing, unreadable: UnreadablePolicy = .throwing,
    storage: PhotoStorage = .automatic, targets: LabelMode = .oneHot, limits: ImageLimits = .standard
  ) throws {
    let found = try Self.parts(of: path)
    func read(_ part: [String]) throws -> ImageFolder? {
      guard let name = part.first else { return nil }
      return try ImageFolder(
        join(path, name), preprocessing: preprocessing, unreadable: unreadable, storage: storage.named(name),
        targets: targets, limits: limits)
    }
    guard let train = try read(found[0]) else {
      throw DatasetError.notParts(path: path, folders: found.flatMap(\.self))
    }
    self.train = train
    validation = try read(found[1])
    test = try read(found[2])
    for (part, folder) in zip(found.dropFirst(), [validation, test]) {
      guard let folder, !folder.classes.equalsExactly(train.classes) else { continue }
      throw DatasetError.otherClassesInPart(
        path: join(path, part[0]), classes: folder.classes, expected: train.classes)
    }
  }

  /// Whether a folder has the parts of a split data set and no other folders, and each part has folders of its own.
  package static func isSplit(_ path: String) -> Bool {
    guard let parts = try? parts(of: path) else { return false }
    return parts.joined().allSatisfy { (try? subfolders(of: join(path, $0)))?.isEmpty == false }
  }

  /// The folder to train on, that to choose by and that to test on, none or one each.
  ///
  /// - Throws: ``DatasetError/notParts(path:folders:)`` if there is no part to train on, no other part, or another folder.
  private static func parts(of path: String) throws(DatasetError) -> [[String]] {
    let folders = try subfolders(of: path)
    let found = names.map { names in folders.filter { names.contains($0.lowercased()) } }
    guard found[0].count == 1, found.allSatisfy({ $0.count <= 1 }), found.joined().count >= 2,
      found.joined().count == folders.count
    else { throw .notParts(path: path, folders: folders) }
    return found
  }

  private static func subfolders(of path: String) throws(DatasetError) -> [String] {
    try folderEntries(path).map(\.name).filter { pathKind(join(path, $0)) == .folder }
  }

  /// Reads the parts of a folder, resized to one size, with values from 0 to 1.
  ///
  /// - Throws: as ``init(_:preprocessing:unreadable:storage:targets:limits:)``.
  public init(
    _ path: String, imageSize: ImageSize, resize: Resize = .bilinearAntialiased,
    unreadable: UnreadablePolicy = .throwing, storage: PhotoStorage = .automatic, targets: LabelMode = .oneHot,
    limits: ImageLimits = .standard
  ) throws {
    try self.init(
      path, preprocessing: Preprocessing(imageSize: imageSize, resize: resize), unreadable: unreadable,
      storage: storage, targets: targets, limits: limits)
  }
}

extension PhotoStorage {
  /// The same storage for one of several parts: a cache of its own.
  fileprivate func named(_ part: String) -> PhotoStorage {
    if case .cache(let path) = self { .cache(path: "\(path)-\(part)") } else { self }
  }
}
