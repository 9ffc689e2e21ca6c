import Serialization
import Tensor

/// The content of a folder of photos, file by file, for a look before training.
///
/// Every file is decoded, in parallel, and not kept in memory. The files are those that ``ImageFolder`` reads.
public struct FolderInspection: Sendable {
  /// The names of the sub-folders, sorted.
  public let classes: [String]
  /// The photos that can be read, class by class.
  public let photos: [InspectedPhoto]
  /// The files that cannot be read or are damaged, in the order of paths, each with what was found in it.
  public let unreadable: [ImageError]
  /// The positions in `photos` of files with the same bytes, in groups of at least two.
  public let duplicates: [[Int]]
  /// Possible mistakes in the choice of the folder, in words: for example, sub-folders named `train` and `val`.
  public let hints: [String]

  /// The number of readable photos of each class.
  public var counts: [Int] {
    photos.reduce(into: [Int](repeating: 0, count: classes.count)) { $0[$1.label] += 1 }
  }

  /// The groups of `duplicates` with photos in more than one class: all but one of their labels are wrong.
  public var contradictions: [[Int]] {
    duplicates.filter { group in Set(group.map { photos[$0].label }).count > 1 }
  }

  /// Inspects all files of a folder.
  ///
  /// - Parameters:
  ///   - path: the folder.
  ///   - limits: the largest photo that is decoded.
  /// - Throws: ``DatasetError`` when the folder is missing or has fewer than two sub-folders; `FileError` when a file
  ///   goes away meanwhile.
  public init(_ path: String, limits: ImageLimits = .standard) throws {
    let files = try InspectedFiles(of: path)
    let found = files.inspect(Array(0..<files.count), limits: limits)
    try self.init(files, found: found, duplicates: Self.duplicates(among: found))
  }

  /// Puts together what was found.
  ///
  /// - Parameters:
  ///   - files: the files of the folder.
  ///   - found: what is in each of them, in their order.
  ///   - duplicates: ``duplicates(among:)``, which reads files once more.
  package init(_ files: InspectedFiles, found: [InspectedFile], duplicates: [[Int]]) {
    classes = files.listing.classes
    hints = files.listing.hints + nameHints(files.listing.classes)
    photos = found.compactMap(\.photo)
    unreadable = (files.listing.refused + found.compactMap(\.error)).sorted { $0.path.sortKey < $1.path.sortKey }
    self.duplicates = duplicates
  }

  /// The positions among the photos of files with the same bytes, in groups of at least two.
  package static func duplicates(among found: [InspectedFile]) throws -> [[Int]] {
    try groupByContent(PhotoRows(paths: found.compactMap { $0.photo?.path })).filter { $0.count > 1 }
  }

  /// Positions of up to `count` photos of a class, evenly spread over it.
  public func samples(ofClass label: Int, count: Int) -> [Int] {
    let members = photos.indices.filter { photos[$0].label == label }
    let chosen = min(count, members.count)
    return (0..<chosen).map { members[$0 * members.count / chosen] }
  }
}
