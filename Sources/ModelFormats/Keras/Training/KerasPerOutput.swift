import NN
import Serialization

/// What Keras's `compile` takes for each output: alone for a model with one, and in a list, or by the names of the outputs.
enum KerasPerOutput {
  /// The part of each output; `.null` for one without.
  ///
  /// - Parameters:
  ///   - json: what the file says.
  ///   - outputs: the names of the outputs of the model.
  ///   - what: the parts in words, for errors: `losses`.
  static func split(_ json: JSON?, of outputs: [String], _ what: String) throws(ModelFileError.Problem) -> [JSON] {
    guard outputs.count > 1 else { return [json ?? .null] }
    guard let json, json != .null else { return outputs.map { _ in .null } }
    if let parts = json.elements, parts.count == outputs.count { return parts }
    if let parts = json.members, json["class_name"] == nil, Set(parts.keys).isSubset(of: outputs) {
      return outputs.map { parts[$0] ?? .null }
    }
    throw .unsupported(
      found: "the \(what) \(json)", expected: "\(what) of each of the outputs \(outputs.joined(separator: ", "))")
  }

  /// The parts of the outputs as Keras writes them.
  static func joined(_ parts: [JSON]) -> JSON {
    parts.count == 1 ? parts[0] : .array(parts)
  }

  /// How much each loss counts; `nil` where the file does not say it.
  ///
  /// For a model with one output, a weight other than 1 is refused: programs train such a model with ``KerasTraining/loss``
  /// alone, which does not contain the weight.
  static func weights(_ json: JSON?, of outputs: [String]) throws(ModelFileError.Problem) -> [Float]? {
    guard let json, json != .null else { return nil }
    if outputs.count == 1 {
      let part = json.elements?.first ?? (json.members?.values).flatMap { $0.first } ?? json
      guard part == 1 else {
        throw .unsupported(found: "loss_weights = \(json)", expected: "1 for a model with one output")
      }
      return nil
    }
    return try split(json, of: outputs, "loss weights").map { part throws(ModelFileError.Problem) in
      if part == .null { return 1 }
      guard case .number(let number) = part, number.isFinite, number >= 0 else {
        throw .unsupported(found: "the loss weight \(part)", expected: "a number of at least 0")
      }
      return Float(number)
    }
  }

  /// The value of each output, `nil` for one without.
  static func values<Value>(
    _ given: PerOutput<Value>, of outputs: [String], _ what: String
  ) throws(ModelFileError.Problem) -> [Value?] {
    guard let values = given.values(of: outputs) else {
      let (found, expected) = (given.given.joined(separator: ", "), outputs.joined(separator: ", "))
      throw .unsupported(found: "\(what) for \(found)", expected: "\(what) for the outputs \(expected)")
    }
    return values
  }
}
