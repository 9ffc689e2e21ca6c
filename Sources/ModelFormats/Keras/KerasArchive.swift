import Foundation
import Serialization

/// The entries of a `.keras` file, which is a ZIP archive.
///
/// `metadata.json` names the Keras version, `config.json` describes the layers, `model.weights.h5` holds the
/// variables; `kilim.json`, which Keras passes over, holds what Kilim keeps with a model: class names, preprocessing.
struct KerasArchive {
  /// The description of the model.
  var config: JSON
  /// The HDF5 file of the variables.
  var weights: [UInt8]
  /// What Kilim keeps with a model; empty in a file that Keras has written.
  var metadata: [String: String]

  private enum EntryName {
    static let version = "metadata.json"
    static let config = "config.json"
    static let weights = "model.weights.h5"
    static let kilim = "kilim.json"
  }

  private struct KilimEntry: Codable {
    let metadata: [String: String]
  }

  /// The oldest Keras that opens what is written: only keys that this version knows are used.
  private static let oldestKeras = "3.0.5"
  private static let largestText = 1 << 26
  static let largestWeights = 1 << 36

  /// The bytes of the archive. Equal content gives equal bytes: no date is written.
  func encoded(for path: String) throws -> [UInt8] {
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
  /// Takes a file apart.
  ///
  /// - Parameter path: where the bytes came from, named by errors.
  /// - Throws: ``ModelFileError`` if an entry is missing or damaged.
  init(bytes: [UInt8], path: String) throws {
    let archive = try ZipReader(bytes: bytes, path: path)
    func decode<Content: Decodable>(_ type: Content.Type, from name: String) throws -> Content {
      let text = try archive.contents(of: name, limit: Self.largestText)
      do {
        return try JSONDecoder().decode(type, from: Data(text))
      } catch let error as DecodingError {
        throw ModelFileError(path: path, place: name, problem: .damaged(error.briefly))
      }
    }
    config = try decode(JSON.self, from: EntryName.config)
    weights = try archive.contents(of: EntryName.weights, limit: Self.largestWeights)
    metadata = try archive.holds(EntryName.kilim) ? decode(KilimEntry.self, from: EntryName.kilim).metadata : [:]
  }
}
