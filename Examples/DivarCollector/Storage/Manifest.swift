import Foundation
import Serialization

/// The file `manifest.jsonl` of an output folder: one JSON object per line. Lines are only added.
///
/// Each line is on the disk before the collector relies on it. A last line that a crash cut off is dropped when the
/// file is opened again. The open file is locked: a second collector cannot open it.
package final class Manifest {
  /// The name of the file in the output folder.
  package static let fileName = "manifest.jsonl"

  private let path: String
  private let file: FileHandle

  /// Opens or makes the manifest of a folder and reads what is in it.
  ///
  /// - Parameters:
  ///   - folder: the output folder.
  ///   - apply: takes each entry, in order.
  /// - Throws: ``CollectorError/folder(path:reason:)`` if the file cannot be used or is in use;
  ///   ``CollectorError/manifest(path:line:reason:)`` for a line that is no entry.
  package init(folder: String, apply: (ManifestEntry) -> Void) throws(CollectorError) {
    path = "\(folder)/\(Self.fileName)"
    let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
    guard descriptor >= 0 else { throw .folder(path: folder, reason: String(cString: strerror(errno))) }
    file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
    guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
      throw .folder(path: folder, reason: "another collector is at work in it")
    }
    let byteCount = try Self.read(file, path: path, apply)
    do {
      try file.truncate(atOffset: UInt64(byteCount))
      try file.seek(toOffset: UInt64(byteCount))
    } catch {
      throw .folder(path, error)
    }
  }

  /// Reads the manifest of a folder without touching it; nothing if there is none.
  ///
  /// - Parameters:
  ///   - folder: the output folder.
  ///   - apply: takes each entry, in order.
  /// - Throws: ``CollectorError/manifest(path:line:reason:)`` for a line that is no entry.
  package static func read(folder: String, apply: (ManifestEntry) -> Void) throws(CollectorError) {
    let path = "\(folder)/\(fileName)"
    guard let file = FileHandle(forReadingAtPath: path) else { return }
    _ = try read(file, path: path, apply)
  }

  /// Adds an entry and waits until it is on the disk.
  ///
  /// - Throws: ``CollectorError/folder(path:reason:)``, if the disk is full, say.
  package func append(_ entry: ManifestEntry) throws(CollectorError) {
    do {
      try file.write(contentsOf: Self.encoder.encode(entry) + [UInt8(ascii: "\n")])
      try file.synchronize()
    } catch {
      throw .folder(path, error)
    }
  }

  /// Reads all complete lines. Returns their number of bytes; the rest of the file was cut off.
  private static func read(
    _ file: FileHandle, path: String, _ apply: (ManifestEntry) -> Void
  ) throws(CollectorError) -> Int {
    var lines = LineReader(file)
    var number = 0
    while let line = lines.next(), lines.isWhole {
      number += 1
      do {
        apply(try decoder.decode(ManifestEntry.self, from: Foundation.Data(line)))
      } catch {
        let reason = (error as? DecodingError)?.briefly ?? "\(error)"
        throw .manifest(path: path, line: number, reason: "this is not an entry of a manifest: \(reason)")
      }
    }
    if let failure = lines.failure { throw .file(path, failure) }
    return lines.wholeByteCount
  }

  private static let encoder: JSONEncoder = {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.dateEncodingStrategy = .iso8601
    return encoder
  }()

  private static let decoder: JSONDecoder = {
    let decoder = JSONDecoder()
    decoder.dateDecodingStrategy = .iso8601
    return decoder
  }()
}
