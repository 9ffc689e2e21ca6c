import Foundation

/// A folder of photos or odd files that lies next to the checkout, or where `KILIM_SHARED` says. Nil when it is missing.
public func shared(_ folder: String) -> String? {
  let root =
    ProcessInfo.processInfo.environment["KILIM_SHARED"]
    ?? URL(filePath: #filePath).appending(path: "../../../../shared").standardizedFileURL.path
  let path = root + "/" + folder
  return FileManager.default.fileExists(atPath: path) ? path : nil
}
