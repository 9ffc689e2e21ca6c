import Foundation

/// The folder that pictures are collected into: a folder for each class, the manifest, and while collecting the staging.
package struct OutputFolder {
  /// Where it stands.
  package let path: String
  /// What was collected so far.
  package let ledger: Ledger
  let staging: Staging

  /// Opens or makes a folder.
  ///
  /// - Parameters:
  ///   - path: where it stands.
  ///   - resuming: whether to go on with what is in it. A new collection wants an empty folder.
  ///   - time: the clock.
  /// - Throws: ``CollectorError``.
  package init(_ path: String, resuming: Bool, time: any Timekeeper = SystemTime()) throws(CollectorError) {
    self.path = path
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
      let names = try FileManager.default.contentsOfDirectory(atPath: path)
      let isCollection = names.contains(Manifest.fileName)
      if isCollection, !resuming {
        throw CollectorError.folder(path: path, reason: "it holds a collection already; add --resume to go on with it")
      }
      if !isCollection, !names.isEmpty {
        throw CollectorError.folder(path: path, reason: "it is not empty, and no collector began it")
      }
    } catch let error as CollectorError {
      throw error
    } catch {
      throw .folder(path, error)
    }
    ledger = try Ledger(folder: path, time: time)
    staging = try Staging(in: path)
    if let last = ledger.state.lastImage, staging.holds(last.url) { try settle(last) }
  }

  /// The bytes of a picture that arrived.
  func stagedBytes(of url: URL) throws(CollectorError) -> [UInt8] {
    do {
      return try [UInt8](Foundation.Data(contentsOf: URL(filePath: staging.path(for: url))))
    } catch {
      throw .folder(path, error)
    }
  }

  /// Writes down what became of a picture and puts its file where it belongs.
  ///
  /// The line comes first: whoever finds it without the file in its place takes the file from the staging.
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
      // In one step, also where a file of this content stands already.
      guard rename(staged, "\(path)/\(saved.file)") == 0 else {
        throw CollectorError.folder(path: path, reason: String(cString: strerror(errno)))
      }
    } catch let error as CollectorError {
      throw error
    } catch {
      throw .folder(path, error)
    }
  }
}
