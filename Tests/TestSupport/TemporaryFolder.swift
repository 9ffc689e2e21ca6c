import Foundation

/// A new empty folder for one test, removed with all its content when its owner goes away.
public final class TemporaryFolder {
  /// Where the folder stands.
  public let url: URL

  /// Makes the folder.
  public init() throws {
    url = FileManager.default.temporaryDirectory.appending(path: "kilim-test-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
  }

  deinit {
    try? FileManager.default.removeItem(at: url)
  }

  /// The path of an entry of the folder.
  public func path(_ name: String) -> String { url.appending(path: name).path }

  /// The names of all entries, or of those of a folder in it, hidden ones too, sorted.
  public func entries(in name: String = "") throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: path(name)).sorted()
  }
}
