import Foundation

/// Makes a folder, and the missing folders above it. An existing folder is not changed.
///
/// - Throws: ``FolderError`` with the error of the system.
package func makeFolder(_ path: String) throws(FolderError) {
  guard mkdir(path, 0o777) != 0 else { return }
  var code = errno
  if code == ENOENT, parent(of: path) != "." {
    try makeFolder(parent(of: path))
    guard mkdir(path, 0o777) != 0 else { return }
    code = errno
  }
  if code == EEXIST, pathKind(path) == .folder { return }
  throw FolderError(path: path, reason: code == EEXIST ? "it is not a folder" : String(cString: strerror(code)))
}

/// Checks that a folder can be made or, if it exists, be written to. Changes nothing.
///
/// - Throws: ``FolderError``.
package func checkThatFolderCanBeMade(_ path: String) throws(FolderError) {
  if path.isEmpty { throw FolderError(path: path, reason: "the name is empty") }
  var existing = path
  while pathKind(existing) == nil {
    var status = stat()
    if lstat(existing, &status) == 0 { throw FolderError(path: path, reason: "it is a link that leads nowhere") }
    existing = parent(of: existing)
  }
  guard pathKind(existing) == .folder else {
    throw FolderError(path: path, reason: existing == path ? "it is not a folder" : "\"\(existing)\" is not a folder")
  }
  // The first folder that would be made, or a file in the existing folder.
  let rest = path.utf8.dropFirst(existing == path ? path.utf8.count : existing == "." ? 0 : existing.utf8.count)
  let name = rest.split(separator: UInt8(ascii: "/")).first.flatMap { String(Substring($0)) } ?? "file"
  if let reason = obstacle(toWritingAt: "\(existing)/\(name)") { throw FolderError(path: path, reason: reason) }
}

/// The names in a folder.
///
/// - Throws: ``FolderError`` if the folder cannot be read.
package func namesInFolder(_ path: String) throws(FolderError) -> [String] {
  do {
    return try FileManager.default.contentsOfDirectory(atPath: path)
  } catch {
    throw FolderError(path: path, reason: error.localizedDescription)
  }
}

/// A folder that cannot be made or used.
public struct FolderError: Error, Equatable, CustomStringConvertible {
  /// The folder, as the user named it.
  public let path: String
  /// The problem.
  public let reason: String

  package init(path: String, reason: String) {
    (self.path, self.reason) = (path, reason)
  }

  /// A sentence for the user.
  public var description: String { "cannot use the folder \"\(path)\": \(reason)" }
}
