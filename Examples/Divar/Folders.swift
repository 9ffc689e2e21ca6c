import Foundation

/// Makes a folder, and those above it that are missing. One that exists already is left as it is.
///
/// - Throws: ``FolderError`` with the answer of the system.
func makeFolder(_ path: String) throws(FolderError) {
  guard mkdir(path, 0o777) != 0 else { return }
  var code = errno
  if code == ENOENT, let slash = path.lastIndex(of: "/"), slash != path.startIndex {
    try makeFolder(String(path[..<slash]))
    guard mkdir(path, 0o777) != 0 else { return }
    code = errno
  }
  var isFolder: ObjCBool = false
  if code == EEXIST, FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue { return }
  throw FolderError(path: path, reason: String(cString: strerror(code)))
}

/// The names in a folder.
///
/// - Throws: ``FolderError`` if the folder cannot be read.
func namesInFolder(_ path: String) throws(FolderError) -> [String] {
  do {
    return try FileManager.default.contentsOfDirectory(atPath: path)
  } catch {
    throw FolderError(path: path, reason: error.localizedDescription)
  }
}

/// A folder that cannot be made or looked into.
struct FolderError: Error, CustomStringConvertible {
  /// The folder, as the caller named it.
  let path: String
  /// What stands in the way.
  let reason: String

  /// A sentence for the user.
  var description: String { "cannot use the folder \"\(path)\": \(reason)" }
}
