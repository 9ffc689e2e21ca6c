import Glibc

/// Why no file can be written at a path; `nil` if it can. It tries to make another file in the same folder.
package func obstacle(toWritingAt path: String) -> String? {
  var status = stat()
  // For example, a name that is too long, or a file where a folder should be.
  if lstat(path, &status) != 0, errno != ENOENT { return String(cString: strerror(errno)) }
  let folder = parent(of: path)
  switch pathKind(folder) {
  case nil: return "the folder \"\(folder)\" does not exist"
  case .folder: break
  default: return "\"\(folder)\" is not a folder"
  }
  // Checking permissions is not enough: the file system may be read-only or full, and some users may do everything.
  // A name of its own for each call: several threads may try the same folder at once.
  let trial = "\(folder)/\(TemporaryName.random())"
  let file = open(trial, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
  guard file >= 0 else { return String(cString: strerror(errno)) }
  close(file)
  unlink(trial)
  return nil
}
