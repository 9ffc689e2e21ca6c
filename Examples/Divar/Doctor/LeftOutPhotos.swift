import Kilim
import Serialization

/// The list of photos that a training leaves out: a `.csv` file with a column `file`, as `divar inspect --backbone` writes it.
struct LeftOutPhotos {
  private let path: String
  private let files: Set<ExactText>

  /// Reads a list.
  ///
  /// - Throws: `FileError` or `TableError` when the file cannot be read or is no such list.
  init(_ path: String) throws {
    self.path = path
    files = Set(try CSVTable(contentsOf: path).column("file").map(ExactText.init))
  }

  /// The photos of a folder that are not in the list.
  ///
  /// - Throws: ``LeftOutError`` when the list names photos, and none of them is in the folder, or no photo of a class is left.
  func removed(from photos: ImageDataset, in folder: String) throws -> ImageDataset {
    let kept = photos.paths.enumerated().filter { !files.contains(ExactText(pathInside(folder, $0.element))) }.map(
      \.offset)
    let missing = files.count - (photos.count - kept.count)
    guard files.isEmpty || missing < files.count else {
      let first = files.map(\.text).min() ?? ""
      throw LeftOutError(
        path: path,
        problem:
          "none of its \(counted(files.count, "file")) is a photo in \(folder); expected paths from that folder on, found "
          + "\"\(first)\"")
    }
    if missing > 0 { Console.note("\(counted(missing, "file")) in \(path) are not in \(folder)") }
    let rest = photos.selecting(kept)
    if let empty = rest.missingClasses.first {
      throw LeftOutError(path: path, problem: "it lists all photos of the class \(empty)")
    }
    return rest
  }
}

/// A list of photos that cannot be used.
struct LeftOutError: Error, CustomStringConvertible {
  /// The file.
  let path: String
  /// What was found, and what is needed.
  let problem: String

  /// A sentence for the user.
  var description: String { "\(path): \(problem)" }
}
