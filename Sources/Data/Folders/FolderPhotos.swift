import Serialization

/// The photos of a folder whose sub-folders are named after several classes each: `red+round`, `red`, `blue+square`.
///
/// ```swift
/// let tagged = try PhotoSet(FolderPhotos("dataset", separator: "+"), imageSize: 64)
/// ```
///
/// A file belongs to all classes in the name of its sub-folder. The order of names does not matter, and one may occur in any
/// number of folders.
public struct FolderPhotos: ExampleSource {
  private let path: String
  private let files: [PhotoFile]
  private let names: [[String]]
  /// All classes in the order of the outputs, if they are given.
  public let targetNames: [String]?
  /// Possible mistakes: no name with a separator, sub-folders that look like the parts of a data set.
  public let hints: [String]

  /// Lists a folder.
  ///
  /// - Parameters:
  ///   - path: the folder.
  ///   - separator: between the classes in the name of a sub-folder. White space beside it is left out.
  ///   - classes: all classes in the order of the outputs; by default the names that occur, sorted.
  /// - Throws: ``DatasetError`` when the folder is missing or has no sub-folder, or a name is empty between two separators;
  ///   ``ImageError`` for a file or folder whose name is not UTF-8, or that cannot be read at all.
  public init(_ path: String, separator: Character, classes: [String]? = nil) throws {
    let listing = try FolderListing(path, leastClasses: 1)
    if let refused = listing.refused.first { throw refused }
    names = try listing.classes.map { folder throws(DatasetError) in
      let parts = folder.split(separator: separator, omittingEmptySubsequences: false).map(\.trimmed)
      guard parts.allSatisfy({ !$0.isEmpty }) else { throw .emptyPartOfName(path: join(path, folder), separator) }
      return parts
    }
    files = listing.files
    targetNames = classes
    self.path = path
    let hint =
      "\(path): no name of a sub-folder contains the separator \"\(separator)\", so no photo has several classes"
    hints = listing.hints + (listing.classes.contains { $0.contains(separator) } ? [] : [hint])
  }

  /// The number of files.
  public var count: Int { files.count }
  /// The file of a photo.
  public func item(at index: Int) -> Photo { .file(files[index].path) }
  /// The classes in the name of its folder.
  public func target(at index: Int) -> [String] { names[files[index].label] }

  /// The classes of all photos.
  ///
  /// - Throws: ``DatasetError/unusableTargets(path:found:expected:)`` for a class that is none of the given ones.
  public func targets() throws -> Targets {
    do {
      return try Targets(severalClassNames: files.map { names[$0.label] }, classes: targetNames)
    } catch {
      let folder = error.example.map { parent(of: files[$0].path) } ?? path
      throw DatasetError.unusableTargets(path: folder, found: error.found, expected: error.expected)
    }
  }
}
