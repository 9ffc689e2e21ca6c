/// A folder that pictures must not be drawn into: it holds something already, which they might mix with or replace.
struct FolderInUseError: Error, CustomStringConvertible {
  /// The folder, as the user named it.
  let path: String

  /// A sentence for the user.
  var description: String { "\"\(path)\" is not empty; name a folder that is empty or does not exist yet" }
}
