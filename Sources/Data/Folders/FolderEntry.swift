import Glibc

/// A name in a folder.
struct FolderEntry {
  static let notUTF8 = "a name that is not UTF-8"

  /// The name; where it is not UTF-8, with `\xE9` in place of each byte that is not ASCII.
  let name: String
  /// Whether the bytes of the name are UTF-8, so that `name` leads to the file.
  let isUTF8: Bool
  /// Whether the folder's entry shows that this is neither a folder nor a link, which could point to a folder.
  let isSurelyNoFolder: Bool

  fileprivate init(bytes: some Collection<UInt8>, type: UInt8) {
    if let name = String(validating: bytes, as: UTF8.self) {
      (self.name, isUTF8) = (name, true)
    } else {
      name = bytes.map { $0 < 0x80 ? String(UnicodeScalar($0)) : "\\x" + String($0, radix: 16, uppercase: true) }
        .joined()
      isUTF8 = false
    }
    isSurelyNoFolder = [DT_REG, DT_FIFO, DT_SOCK, DT_CHR, DT_BLK].contains { Int($0) == Int(type) }
  }
}

/// The entries of a folder, without ``LeftBehind`` names, sorted by name in the order of code points.
///
/// - Throws: ``DatasetError`` when there is no such folder or it cannot be read.
func folderEntries(_ path: String) throws(DatasetError) -> [FolderEntry] {
  guard let folder = opendir(path) else {
    let found = errno == ENOTDIR ? "a file" : String(cString: strerror(errno)).lowercased()
    throw .unreadableFolder(path: path, found: found)
  }
  defer { closedir(folder) }
  var entries: [FolderEntry] = []
  while let entry = readdir(folder) {
    let type = entry.pointee.d_type
    let found = withUnsafeBytes(of: &entry.pointee.d_name) { FolderEntry(bytes: $0.prefix { $0 != 0 }, type: type) }
    if !LeftBehind.contains(found.name) { entries.append(found) }
  }
  return entries.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
}
