import Tensor

/// Photos in a folder with one sub-folder for each class, decoded and held in memory as bytes.
///
/// ```swift
/// let photos = try ImageFolder("dataset", imageSize: 64)
/// let (train, test) = try photos.split(testShare: 0.2, seed: 7)
/// ```
///
/// The classes are the sub-folders, and the photos the files directly in them, both sorted by code point; entries that
/// begin with a dot are left out, symbolic links are followed. Files are told apart by content, never by name.
public struct ImageFolder: Sendable {
  /// What happens at a file that is no image, is damaged or is too large.
  public enum UnreadablePolicy: Hashable, Sendable {
    /// The first such file, in the order of paths, is thrown as an ``ImageError``.
    case throwing
    /// Such files are left out and listed in ``ImageFolder/skipped``.
    case skipping
  }

  /// All photos, class by class.
  public let images: ImageDataset
  /// The files left out, in the order of paths, each with what was found in it.
  public let skipped: [ImageError]

  /// The names of the sub-folders.
  public var classes: [String] { images.classes }
  /// The number of photos of each class.
  public var counts: [Int] { images.counts }

  /// Reads all photos, on as many threads as `parallelFor` uses. Holds `height * width * 3` bytes for each.
  ///
  /// - Parameters:
  ///   - path: the folder.
  ///   - imageSize: what the photos are resized to.
  ///   - resize: how they are resized.
  ///   - colours: the order of the channels.
  ///   - unreadable: what happens at a file that cannot be used.
  ///   - targets: the form of the targets that batches hold.
  ///   - limits: the largest photo that is decoded.
  /// - Throws: ``DatasetError`` when the folder is missing, has fewer than two classes, or a class has no photo;
  ///   ``ImageError`` at an unreadable file unless those are skipped.
  public init(
    _ path: String, imageSize: ImageSize, resize: Resize = .bilinear, colours: ColourOrder = .rgb,
    unreadable: UnreadablePolicy = .throwing, targets: LabelMode = .oneHot, limits: ImageLimits = .standard
  ) throws {
    let classes = try listFolder(path).filter { isFolder(join(path, $0)) }
    guard classes.count >= 2 else { throw DatasetError.tooFewClasses(path: path, classes: classes) }
    var files: [(path: String, label: Int)] = []
    for (label, name) in classes.enumerated() {
      let folder = join(path, name)
      files += try listFolder(folder).map { (join(folder, $0), label) }
    }

    let preprocessing = Preprocessing(imageSize: imageSize, resize: resize, colours: colours)
    let (storage, failures) = decode(files.map(\.path), preprocessing, limits: limits)
    skipped = failures.compactMap(\.self)
    if unreadable == .throwing, let first = skipped.first { throw first }
    let rows = files.indices.filter { failures[$0] == nil }
    for (label, name) in classes.enumerated() where !rows.contains(where: { files[$0].label == label }) {
      throw DatasetError.emptyClass(path: join(path, name), skipped: files.count { $0.label == label })
    }
    images = ImageDataset(
      storage: storage, rows: rows, paths: files.map(\.path), rowLabels: files.map(\.label), classes: classes,
      preprocessing: preprocessing, labelMode: targets)
  }

  /// Splits the photos into a training and a test part, as ``ImageDataset/split(testShare:seed:stratify:)`` does.
  public func split(
    testShare: Double = 0.2, seed: UInt32 = 0, stratify: Bool = false
  ) throws(SplitError) -> (train: ImageDataset, test: ImageDataset) {
    try images.split(testShare: testShare, seed: seed, stratify: stratify)
  }
}

/// Decodes and resizes files in parallel into one tensor `[files, 3, height, width]`, with an error or nil for each.
/// The rows of files with an error are zero.
private func decode(
  _ paths: [String], _ preprocessing: Preprocessing, limits: ImageLimits
) -> (Tensor<UInt8>, [ImageError?]) {
  let imageBytes = preprocessing.inputShape.elementCount
  var failures = [ImageError?](repeating: nil, count: paths.count)
  var storage = Tensor<UInt8>(zeros: Shape([paths.count] + preprocessing.inputShape))
  storage.withUnsafeMutableScalars { storage in
    failures.withUnsafeMutableBufferPointer { failures in
      parallelFor(chunks: paths.count) { index in
        do throws(ImageError) {
          let image = try Image(contentsOfFile: paths[index], limits: limits)
          let row = storage[index * imageBytes..<(index + 1) * imageBytes]
          preprocessing.writePlanes(of: image, to: UnsafeMutableBufferPointer(rebasing: row))
        } catch {
          failures[index] = error
        }
      }
    }
  }
  return (storage, failures)
}
