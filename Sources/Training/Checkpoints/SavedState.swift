import Foundation
import Tensor

/// What a part of a training must know to go on in another process: values and tensors, each under a name.
///
/// ```swift
/// var state = SavedState()
/// try state.set(patienceLeft, for: "patienceLeft")
/// …
/// patienceLeft = try state.value(for: "patienceLeft")
/// ```
public struct SavedState: Sendable, Equatable {
  /// The values as JSON.
  private(set) var values: [String: String] = [:]
  /// The tensors.
  public var tensors: [String: Tensor<Float>] = [:]

  /// Makes an empty state.
  public init() {}

  init(values: [String: String], tensors: [String: Tensor<Float>]) {
    self.values = values
    self.tensors = tensors
  }

  /// Whether nothing is kept.
  public var isEmpty: Bool { values.isEmpty && tensors.isEmpty }

  /// Keeps a value under a name. Numbers come back with the same bits; so do infinities and NaN.
  public mutating func set(_ value: some Encodable, for name: String) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    values[name] = String(decoding: try encoder.encode(value), as: UTF8.self)
  }

  /// The value under a name.
  ///
  /// - Throws: ``SavedStateError`` when there is none, or one of another type.
  public func value<Value: Decodable>(_ type: Value.Type = Value.self, for name: String) throws -> Value {
    guard let text = values[name] else { throw SavedStateError(name: name, reason: "missing") }
    let decoder = JSONDecoder()
    decoder.nonConformingFloatDecodingStrategy = .convertFromString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    do {
      return try decoder.decode(type, from: Data(text.utf8))
    } catch let error as DecodingError {
      throw SavedStateError(name: name, reason: error.briefly)
    }
  }

  /// Adds the content of a part, whose names are then led by the part's.
  mutating func insert(_ part: SavedState, as name: String) {
    for (key, value) in part.values { values["\(name).\(key)"] = value }
    for (key, tensor) in part.tensors { tensors["\(name).\(key)"] = tensor }
  }

  /// What was inserted under the name of a part.
  func part(_ name: String) -> SavedState {
    func stripped<Value>(_ items: [String: Value]) -> [String: Value] {
      let prefix = "\(name)."
      let found = items.compactMap { $0.hasPrefix(prefix) ? (String($0.dropFirst(prefix.count)), $1) : nil }
      return Dictionary(found) { first, _ in first }
    }
    return SavedState(values: stripped(values), tensors: stripped(tensors))
  }
}

/// A value of a saved state that is not there or is of another kind.
public struct SavedStateError: Error, Equatable, CustomStringConvertible {
  /// The name of the value.
  public let name: String
  /// What is wrong with it.
  public let reason: String

  /// Makes the error; for a callback that finds a value out of its range.
  public init(name: String, reason: String) {
    self.name = name
    self.reason = reason
  }

  /// The name and the reason.
  public var description: String { "\(name): \(reason)" }
}
