import Glibc

/// How the names of files begin that ``writeAtomically(_:to:)`` has not finished.
let temporaryPrefix = ".kilim-"

/// Removes what programs have left in a folder that were killed while they wrote into it.
///
/// For folders that one program at a time writes into: the unfinished file of another would be lost.
package func removeUnfinishedFiles(in folder: String) {
  guard let entries = opendir(folder) else { return }
  defer { closedir(entries) }
  while let entry = readdir(entries) {
    let name = withUnsafeBytes(of: &entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    if name.hasPrefix(temporaryPrefix) { unlinkat(dirfd(entries), name, 0) }
  }
}
