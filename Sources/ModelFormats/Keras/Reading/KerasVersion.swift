import NN
import Serialization

// What Keras 2 and Keras 3 call by one name and compute otherwise.

extension JSON {
  /// The functions of Keras 2 that Keras 3 computes otherwise, by the names that they get here.
  static let functionsOfKeras2: [String: Activation] = ["hard_sigmoid of Keras 2": .hardSigmoidWithSlope(0.2)]

  /// The description of a model in the words of Keras 3.
  ///
  /// - Parameter version: that of the Keras that has written it, such as `2.15.0`; `nil` where the file does not say it, as
  ///   the oldest ones.
  func translated(fromKeras version: String?) -> JSON {
    guard version?.hasPrefix("2.") ?? true else { return self }
    return renamingFunctions(under: "")
  }

  private func renamingFunctions(under key: String) -> JSON {
    // A function is written by its name, or as an object with its name.
    if self == "hard_sigmoid", ["activation", "recurrent_activation", "config"].contains(key) {
      return "hard_sigmoid of Keras 2"
    }
    if let elements { return .array(elements.map { $0.renamingFunctions(under: key) }) }
    guard case .object(let members) = self else { return self }
    return .object(members.reduce(into: [:]) { $0[$1.key] = $1.value.renamingFunctions(under: $1.key.text) })
  }
}

extension ModelFileError.Problem {
  /// An activation that a file of Keras 2 can hold, and none of Keras 3.
  static let hardSigmoidOfKeras2 = Self.unsupported(
    found: "the hard sigmoid of Keras 2, min(max(0.2 x + 0.5, 0), 1)",
    expected: "another activation: that of Keras 3 has the slope 1/6")
}
