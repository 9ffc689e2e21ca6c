import Data
import Serialization

/// Two different lists of class names. Names are compared by their code points: `é` as one code point and `é` as two
/// code points are different classes, just as they are different folders.
public struct DifferentClasses: Hashable, Sendable, CustomStringConvertible {
  /// The name of the first side, such as "the validation data".
  public let first: String
  /// The first classes, in the order of the targets.
  public let firstClasses: [String]
  /// The name of the second side.
  public let second: String
  /// The second classes.
  public let secondClasses: [String]

  /// The classes that only one side has, or the first difference of the order.
  public var description: String {
    let (a, b) = (Set(firstClasses.map(ExactText.init)), Set(secondClasses.map(ExactText.init)))
    let (onlyFirst, onlySecond) = (
      firstClasses.filter { !b.contains(ExactText($0)) }, secondClasses.filter { !a.contains(ExactText($0)) }
    )
    let compared = ComparedNames(firstClasses, secondClasses)
    func list(_ names: [String]) -> String { shortList(names.map { "\"\(compared.text($0))\"" }) }
    var parts: [String] = []
    if !onlyFirst.isEmpty { parts.append("only \(first) has \(list(onlyFirst))") }
    if !onlySecond.isEmpty { parts.append("only \(second) has \(list(onlySecond))") }
    if parts.isEmpty {
      let place = zip(firstClasses, secondClasses).enumerated().first { ExactText($1.0) != ExactText($1.1) }
      let names = place.map {
        "class \($0.offset) is \(list([$0.element.0])) in \(first) and \(list([$0.element.1])) in \(second)"
      }
      parts.append("the order differs: " + (names ?? "one has \(firstClasses.count), the other \(secondClasses.count)"))
    }
    return "the classes of \(first) and of \(second) differ: " + parts.joined(separator: ", ")
      + (second == "the model" ? ". To use the model for other classes, set model.classes = [] first" : "")
  }
}
