import Glibc

/// The names of files that ``writeAtomically(_:to:)`` has not finished: `.kilim-`, the number of the process, `-`, and
/// a random number in base 36.
enum TemporaryName {
  private static let prefix = ".kilim-"

  static func random() -> String {
    "\(prefix)\(getpid())-\(String(UInt64.random(in: .min ... .max), radix: 36))"
  }

  /// Whether a name is exactly of this form.
  static func matches(_ name: some Collection<UInt8>) -> Bool {
    guard name.starts(with: prefix.utf8) else { return false }
    let parts = name.dropFirst(prefix.utf8.count).split(separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
    let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
    let letters = UInt8(ascii: "a")...UInt8(ascii: "z")
    return parts.count == 2 && (1...10).contains(parts[0].count) && (1...13).contains(parts[1].count)
      && parts[0].allSatisfy(digits.contains) && parts[1].allSatisfy { digits.contains($0) || letters.contains($0) }
  }
}

/// Removes the unfinished files that killed programs have left in a folder.
///
/// It removes only regular files with names of ``writeAtomically(_:to:)``, and no file that a program is still writing:
/// a writer holds a lock on its file.
package func removeUnfinishedFiles(in folder: String) {
  guard let entries = opendir(folder) else { return }
  defer { closedir(entries) }
  while let entry = readdir(entries) {
    let bytes = withUnsafeBytes(of: &entry.pointee.d_name) { Array($0.prefix { $0 != 0 }) }
    guard TemporaryName.matches(bytes) else { continue }
    let name = String(decoding: bytes, as: UTF8.self)
    let number = openat(dirfd(entries), name, O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC)
    guard number >= 0 else { continue }
    defer { close(number) }
    var status = stat()
    guard fstat(number, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { continue }
    // On a file system without locks, no program can hold one.
    if flock(number, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK { unlinkat(dirfd(entries), name, 0) }
  }
}
