import Glibc
import Kilim

/// The output file of a command. It is checked before the work begins, so that no work is lost.
struct OutputFile {
  /// The path of the file, as the user wrote it.
  let path: String

  /// Checks that the file can be written.
  ///
  /// - Parameters:
  ///   - path: the path of the file.
  ///   - option: the option that names it.
  ///   - overwrite: whether an existing file may be replaced.
  ///   - data: the folder of photos, or the table, that is read; the output must not be inside it.
  ///   - inputs: what the command reads besides; the output must be none of it.
  ///   - ending: how the name must end.
  /// - Throws: ``OutputFileError``.
  init(
    _ path: String, option: String = "--output", overwrite: Bool, outside data: String? = nil,
    keeping inputs: [CommandInput] = [], ending: String? = nil
  ) throws {
    self.path = path
    func refuse(_ reason: String) -> OutputFileError { OutputFileError(option: option, path: path, reason: reason) }
    if path.isEmpty { throw refuse("the name is empty") }
    if let ending, !path.lowercased().hasSuffix(ending) { throw refuse("the name must end in \(ending)") }
    let table = data.flatMap { pathKind($0) == .file ? CommandInput("the table of photos", $0) : nil }
    if let input = (inputs + [table].compactMap(\.self)).first(where: { $0.file(at: path) != nil }) {
      throw refuse("it is \(input.name) itself; name another file")
    }
    switch pathKind(path) {
    case .folder: throw refuse("it is a folder; name a file")
    case .other: throw refuse("it is not a regular file")
    case .file where !overwrite: throw refuse("the file exists already; add --overwrite to replace it")
    case .file, nil: break
    }
    if path.hasSuffix("/") { throw refuse("it is the name of a folder; name a file") }
    if let data, PhotoTree(data).contains(path) {
      throw refuse("it lies in the folder of photos \"\(data)\", and would be read as one of them; name another place")
    }
    if let reason = obstacle(toWritingAt: followingLink(path)) { throw refuse(reason) }
  }
}

extension OutputFile {
  /// Writes the file. An existing file of any kind is replaced in one step: the user has requested it.
  ///
  /// - Parameter write: writes a new file at the given path, which has the same extension as this file.
  func write(_ write: (String) throws -> Void) throws {
    let target = followingLink(path)
    guard pathKind(target) != nil else { return try write(path) }
    let name = target.utf8.split(separator: UInt8(ascii: "/")).last.flatMap { String(Substring($0)) } ?? ""
    let new = "\(parent(of: target))/.kilim-\(getpid())-\(name)"
    do {
      try write(new)
      guard rename(new, target) == 0 else {
        throw OutputFileError(option: "--output", path: path, reason: String(cString: strerror(errno)))
      }
    } catch {
      unlink(new)
      throw error
    }
  }
}

/// A file that cannot be written.
struct OutputFileError: Error, CustomStringConvertible {
  /// The option that names the file.
  let option: String
  /// The file, as the user named it.
  let path: String
  /// The problem, and what the user can do.
  let reason: String

  /// A sentence for the user.
  var description: String { "cannot write \(option) \"\(path)\": \(reason)" }
}
