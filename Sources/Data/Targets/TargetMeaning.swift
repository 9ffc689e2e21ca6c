import Serialization
import Tensor

/// What the targets of a data set mean. It travels from the source of the examples to the loss, the metrics, the report
/// and the model file, and is compared wherever two of them meet.
public enum TargetMeaning: Hashable, Codable, Sendable {
  /// Exactly one of these classes is right for each example.
  case oneClass(names: [String])
  /// Any number of these classes are right for each example, also none.
  case severalClasses(names: [String])
  /// Each example has these quantities: regression.
  case numbers(names: [String], scaling: NumberScaling?)
  /// Nothing is known about the examples. They can be predicted, but not trained or measured on.
  case unknown

  /// Reads a meaning, such as that in a model file.
  ///
  /// - Throws: `DecodingError` if it is none, or its scaling is not one of as many numbers as there are names.
  public init(from decoder: any Decoder) throws {
    let cases = try decoder.container(keyedBy: CodingKeys.self)
    guard let found = cases.allKeys.first, cases.allKeys.count == 1 else {
      throw DecodingError.dataCorrupted(
        .init(codingPath: decoder.codingPath, debugDescription: "expected one meaning, not \(cases.allKeys.count)"))
    }
    let values = try cases.nestedContainer(keyedBy: NumbersCodingKeys.self, forKey: found)
    func list() throws -> [String] { try values.decode([String].self, forKey: .names) }
    switch found {
    case .oneClass: self = .oneClass(names: try list())
    case .severalClasses: self = .severalClasses(names: try list())
    case .numbers:
      let (names, scaling) = (try list(), try values.decodeIfPresent(NumberScaling.self, forKey: .scaling))
      guard scaling?.mean.count ?? names.count == names.count else {
        throw DecodingError.dataCorrupted(
          .init(
            codingPath: decoder.codingPath,
            debugDescription: "\(counted(names.count, "number")) and a scaling of \(scaling?.mean.count ?? 0)"))
      }
      self = .numbers(names: names, scaling: scaling)
    case .unknown: self = .unknown
    }
  }

  private enum CodingKeys: CodingKey { case oneClass, severalClasses, numbers, unknown }
  private enum NumbersCodingKeys: CodingKey { case names, scaling }

  /// The names of the classes; empty if the targets are not classes.
  public var classes: [String] {
    switch self {
    case .oneClass(let names), .severalClasses(let names): names
    case .numbers, .unknown: []
    }
  }

  /// The meaning in words, for messages: `one of 3 classes`.
  public var inWords: String {
    switch self {
    case .oneClass(let names): "one of \(counted(names.count, "class", plural: "classes"))"
    case .severalClasses(let names): "any of \(counted(names.count, "class", plural: "classes"))"
    case .numbers(let names, let scaling):
      (names.count == 1 ? "the number \(names[0])" : "the numbers \(shortList(names))")
        + (scaling.map { ", standardized by \($0)" } ?? "")
    case .unknown: "not known"
    }
  }
}
