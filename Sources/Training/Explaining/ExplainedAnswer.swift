import NN
import Serialization

/// The part of a model's answer for a photo that is explained.
public enum ExplainedAnswer: Hashable, Sendable {
  /// A class, and how likely the photo shows it.
  case `class`(Classification)
  /// A number that the model predicts, in its own units.
  case number(Estimate)

  /// The name of the class or number.
  public var name: String {
    switch self {
    case .class(let found): found.name
    case .number(let found): found.name
    }
  }

  /// The probability of the class, or the value of the number in its own units.
  public var value: Float {
    switch self {
    case .class(let found): found.probability
    case .number(let found): found.value
    }
  }
}

extension PhotoAnswer {
  /// The class or number of a name, and the output of the model that makes it.
  ///
  /// - Parameters:
  ///   - name: the name, compared by its code points; the most likely class or the first number by default.
  ///   - classes: the names of the classes in the order of the outputs.
  /// - Throws: ``PhotoExplanationError`` if there is none of this name.
  func part(named name: String?, classes: [String]) throws(PhotoExplanationError) -> (ExplainedAnswer, ExplainedOutput)
  {
    switch self {
    case .classes(let photo):
      let wanted = ExactText(name ?? photo.first?.name ?? "")
      guard let index = classes.firstIndex(where: { ExactText($0) == wanted }),
        let found = photo.first(where: { ExactText($0.name) == wanted })
      else { throw .noClass(wanted.text, known: classes) }
      // The only class of a model that tells several is its only output. Of two classes, the second one may be that.
      return (.class(found), .class(classes.count == 1 ? 1 : index))
    case .numbers(let numbers):
      let wanted = ExactText(name ?? numbers.first?.name ?? "")
      guard let index = numbers.firstIndex(where: { ExactText($0.name) == wanted }) else {
        throw .noNumber(wanted.text, known: numbers.map(\.name))
      }
      return (.number(numbers[index]), .number(index))
    }
  }
}

/// Why a photo cannot be explained.
public enum PhotoExplanationError: Error, Hashable, CustomStringConvertible {
  /// The model has no class of this name.
  case noClass(String, known: [String])
  /// The model predicts no number of this name.
  case noNumber(String, known: [String])

  /// What was found and what was expected.
  public var description: String {
    switch self {
    case .noClass(let name, let known):
      "there is no class \"\(name)\"; the model knows \(known.joined(separator: ", "))"
    case .noNumber(let name, let known):
      "there is no number \"\(name)\"; the model predicts \(known.joined(separator: ", "))"
    }
  }
}
