import Glibc
import Serialization

/// The class folders of a folder and the files in them, as ``ImageFolder`` reads them.
///
/// The files of a class are those in its folder and in the folders below it, sorted by the code points of their paths.
/// Symbolic links are followed. A folder that a class reaches twice, for example by a link to a folder above it, is
/// read once. Hidden names and files of systems are left out: see ``LeftBehind``.
struct FolderListing {
  /// The folder, as the caller named it.
  let root: String
  /// The names of the class folders, sorted by code point.
  let classes: [String]
  /// All files, class by class.
  private(set) var files: [PhotoFile] = []
  /// The files and folders below the class folders that cannot be read at all.
  private(set) var refused: [ImageError] = []
  /// Possible mistakes in the choice of the folder, in words.
  private(set) var hints: [String] = []

  /// Lists a folder.
  ///
  /// - Throws: ``DatasetError`` when there is no such folder, it cannot be read, it holds fewer than `leastClasses` folders,
  ///   or a folder in it holds the results of a training.
  init(_ root: String, leastClasses: Int = 2) throws(DatasetError) {
    self.root = root
    var classes: [String] = []
    for entry in try folderEntries(root) {
      // With every policy for photos, a class must not be left out without an error.
      guard entry.isUTF8 || entry.isSurelyNoFolder else {
        throw .unreadableFolder(path: join(root, entry.name), found: FolderEntry.notUTF8)
      }
      if entry.isUTF8, pathKind(join(root, entry.name)) == .folder, !LeftBehind.isVersionControl(entry.name, in: root) {
        classes.append(entry.name)
      }
    }
    guard classes.count >= leastClasses else { throw Self.tooFewClasses(classes, in: root) }
    self.classes = classes
    var contents: [(fileCount: Int, folders: [String])] = []
    for (label, name) in classes.enumerated() {
      var visited: Set<FileIdentity> = Set([fileStatus(root)].compactMap { $0.map(FileIdentity.init) })
      let first = files.count
      contents.append(try list(join(root, name), label: label, visited: &visited, isClass: true))
      files[first...].sort { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
    }
    hints = folderHints(root, classes: classes, contents: contents)
  }

  /// The place of each class folder among all classes.
  ///
  /// - Throws: ``DatasetError/unknownClasses(path:found:known:)`` for a folder that is none of them.
  func labels(among all: [String]) throws(DatasetError) -> [Int] {
    let places = Dictionary(all.enumerated().map { (ExactText($1), $0) }) { first, _ in first }
    let labels = classes.compactMap { places[ExactText($0)] }
    guard labels.count == classes.count else {
      throw .unknownClasses(path: root, found: classes.filter { places[ExactText($0)] == nil }, known: all)
    }
    return labels
  }

  private static func tooFewClasses(_ classes: [String], in root: String) -> DatasetError {
    guard let only = classes.first, let entries = try? folderEntries(join(root, only)) else {
      return .tooFewClasses(path: root, classes: classes)
    }
    let below = entries.map(\.name).filter { pathKind(join(join(root, only), $0)) == .folder }
    return below.count < 2
      ? .tooFewClasses(path: root, classes: classes)
      : .oneFolderAbove(path: root, folder: join(root, only), classes: below)
  }

  /// Adds the files of a folder and of those below it.
  ///
  /// - Returns: the number of files directly in the folder, and its sub-folders.
  @discardableResult
  private mutating func list(
    _ folder: String, label: Int, visited: inout Set<FileIdentity>, isClass: Bool = false
  ) throws(DatasetError) -> (fileCount: Int, folders: [String]) {
    var contents: (fileCount: Int, folders: [String]) = (0, [])
    if let status = fileStatus(folder), !visited.insert(FileIdentity(status)).inserted { return contents }
    let entries: [FolderEntry]
    do throws(DatasetError) {
      entries = try folderEntries(folder)
    } catch {
      guard !isClass, case .unreadableFolder(let path, let found) = error else { throw error }
      refused.append(ImageError(path: path, found: "a folder that cannot be read (\(found))"))
      return contents
    }
    if let file = trainingResult(among: entries.map(\.name)) { throw .trainingResults(path: folder, file: file) }
    for entry in entries {
      let path = join(folder, entry.name)
      if !entry.isUTF8 {
        refused.append(ImageError(path: path, found: FolderEntry.notUTF8, expected: "a name in UTF-8"))
      } else if pathKind(path) == .folder {
        if LeftBehind.isVersionControl(entry.name, in: folder) { continue }
        contents.folders.append(entry.name)
        try list(path, label: label, visited: &visited)
      } else if !LeftBehind.isUnfinishedDownload(entry.name) {
        contents.fileCount += 1
        files.append(PhotoFile(path: path, label: label))
      }
    }
    return contents
  }
}

/// A file that should hold a photo.
struct PhotoFile: Sendable {
  let path: String
  /// The class, an index into the sorted names of the class folders.
  let label: Int
}
