import Foundation
import TestSupport

/// Calls `body` with the root of a made-up file system of `/proc` and `/sys`, given as texts by their paths.
func withMachine<Result>(_ files: [String: String], _ body: (_ root: String) throws -> Result) throws -> Result {
  let folder = try TemporaryFolder()
  for (path, text) in files {
    let url = folder.url.appending(path: path)
    try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: url)
  }
  return try withExtendedLifetime(folder) { try body(folder.url.path) }
}

/// A line of `/proc/self/mountinfo`.
func mountLine(_ type: String, at point: String, root: String = "/", options: String = "") -> String {
  "31 23 0:28 \(root) \(point) rw,nosuid,relatime shared:9 master:2 - \(type) \(type) rw\(options)\n"
}
