import Serialization
import Tensor

/// A target that cannot be used. Examples are counted from 0.
public enum TargetValueError: Error, Hashable, Sendable, CustomStringConvertible {
  /// A class that is none of the given ones.
  case unknownClass(example: Int, String, known: [String])
  /// A number that is no class.
  case unknownNumber(example: Int, Float, count: Int)
  /// A class without a name.
  case emptyName(example: Int)
  /// A list of classes in which one occurs twice.
  case repeatedClass(String)
  /// Fewer classes than a classification needs.
  case tooFewClasses([String], expected: Int)
  /// A row of numbers of another length than the others.
  case rowLength(example: Int, found: Int, expected: Int)
  /// A number that is NaN or infinite.
  case notFinite(example: Int, Float)
  /// A form of targets that this kind of targets does not have.
  case form(LabelMode, TargetMeaning)
  /// Targets that an operation cannot use.
  case unfit(operation: String, TargetMeaning, expected: String)

  /// What was found and what was expected.
  public var description: String {
    switch self {
    case .unknownClass(let example, let name, let known):
      "example \(example): found the class \"\(name.withoutControls)\", expected one of \(shortList(known))"
    case .unknownNumber(let example, let number, let count):
      "example \(example): found the class number \(number), expected a whole number from 0 to \(count - 1)"
    case .emptyName(let example): "example \(example): found an empty class name, expected the name of a class"
    case .repeatedClass(let name):
      "classes: found \"\(name.withoutControls)\" twice, expected each class once"
    case .tooFewClasses(let names, let expected):
      "classes: found \(names.isEmpty ? "none" : "only \(shortList(names))"), expected at least \(expected)"
    case .rowLength(let example, let found, let expected):
      "example \(example): found \(counted(found, "number")), expected \(max(expected, 1)) as in the first example"
    case .notFinite(let example, let value): "example \(example): found \(value), expected a finite number"
    case .form(let mode, let meaning):
      "targets: found \(meaning.inWords), expected one of 2 or more classes for the form \(mode.rawValue)"
    case .unfit(let operation, let meaning, let expected):
      "\(operation): the targets are \(meaning.inWords), expected \(expected)"
    }
  }
}
