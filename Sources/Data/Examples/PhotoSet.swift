import Tensor

/// Photos of any source with their targets, read and resized.
///
/// ```swift
/// let table = try CSVTable(contentsOf: "photos.csv")
/// let photos = try PhotoSet(table.photos(path: "file", label: "kind"), imageSize: 64)
/// let (train, test) = try photos.split(testShare: 0.2, seed: 7)
/// ```
public struct PhotoSet: Sendable {
  /// All photos that are used, in the order of the source.
  public let images: ImageDataset
  /// The photos left out, in the order of the source, each with what was found in it.
  public let skipped: [ImageError]
  /// The damaged photos of which a part is used, in the order of the source. Empty unless the policy is `.accepting`.
  public let damaged: [ImageError]
  /// Possible mistakes in the source, in words: for example, two classes whose names differ only in case.
  public let hints: [String]

  /// Reads the photos of a source, resized to one size, with values from 0 to 1.
  ///
  /// - Throws: as ``init(_:preprocessing:unreadable:storage:targets:limits:)``.
  public init(
    _ source: some ExampleSource<Photo, some ExampleTarget>, imageSize: ImageSize,
    resize: Resize = .bilinearAntialiased, unreadable: UnreadablePolicy = .throwing,
    storage: PhotoStorage = .automatic, targets mode: LabelMode = .oneHot, limits: ImageLimits = .standard
  ) throws {
    try self.init(
      source, preprocessing: Preprocessing(imageSize: imageSize, resize: resize), unreadable: unreadable,
      storage: storage, targets: mode, limits: limits)
  }

  /// Reads the photos of a source, on as many threads as `parallelFor` uses.
  ///
  /// - Parameters:
  ///   - source: the photos and their targets.
  ///   - preprocessing: how a photo is converted to an input.
  ///   - unreadable: what to do with a photo that cannot be used: a missing file, no picture, a damaged one. Unless the
  ///     policy is `.throwing`, streamed photos are read once here, to find out which are left out.
  ///   - storage: where the photos are kept between the epochs.
  ///   - mode: the form of the targets in a batch, if each photo has one class.
  ///   - limits: the largest photo to decode.
  /// - Throws: the errors of the source; ``TargetValueError`` for targets that cannot be used; ``DatasetError`` if a weight
  ///   is negative or not finite, there is no photo that can be used, or none of a class that occurs, or not enough memory, which is checked before any photo is read; ``ImageError`` at a
  ///   photo that cannot be used, unless those are skipped; `FileError` if a cache cannot be written.
  public init(
    _ source: some ExampleSource<Photo, some ExampleTarget>, preprocessing: Preprocessing,
    unreadable: UnreadablePolicy = .throwing, storage: PhotoStorage = .automatic, targets mode: LabelMode = .oneHot,
    limits: ImageLimits = .standard
  ) throws {
    try preprocessing.requireMemoryForOne()
    let targets = try source.targets()
    let weights = source.sampleWeights
    try checkSampleWeights(weights, count: source.count)
    try self.init(
      PhotoRows(source), targets, weights, root: "", preprocessing: preprocessing, unreadable: unreadable,
      storage: storage, mode: mode, limits: limits, hints: source.allHints(targets.meaning))
    guard images.count > 0 else { throw DatasetError.noPhotos(count: source.count) }
    // Classes that are given may have no examples at all. One that only such photos have is an output that is never seen.
    guard source.targetNames == nil else { return }
    for (name, count) in zip(images.classes, images.counts) where count == 0 {
      throw DatasetError.unreadableClass(name)
    }
  }

  /// - Parameter root: the folder that the paths of the photos begin with; a cache stays valid when it is moved.
  init(
    _ photos: PhotoRows, _ targets: Targets, _ weights: [Float]? = nil, root: String, preprocessing: Preprocessing,
    unreadable: UnreadablePolicy,
    storage: PhotoStorage, mode: LabelMode, limits: ImageLimits, hints: [String] = []
  ) throws {
    self.hints = hints
    try mode.check(targets.meaning)
    let reader = PhotoReader(preprocessing: preprocessing, limits: limits, acceptsDamage: unreadable == .accepting)
    let opening = PhotoOpening(
      photos: photos, root: root, reader: reader, stopsAtProblem: unreadable == .throwing)
    let (decoded, problems) = try opening.open(storage)
    let rows = (0..<photos.count).filter { problems[$0]?.isUsed ?? true }
    images = ImageDataset(
      decoded: decoded, photos: photos, targets: targets, rows: rows, sampleWeights: weights.selecting(rows),
      preprocessing: preprocessing, labelMode: mode)
    let inOrder = problems.sorted { $0.key < $1.key }.map(\.value)
    skipped = inOrder.filter { !$0.isUsed }.map(\.error)
    damaged = inOrder.filter(\.isUsed).map(\.error)
  }

  /// The names of the classes in the order of the outputs; empty if the targets are not classes.
  public var classes: [String] { images.classes }

  /// Splits the photos into a training and a test part, as
  /// ``ImageDataset/split(testShare:seed:stratify:keepingDuplicatesTogether:)`` does.
  public func split(
    testShare: Double = 0.2, seed: UInt32 = 0, stratify: Bool = false, keepingDuplicatesTogether: Bool = false
  ) throws -> (train: ImageDataset, test: ImageDataset) {
    try images.split(
      testShare: testShare, seed: seed, stratify: stratify, keepingDuplicatesTogether: keepingDuplicatesTogether)
  }
}
