import Foundation
import Serialization

/// The output folder of a collection: a folder for each class, the manifest, and the staging folder during a run.
package struct OutputFolder {
  /// The path of the folder.
  package let path: String
  /// The manifest and its state.
  package let ledger: Ledger
  let staging: Staging

  /// Opens or makes a folder, and locks it.
  ///
  /// - Parameters:
  ///   - path: the path of the folder.
  ///   - resuming: whether to continue an existing collection. A new collection needs an empty folder.
  ///   - time: the clock.
  /// - Throws: ``CollectorError``.
  package init(_ path: String, resuming: Bool, time: any Timekeeper = SystemTime()) throws(CollectorError) {
    self.path = path
    try Self.check(path, resuming: resuming)
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    } catch {
      throw .folder(path, error)
    }
    ledger = try Ledger(folder: path, time: time)
    staging = try Staging(in: path)
    for name in (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? [] {
      removeUnfinishedFiles(in: "\(path)/\(name)")
    }
    if let last = ledger.state.lastImage, staging.holds(last.url) { try settle(last) }
  }

  /// Checks that a folder can take a collection, and changes nothing. A folder that does not exist can.
  ///
  /// - Parameters:
  ///   - path: the path of the folder.
  ///   - resuming: whether to continue an existing collection.
  /// - Throws: ``CollectorError/folder(path:reason:)``.
  package static func check(_ path: String, resuming: Bool) throws(CollectorError) {
    guard FileManager.default.fileExists(atPath: path) else { return }
    do {
      let names = try FileManager.default.contentsOfDirectory(atPath: path)
      let isCollection = names.contains(Manifest.fileName)
      if isCollection, !resuming {
        throw CollectorError.folder(path: path, reason: "it holds a collection already; add --resume to continue it")
      }
      if !isCollection, !names.isEmpty {
        throw CollectorError.folder(path: path, reason: "it holds other files; name a new or an empty folder")
      }
      guard FileManager.default.isWritableFile(atPath: path) else {
        throw CollectorError.folder(path: path, reason: "it cannot be written to")
      }
    } catch let error as CollectorError {
      throw error
    } catch {
      throw .folder(path, error)
    }
  }

  /// The bytes of a picture that arrived.
  func stagedBytes(of url: URL) throws(CollectorError) -> [UInt8] {
    do {
      return try [UInt8](Foundation.Data(contentsOf: URL(filePath: staging.path(for: url))))
    } catch {
      throw .folder(path, error)
    }
  }

  /// Records the result for a picture and moves its file to the folder of its class.
  ///
  /// The record is written first. If the run ends before the file is moved, the next run moves it from the staging
  /// folder.
  func record(_ record: ImageRecord) throws(CollectorError) {
    try ledger.record(.image(record))
    try settle(record)
  }

  private func settle(_ record: ImageRecord) throws(CollectorError) {
    let staged = staging.path(for: record.url)
    do {
      guard let saved = record.saved else {
        if staging.holds(record.url) { try FileManager.default.removeItem(atPath: staged) }
        return
      }
      try FileManager.default.createDirectory(
        atPath: "\(path)/\(record.className)", withIntermediateDirectories: true)
      try writeAtomically(stagedBytes(of: record.url), to: "\(path)/\(saved.file)")
      try FileManager.default.removeItem(atPath: staged)
    } catch let error as CollectorError {
      throw error
    } catch {
      throw .folder(path, error)
    }
  }
}
