import Downloads
import Foundation
import Serialization
import Synchronization

/// The folder `.collect` of an output folder, where pictures stay from their first byte until they are checked.
///
/// The name of a complete picture depends on its address. The name of a partial picture also contains its length and
/// its version, `3f….48213.9c….part`. So a run after a crash requests only the missing bytes, or none if all had
/// arrived.
package final class Staging: Sendable {
  /// The name of the folder.
  package static let folderName = ".collect"

  private let folder: String
  /// The names of the parts that were found, by the key of the address.
  private let parts: Mutex<[String: String]>

  /// Opens or makes the folder.
  ///
  /// - Throws: ``CollectorError/folder(path:reason:)``.
  package init(in output: String) throws(CollectorError) {
    folder = "\(output)/\(Self.folderName)"
    do {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      let names = try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(".part") }
      parts = Mutex(Dictionary(names.map { (String($0.prefix { $0 != "." }), $0) }) { first, _ in first })
    } catch {
      throw .folder(folder, error)
    }
  }

  /// The path of the whole picture from an address, whether it is there or not.
  package func path(for url: URL) -> String { "\(folder)/\(Self.key(of: url))" }

  /// Whether the whole picture is there.
  package func holds(_ url: URL) -> Bool { FileManager.default.fileExists(atPath: path(for: url)) }

  /// Begins or continues to receive a picture.
  package func download(of url: URL) throws -> PartialFile {
    let key = Self.key(of: url)
    let part = parts.withLock { $0.removeValue(forKey: key) }.flatMap { PartialFile.Part(name: $0, of: key) }
    let file = try PartialFile(folder: folder, name: key, continuing: part)
    if file.isWhole { try file.finish() }
    return file
  }

  /// Removes the folder with all that is left in it.
  package func remove() {
    try? FileManager.default.removeItem(atPath: folder)
  }

  private static func key(of url: URL) -> String { String("\(SHA256(of: url.absoluteString.utf8))".prefix(32)) }
}
