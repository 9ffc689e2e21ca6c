import Serialization
import Tensor

/// Features by the content of their examples, and the file that keeps them.
///
/// The file is one of safetensors, so that other programs can read it: the tensor `features`, `[N, …]`, and in the metadata
/// the fingerprint of the backbone and the key of each row.
struct FeatureTable: Sendable {
  /// Of the backbone that made the features.
  let backbone: UInt64
  /// The shape of the features of one example.
  let shape: Shape
  private var rows: [UInt64: Int] = [:]
  private var values: [Float] = []

  private static let (kindKey, backboneKey, rowsKey, checksumKey) = ("kilim", "backbone", "keys", "checksum")
  private static let kind = "features"

  init(backbone: UInt64, shape: Shape) {
    (self.backbone, self.shape) = (backbone, shape)
  }

  /// The number of examples.
  var count: Int { rows.count }

  func holds(_ key: UInt64) -> Bool { rows[key] != nil }

  /// Adds the features of one example, unless they are there.
  mutating func add(_ key: UInt64, _ features: UnsafeBufferPointer<Float>) {
    guard rows[key] == nil else { return }
    rows[key] = rows.count
    values.append(contentsOf: features)
  }

  /// Adds the features of some examples, `[keys or more, …]`.
  mutating func add(_ keys: [UInt64], _ features: Tensor<Float>) {
    let width = shape.elementCount
    features.withUnsafeScalars { features in
      for (row, key) in keys.enumerated() {
        add(key, UnsafeBufferPointer(rebasing: features[row * width..<(row + 1) * width]))
      }
    }
  }

  /// The features of some examples, all of which must be there, `[keys, …]`.
  func features(of keys: [UInt64]) -> Tensor<Float> {
    let width = shape.elementCount
    return Tensor(unsafeUninitialized: Shape([keys.count] + shape)) { target in
      for (position, key) in keys.enumerated() {
        guard let row = rows[key] else { continue }
        _ = target[(position * width)...].update(fromContentsOf: values[row * width..<(row + 1) * width])
      }
    }
  }
}

extension FeatureTable {
  /// Reads the features of a backbone from a file; none if there is no file, an empty one, or one of another backbone.
  ///
  /// - Throws: ``FeatureError/notACache(path:)`` for a file of other tensors; `FileError` or `ModelFileError` if the file
  ///   cannot be read or is damaged.
  init(contentsOf path: String, backbone: UInt64, shape: Shape) throws {
    self.init(backbone: backbone, shape: shape)
    guard case .file = PathContent(path) else { return }
    let content = try Safetensors(contentsOf: path)
    guard content.metadata[Self.kindKey] == Self.kind else {
      throw FeatureError.notACache(path: path)
    }
    guard content.metadata[Self.backboneKey] == Self.hexadecimal(backbone) else { return }
    guard let keys = content.metadata[Self.rowsKey].map(Self.keys),
      let features = content.tensors["features"], features.shape == Shape([keys.count] + shape),
      content.metadata[Self.checksumKey] == Self.checksum(features)
    else {
      throw ModelFileError(path: path, place: "features", problem: .damaged("keys and features do not fit together"))
    }
    rows = Dictionary(keys.enumerated().map { ($1, $0) }) { first, _ in first }
    values = features.scalars
  }

  /// Writes the file, whole or not at all.
  func write(to path: String) throws {
    let keys = rows.sorted { $0.value < $1.value }.map(\.key)
    let features = Tensor(shape: Shape([keys.count] + shape), scalars: values)
    let content = Safetensors(
      tensors: ["features": features],
      metadata: [
        Self.kindKey: Self.kind, Self.backboneKey: Self.hexadecimal(backbone),
        Self.rowsKey: keys.map(Self.hexadecimal).joined(separator: " "), Self.checksumKey: Self.checksum(features),
      ])
    try content.write(to: path)
  }

  private static func hexadecimal(_ number: UInt64) -> String { String(number, radix: 16) }

  private static func keys(_ text: String) -> [UInt64] {
    text.split(separator: " ").compactMap { UInt64($0, radix: 16) }
  }

  private static func checksum(_ features: Tensor<Float>) -> String {
    hexadecimal(features.withUnsafeScalars { xxh64(UnsafeRawBufferPointer($0)) })
  }
}
