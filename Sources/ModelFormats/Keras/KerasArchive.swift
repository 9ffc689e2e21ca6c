import Foundation
import Serialization

/// The entries of a `.keras` file, which is a ZIP archive.
///
/// `metadata.json` names the Keras version, `config.json` describes the layers, `model.weights.h5` holds the
/// variables; `kilim.json`, which Keras ignores, holds what Kilim keeps with a model: class names, preprocessing.
struct KerasArchive {
  /// The description of the model, with points behind whole numbers as the file has them.
  var description: JSON
  /// The description of the model.
  var config: JSON { description.withoutPoints }
  /// The HDF5 file of the variables, or several of them.
  var weights: KerasWeights.Source
  /// What Kilim keeps with a model; empty in a file that Keras has written.
  var metadata: [String: String]

  private enum EntryName {
    static let version = "metadata.json"
    static let config = "config.json"
    static let weights = "model.weights.h5"
    /// Names several files of weights, which newer versions of Keras write for very large models.
    static let shards = "model.weights.json"
    static let kilim = "kilim.json"
  }

  private struct KilimEntry: Codable {
    let metadata: [String: String]
  }

  /// The oldest Keras that opens what is written: only keys that this version knows are used.
  private static let oldestKeras = "3.0.5"
  private static let largestText = 1 << 26
  private static let largestWeights = 1 << 36

  /// The bytes of the archive. Equal content gives equal bytes: no date is written.
  static func encoded(
    config: JSON, weights: [UInt8], metadata: [String: String], for path: String
  ) throws -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return try zipArchive(
      of: [
        ZipEntry(name: EntryName.version, bytes: Array(encoder.encode(["keras_version": Self.oldestKeras]))),
        ZipEntry(name: EntryName.config, bytes: Array(config.encoded().utf8)),
        ZipEntry(name: EntryName.weights, bytes: weights),
        ZipEntry(name: EntryName.kilim, bytes: Array(encoder.encode(KilimEntry(metadata: metadata)))),
      ], for: path)
  }
}

extension KerasArchive {
  /// Reads the entries of a file.
  ///
  /// - Parameter path: where the bytes came from, named by errors.
  /// - Throws: ``ModelFileError`` if an entry is missing or damaged.
  init(_ archive: ZipReader, path: String) throws {
    description = try Self.description(of: archive, path: path)
    if archive.holds(EntryName.shards), !archive.holds(EntryName.weights) {
      let map = try Self.json(EntryName.shards, of: archive, path: path)
      weights = .shards(
        try KerasShards(map, path: path, place: EntryName.shards) { name in
          try archive.source(of: name, limit: Self.largestWeights)
        })
    } else {
      weights = .file(try archive.source(of: EntryName.weights, limit: Self.largestWeights))
    }
    metadata = [:]
    guard archive.holds(EntryName.kilim) else { return }
    for (key, value) in try Self.json(EntryName.kilim, of: archive, path: path)["metadata"]?.members ?? [:] {
      guard let text = value.text else {
        throw ModelFileError(
          path: path, place: EntryName.kilim, problem: .damaged("\"\(key)\" is \(value), a text is needed"))
      }
      metadata[key] = text
    }
  }

  /// The description of the model and its training, without reading any weights.
  ///
  /// - Throws: as the initializer.
  static func config(of archive: ZipReader, path: String) throws -> JSON {
    try description(of: archive, path: path).withoutPoints
  }

  private static func description(of archive: ZipReader, path: String) throws -> JSON {
    // What no version says was not written by Keras 2.
    let version = archive.holds(EntryName.version) ? try json(EntryName.version, of: archive, path: path) : .null
    return try json(EntryName.config, of: archive, path: path, keepsPoints: true)
      .translated(fromKeras: version["keras_version"]?.text ?? oldestKeras)
  }

  private static func json(
    _ name: String, of archive: ZipReader, path: String, keepsPoints: Bool = false
  ) throws -> JSON {
    try JSON(
      parsing: archive.contents(of: name, limit: largestText), path: path, place: name, keepsPoints: keepsPoints)
  }
}
