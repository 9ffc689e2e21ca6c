import Serialization
import Tensor

/// The content of a folder of photos, or of a table that lists them, file by file, for a look before training.
///
/// Every file is decoded, in parallel, and not kept in memory. The files of a folder are those that ``ImageFolder`` reads.
public struct FolderInspection: Sendable {
  /// What the photos are labelled with: in a folder, one class each.
  public let meaning: TargetMeaning
  /// The photos that can be read, class by class.
  public let photos: [InspectedPhoto]
  /// The files that cannot be read or are damaged, in the order of paths, each with what was found in it.
  public let unreadable: [ImageError]
  /// The positions in `photos` of files with the same bytes, in groups of at least two.
  public let duplicates: [[Int]]
  /// Possible mistakes in the choice of the folder, in words: for example, sub-folders named `train` and `val`.
  public let hints: [String]
  /// The range of each number that the photos are labelled with, over all files; empty for classes.
  public let numbers: [NumberRange]

  /// The names of the classes: of a folder, those of the sub-folders, sorted. Empty if the photos are not labelled with classes.
  public var classes: [String] { meaning.classes }

  /// The number of readable photos of each class.
  public var counts: [Int] {
    photos.reduce(into: [Int](repeating: 0, count: classes.count)) { counts, photo in
      for label in photo.labels { counts[label] += 1 }
    }
  }

  /// The groups of `duplicates` with photos of different classes: all but one of their labels are wrong.
  public var contradictions: [[Int]] {
    duplicates.filter { group in Set(group.map { photos[$0].labels }).count > 1 }
  }

  /// Inspects all files of a folder.
  ///
  /// - Parameters:
  ///   - path: the folder.
  ///   - limits: the largest photo that is decoded.
  /// - Throws: ``DatasetError`` when the folder is missing or has fewer than two sub-folders; `FileError` when a file
  ///   goes away meanwhile.
  public init(_ path: String, limits: ImageLimits = .standard) throws {
    try self.init(InspectedFiles(of: path), limits: limits)
  }

  /// Inspects all photos of a source, such as those of a table.
  ///
  /// ```swift
  /// let table = try CSVTable(contentsOf: "photos.csv")
  /// let inspection = try FolderInspection(table.photos(path: "file", label: "kind"))
  /// ```
  ///
  /// - Parameters:
  ///   - source: the photos, in files or as their bytes.
  ///   - limits: the largest photo that is decoded.
  /// - Throws: the errors of the source; `FileError` when a file goes away meanwhile.
  public init(_ source: some ExampleSource<Photo, some ExampleTarget>, limits: ImageLimits = .standard) throws {
    try self.init(InspectedFiles(source), limits: limits)
  }

  /// Inspects all files of a list, with this process alone.
  package init(_ files: InspectedFiles, limits: ImageLimits) throws {
    let found = files.inspect(Array(0..<files.count), limits: limits)
    try self.init(files, found: found, duplicates: files.duplicates(among: found))
  }

  /// Puts together what was found.
  ///
  /// - Parameters:
  ///   - files: the files.
  ///   - found: what is in each of them, in their order.
  ///   - duplicates: ``InspectedFiles/duplicates(among:)``, which reads files once more.
  package init(_ files: InspectedFiles, found: [InspectedFile], duplicates: [[Int]]) {
    (meaning, hints, numbers) = (files.meaning, files.hints, files.numbers)
    photos = found.compactMap(\.photo)
    unreadable = (files.refused + found.compactMap(\.error)).sorted { $0.path.sortKey < $1.path.sortKey }
    self.duplicates = duplicates
  }

  /// Positions of up to `count` photos of a class, evenly spread over it; of all photos for `nil`.
  public func samples(ofClass label: Int?, count: Int) -> [Int] {
    let members = photos.indices.filter { index in label.map { photos[index].labels.contains($0) } ?? true }
    let chosen = min(count, members.count)
    return (0..<chosen).map { members[$0 * members.count / chosen] }
  }
}
