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
  /// A list of numbers in which one name occurs twice.
  case repeatedNumber(String)
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
    if case .unfit(let operation, let meaning, let expected) = self {
      return "\(operation): the targets are \(meaning.inWords), expected \(expected)"
    }
    return "\(place): found \(found), expected \(expected)"
  }

  /// The example with the value, from 0; `nil` if the error is about all examples.
  var example: Int? {
    switch self {
    case .unknownClass(let example, _, _), .unknownNumber(let example, _, _), .emptyName(let example),
      .rowLength(let example, _, _), .notFinite(let example, _):
      example
    case .repeatedClass, .repeatedNumber, .tooFewClasses, .form, .unfit: nil
    }
  }

  private var place: String {
    switch self {
    case .repeatedClass, .tooFewClasses: "classes"
    case .repeatedNumber: "numbers"
    default: example.map { "example \($0)" } ?? "targets"
    }
  }

  /// What is there.
  var found: String {
    switch self {
    case .unknownClass(_, let name, let known): "the class \"\(ComparedNames([name], known).text(name))\""
    case .unknownNumber(_, let number, _): "the class number \(number)"
    case .emptyName: "an empty class name"
    case .repeatedClass(let name), .repeatedNumber(let name): "\"\(name.withoutControls)\" twice"
    case .tooFewClasses(let names, _): names.isEmpty ? "none" : "only \(shortList(names))"
    case .rowLength(_, let found, _): counted(found, "number")
    case .notFinite(_, let value): "\(value)"
    case .form(_, let meaning), .unfit(_, let meaning, _): meaning.inWords
    }
  }

  /// What would have been accepted.
  var expected: String {
    switch self {
    case .unknownClass(_, let name, let known): "one of \(ComparedNames([name], known).second)"
    case .unknownNumber(_, _, let count): "a whole number from 0 to \(count - 1)"
    case .emptyName: "the name of a class"
    case .repeatedClass: "each class once"
    case .repeatedNumber: "each number once"
    case .tooFewClasses(_, let expected): "at least \(expected)"
    case .rowLength(_, _, let expected): "\(max(expected, 1)) as in the first example"
    case .notFinite: "a finite number"
    case .form(let mode, _): "one of 2 or more classes for the form \(mode.rawValue)"
    case .unfit(_, _, let expected): expected
    }
  }
}
