import Foundation
import Tensor

/// The state of a part of a training, to continue in another process: values and tensors, each under a name.
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

  /// Whether there are no values and no tensors.
  public var isEmpty: Bool { values.isEmpty && tensors.isEmpty }

  /// Stores a value under a name. Numbers, infinities and NaN included, keep their bits.
  public mutating func set(_ value: some Encodable, for name: String) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    encoder.userInfo[.keepsNonFiniteNumbers] = true
    values[name] = String(decoding: try encoder.encode(value), as: UTF8.self)
  }

  /// The value under a name.
  ///
  /// - Throws: ``SavedStateError`` when there is no such value, or it has another type.
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

  /// Whether there is a value under a name.
  func has(_ name: String) -> Bool { values[name] != nil }

  /// Adds the content of a part; its names get the name of the part as a prefix.
  mutating func insert(_ part: SavedState, as name: String) {
    for (key, value) in part.values { values["\(name).\(key)"] = value }
    for (key, tensor) in part.tensors { tensors["\(name).\(key)"] = tensor }
  }

  /// The state that was inserted under the name of a part.
  func part(_ name: String) -> SavedState {
    func stripped<Value>(_ items: [String: Value]) -> [String: Value] {
      let prefix = "\(name)."
      let found = items.compactMap { $0.hasPrefix(prefix) ? (String($0.dropFirst(prefix.count)), $1) : nil }
      return Dictionary(found) { first, _ in first }
    }
    return SavedState(values: stripped(values), tensors: stripped(tensors))
  }
}

/// A value of a saved state that is missing or invalid.
public struct SavedStateError: Error, Equatable, CustomStringConvertible {
  /// The name of the value.
  public let name: String
  /// What is wrong with it.
  public let reason: String

  /// Makes the error, for example in a callback that finds a value out of its range.
  public init(name: String, reason: String) {
    self.name = name
    self.reason = reason
  }

  /// The name and the reason.
  public var description: String { "\(name): \(reason)" }
}
