import Glibc

/// The visible entries of a folder by name, sorted by code point. Names that begin with a dot are left out.
///
/// - Throws: ``DatasetError`` when there is no such folder or it cannot be read.
func listFolder(_ path: String) throws(DatasetError) -> [String] {
  guard let folder = opendir(path) else {
    throw .unreadableFolder(path: path, found: String(cString: strerror(errno)).lowercased())
  }
  defer { closedir(folder) }
  var names: [String] = []
  while let entry = readdir(folder) {
    let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
      String(validating: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
    guard let name else {
      throw .unreadableFolder(path: path, found: "an entry whose name is not UTF-8")
    }
    if !name.hasPrefix(".") { names.append(name) }
  }
  return names.sorted { $0.sortKey < $1.sortKey }
}

/// Whether a path leads to a folder, by symbolic links or without.
func isFolder(_ path: String) -> Bool {
  var status = stat()
  return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
}

/// The path of an entry of a folder.
func join(_ folder: String, _ name: String) -> String {
  folder.hasSuffix("/") ? folder + name : folder + "/" + name
}
