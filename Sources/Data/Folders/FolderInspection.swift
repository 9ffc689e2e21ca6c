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
    let listing = try FolderListing(path)
    var found = [Result<InspectedPhoto, ImageError>?](repeating: nil, count: listing.files.count)
    found.withUnsafeMutableBufferPointer { found in
      parallelFor(chunks: listing.files.count) { position in
        found[position] = Result { () throws(ImageError) in
          try InspectedPhoto(listing.files[position], limits: limits)
        }
      }
    }
    classes = listing.classes
    hints = listing.hints
    photos = found.compactMap { try? $0?.get() }
    let failures = found.compactMap { result -> ImageError? in
      if case .failure(let error) = result { error } else { nil }
    }
    unreadable = (listing.refused + failures).sorted { $0.path.sortKey < $1.path.sortKey }
    duplicates = try groupByContent(PhotoRows(paths: photos.map(\.path))).filter { $0.count > 1 }
  }

  /// Positions of up to `count` photos of a class, evenly spread over it.
  public func samples(ofClass label: Int, count: Int) -> [Int] {
    let members = photos.indices.filter { photos[$0].label == label }
    let chosen = min(count, members.count)
    return (0..<chosen).map { members[$0 * members.count / chosen] }
  }
}
