/// A folder that is not empty: drawn pictures would be mixed with its files or replace them.
struct FolderInUseError: Error, CustomStringConvertible {
  /// The folder, as the user named it.
  let path: String

  /// A sentence for the user.
  var description: String { "\"\(path)\" is not empty; name a folder that is empty or does not exist yet" }
}
