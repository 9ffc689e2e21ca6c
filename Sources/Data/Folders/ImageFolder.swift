import Tensor

/// Photos in a folder with one sub-folder for each class.
///
/// ```swift
/// let photos = try ImageFolder("dataset", imageSize: 64)
/// let (train, test) = try photos.split(testShare: 0.2, seed: 7)
/// ```
///
/// The classes are the sub-folders, sorted by code points. The photos of a class are the files in its folder and in the
/// folders below, in the order of their paths. Symbolic links are followed, and a folder that a class reaches twice is
/// read once. Hidden files, unfinished downloads (`photo.jpg.part`) and files of systems, such as `Thumbs.db`, `@eaDir`
/// and `lost+found`, are left out. The format of a file is recognized by its content, never by its name.
public struct ImageFolder: Sendable {
  /// All photos, class by class.
  public let images: ImageDataset
  /// The files left out, in the order of paths, each with what was found in it.
  public let skipped: [ImageError]
  /// The damaged files of which a part is used, in the order of paths, each with what is wrong with it. Empty unless
  /// the policy is `.accepting`.
  public let damaged: [ImageError]
  /// Possible mistakes in the choice of the folder, in words: for example, sub-folders named `train` and `val`, which
  /// are used as classes.
  public let hints: [String]

  /// The names of the sub-folders.
  public var classes: [String] { images.classes }
  /// The number of photos of each class.
  public var counts: [Int] { images.counts }

  /// Reads a folder of photos, resized to one size, with values from 0 to 1.
  ///
  /// - Parameters:
  ///   - path: the folder.
  ///   - imageSize: the size of the inputs, to which the photos are resized.
  ///   - resize: how they are resized.
  ///   - colours: the order of the channels.
  ///   - unreadable: what to do with a file that cannot be used.
  ///   - storage: where the photos are kept between the epochs.
  ///   - targets: the form of the targets in a batch.
  ///   - limits: the largest photo to decode.
  /// - Throws: as ``init(_:preprocessing:unreadable:storage:targets:limits:)``.
  public init(
    _ path: String, imageSize: ImageSize, resize: Resize = .bilinearAntialiased, colours: ColourOrder = .rgb,
    unreadable: UnreadablePolicy = .throwing, storage: PhotoStorage = .automatic, targets: LabelMode = .oneHot,
    limits: ImageLimits = .standard
  ) throws {
    try self.init(
      path, preprocessing: Preprocessing(imageSize: imageSize, resize: resize, colours: colours),
      unreadable: unreadable, storage: storage, targets: targets, limits: limits)
  }

  /// Reads a folder of photos, on as many threads as `parallelFor` uses.
  ///
  /// Unless the policy is `.throwing`, streamed photos are read once here, to find out which are left out. With
  /// `.throwing` they are read for their first batch, and an unreadable photo is an error there.
  ///
  /// - Parameters:
  ///   - path: the folder.
  ///   - preprocessing: how a photo is converted to an input.
  ///   - unreadable: what to do with a file that cannot be used.
  ///   - storage: where the photos are kept between the epochs.
  ///   - targets: the form of the targets in a batch.
  ///   - limits: the largest photo to decode.
  /// - Throws: ``DatasetError`` when the folder is missing, has fewer than two classes, a class has no photo, or
  ///   `targets` is `.binary` and there are not exactly two classes, or the photos need more memory than there is,
  ///   which is checked before any is read;
  ///   ``ImageError`` at an unreadable file unless those are skipped; `FileError` when a cache cannot be written.
  public init(
    _ path: String, preprocessing: Preprocessing, unreadable: UnreadablePolicy = .throwing,
    storage: PhotoStorage = .automatic, targets: LabelMode = .oneHot, limits: ImageLimits = .standard
  ) throws {
    try requireMemory("one input of \(preprocessing.imageSize) pixels", preprocessing.workingByteCount)
    let listing = try FolderListing(path)
    guard targets != .binary || listing.classes.count == 2 else {
      throw DatasetError.notTwoClasses(path: path, classes: listing.classes)
    }
    if unreadable == .throwing, let first = listing.refused.first { throw first }
    let reader = PhotoReader(
      preprocessing: preprocessing, limits: limits, acceptsDamage: unreadable == .accepting)
    let (source, problems) = try openPhotos(
      of: listing, reader: reader, storage: storage, stopsAtProblem: unreadable == .throwing)

    let files = listing.files
    let rows = files.indices.filter { problems[$0]?.isUsed ?? true }
    var counts = [Int](repeating: 0, count: listing.classes.count)
    for row in rows { counts[files[row].label] += 1 }
    if let label = counts.firstIndex(of: 0) {
      throw DatasetError.emptyClass(
        path: join(path, listing.classes[label]), skipped: files.count { $0.label == label })
    }
    let leftOut = problems.values.filter { !$0.isUsed }.map(\.error)
    skipped = (listing.refused + leftOut).sorted { $0.path.sortKey < $1.path.sortKey }
    damaged = problems.values.filter(\.isUsed).map(\.error).sorted { $0.path.sortKey < $1.path.sortKey }
    hints = listing.hints
    images = ImageDataset(
      source: source, files: files, rows: rows, classes: listing.classes, preprocessing: preprocessing,
      labelMode: targets)
  }

  /// Splits the photos into a training and a test part, as
  /// ``ImageDataset/split(testShare:seed:stratify:keepingDuplicatesTogether:)`` does.
  public func split(
    testShare: Double = 0.2, seed: UInt32 = 0, stratify: Bool = false, keepingDuplicatesTogether: Bool = false
  ) throws -> (train: ImageDataset, test: ImageDataset) {
    try images.split(
      testShare: testShare, seed: seed, stratify: stratify, keepingDuplicatesTogether: keepingDuplicatesTogether)
  }
}

/// The photos of a folder in the wanted storage, and what is wrong with some of them, by row.
private func openPhotos(
  of listing: FolderListing, reader: PhotoReader, storage: PhotoStorage, stopsAtProblem: Bool
) throws -> (any PhotoSource, problems: [Int: PhotoProblem]) {
  let paths = listing.files.map(\.path)
  func stopIfAsked(_ readings: [PhotoReading]) throws {
    if stopsAtProblem, let first = readings.lazy.compactMap(\.problem).first { throw first.error }
  }

  switch storage {
  case .automatic(let budget):
    let byteCount = saturatingProduct(paths.count, reader.byteCount)
    let fits = byteCount <= budget && byteCount <= SystemMemory.available ?? .max
    return try openPhotos(
      of: listing, reader: reader, storage: fits ? .memory : .streamed, stopsAtProblem: stopsAtProblem)
  case .memory:
    try requireMemory(
      "keeping \(counted(paths.count, "photo")) of \(reader.preprocessing.imageSize) pixels in memory",
      saturatingProduct(paths.count, reader.byteCount))
    var readings: [PhotoReading] = []
    let bytes = Tensor<UInt8>(unsafeUninitialized: Shape([paths.count] + reader.preprocessing.inputShape)) {
      readings = reader.read(paths[...], into: $0)
    }
    try stopIfAsked(readings)
    return (MemoryPhotos(storage: bytes, checksums: readings.map(\.checksum)), byRow(readings))
  case .streamed:
    let readings = stopsAtProblem ? [] : reader.check(paths[...])
    return (StreamedPhotos(paths: paths, reader: reader), byRow(readings))
  case .cache(let path):
    let cache = try PhotoCache.upToDate(
      path, fingerprint: fingerprint(of: listing.files, in: listing.root, reader), paths: paths, reader: reader,
      stoppingAt: stopIfAsked)
    try stopIfAsked(paths.indices.map { PhotoReading(checksum: 0, problem: cache.problems[$0]) })
    return (CachedPhotos(cache, paths: paths, reader: reader), cache.problems)
  }
}

private func byRow(_ readings: [PhotoReading]) -> [Int: PhotoProblem] {
  Dictionary(
    uniqueKeysWithValues: readings.enumerated().compactMap { row, reading in reading.problem.map { (row, $0) } })
}
