import Kilim
import Serialization

/// The list of photos that a training leaves out: a `.csv` file with a column `file`, as `divar inspect --backbone` writes it.
struct LeftOutPhotos {
  private let path: String
  /// The paths as they are written, by their plain form.
  private let files: [ExactText: String]

  /// Reads a list.
  ///
  /// - Throws: `FileError` or `TableError` when the file cannot be read or is no such list.
  init(_ path: String) throws {
    self.path = path
    let written = try CSVTable(contentsOf: path).column("file")
    files = Dictionary(written.map { (ExactText(plainPath($0)), $0) }) { first, _ in first }
  }

  /// The photos of a folder that are not in the list.
  ///
  /// - Throws: ``LeftOutError`` when the list names photos, and none of them is in the folder, or no photo of a class is left.
  func removed(from photos: ImageDataset, in folder: String) throws -> ImageDataset {
    // A line begins in the folder, or is a whole path from the root of the system on.
    let names = photos.paths.map { path in
      let whole = path.utf8.first == UInt8(ascii: "/") ? [path] : []
      return ([pathInside(folder, path)] + whole).map { ExactText(plainPath($0)) }
    }
    let kept = names.indices.filter { index in names[index].allSatisfy { files[$0] == nil } }
    let found = Set(names.joined())
    let missing = files.filter { !found.contains($0.key) }.map(\.value).sorted()
    guard files.isEmpty || missing.count < files.count else {
      let first = missing.first ?? ""
      throw LeftOutError(
        path: path,
        problem:
          "none of its \(counted(files.count, "file")) is a photo in \(folder); expected paths from that folder on, found "
          + "\"\(first)\"")
    }
    if !missing.isEmpty {
      Console.note(
        "\(path): \(counted(missing.count, "line")) matched no photo in \(folder): \(shortList(missing, limit: 3))")
    }
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
