import Glibc

/// How the names of files begin that ``writeAtomically(_:to:)`` has not finished.
let temporaryPrefix = ".kilim-"

/// Removes the unfinished files that killed programs have left in a folder.
///
/// Their names hold the process number. A file of another process that still runs is left alone. One with the number of
/// this process is removed: a container gives each program the same number.
package func removeUnfinishedFiles(in folder: String) {
  guard let entries = opendir(folder) else { return }
  defer { closedir(entries) }
  while let entry = readdir(entries) {
    let name = withUnsafeBytes(of: &entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    if name.hasPrefix(temporaryPrefix), !belongsToRunningProcess(name) { unlinkat(dirfd(entries), name, 0) }
  }
}

/// Whether the process whose number stands in the name of an unfinished file runs and is not this one.
private func belongsToRunningProcess(_ name: String) -> Bool {
  let number = name.dropFirst(temporaryPrefix.count).prefix { $0.isASCII && $0.isNumber }
  guard let process = Int32(number), process > 0, process != getpid() else { return false }
  return kill(process, 0) == 0 || errno == EPERM
}
