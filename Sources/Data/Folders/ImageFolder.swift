import Serialization

/// Photos in a folder with one sub-folder for each class.
///
/// ```swift
/// let photos = try ImageFolder("dataset", imageSize: 64)
/// let (train, test) = try photos.split(testShare: 0.2, seed: 7)
/// ```
///
/// The classes are the sub-folders, sorted by code points, unless they are given. The photos of a class are the files in its folder and in the
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
  /// are used as classes, or names that differ only in case.
  public let hints: [String]

  /// The names of the classes, in the order of the outputs.
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
  /// - Throws: as ``init(_:preprocessing:classes:unreadable:storage:targets:limits:leastClasses:)``.
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
  ///   - classes: all classes in the order of the outputs, as a model knows them; by default those of the sub-folders. A class may
  ///     have no sub-folder, and a sub-folder must be one of the classes.
  ///   - unreadable: what to do with a file that cannot be used.
  ///   - storage: where the photos are kept between the epochs.
  ///   - mode: the form of the targets in a batch.
  ///   - limits: the largest photo to decode.
  ///   - leastClasses: the number of sub-folders that there must be: 1 for photos to add to others. By default 2, and 1 if the
  ///     classes are given.
  /// - Throws: ``DatasetError`` when the folder is missing, has fewer or other classes, a sub-folder has no photo, or
  ///   `targets` is `.binary` and there are not exactly two classes, or the photos need more memory than there is,
  ///   which is checked before any is read;
  ///   ``ImageError`` at an unreadable file unless those are skipped; `FileError` when a cache cannot be written.
  public init(
    _ path: String, preprocessing: Preprocessing, classes: [String]? = nil, unreadable: UnreadablePolicy = .throwing,
    storage: PhotoStorage = .automatic, targets mode: LabelMode = .oneHot, limits: ImageLimits = .standard,
    leastClasses: Int? = nil
  ) throws {
    try preprocessing.requireMemoryForOne()
    let listing = try FolderListing(path, leastClasses: leastClasses ?? (classes == nil ? 2 : 1))
    let all = classes ?? listing.classes
    guard mode != .binary || all.count == 2 else { throw DatasetError.notTwoClasses(path: path, classes: all) }
    let labels = try listing.labels(among: all)
    if unreadable == .throwing, let first = listing.refused.first { throw first }
    let targets = Targets(labels: listing.files.map { labels[$0.label] }, classes: all)
    let set = try PhotoSet(
      PhotoRows(paths: listing.files.map(\.path)), targets, root: path, preprocessing: preprocessing,
      unreadable: unreadable, storage: storage, mode: mode, limits: limits)
    let counts = set.images.counts
    if let empty = labels.firstIndex(where: { counts[$0] == 0 }) {
      throw DatasetError.emptyClass(
        path: join(path, listing.classes[empty]), skipped: listing.files.count { $0.label == empty })
    }
    images = set.images
    skipped = (listing.refused + set.skipped).sorted { $0.path.sortKey < $1.path.sortKey }
    damaged = set.damaged.sorted { $0.path.sortKey < $1.path.sortKey }
    hints = listing.hints + nameHints(listing.classes)
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
