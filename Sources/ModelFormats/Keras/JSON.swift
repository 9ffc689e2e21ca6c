import Foundation
import Serialization

/// A value of JSON.
package enum JSON: Equatable, Sendable {
  case null
  case bool(Bool)
  case number(Double)
  /// A number that is written with a point or an exponent even where it is whole: Keras takes `0.0` as a momentum, and
  /// not `0`. Only a reader that asks for them makes one.
  case decimal(Double)
  case string(String)
  case array([JSON])
  /// Members by name; names are compared by code points.
  case object([ExactText: JSON])
}

extension JSON {
  /// The value as JSON, the members of objects sorted by name. A number that is not finite becomes `null`: JSON has no
  /// other word for it.
  package func encoded() throws -> String {
    switch self {
    case .null: "null"
    case .bool(let value): "\(value)"
    case .number(let value) where !value.isFinite: "null"
    case .decimal(let value) where !value.isFinite: "null"
    case .number(let value): Int(exactly: value).map(String.init) ?? "\(value)"
    case .decimal(let value): "\(value)"
    case .string(let text): try Self.quoted(text)
    case .array(let values): try "[\(values.map { try $0.encoded() }.joined(separator: ","))]"
    case .object(let members):
      try
        "{\(members.sorted { $0.key < $1.key }.map { try "\(Self.quoted($0.text)):\($1.encoded())" }.joined(separator: ","))}"
    }
  }

  private static func quoted(_ text: String) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .withoutEscapingSlashes
    return String(decoding: try encoder.encode(text), as: UTF8.self)
  }
}

extension JSON: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByBooleanLiteral,
  ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral, ExpressibleByNilLiteral
{
  /// Makes text from a literal.
  package init(stringLiteral value: String) { self = .string(value) }
  /// Makes a number from a literal.
  package init(integerLiteral value: Int) { self = .number(Double(value)) }
  /// Makes a truth value from a literal.
  package init(booleanLiteral value: Bool) { self = .bool(value) }
  /// Makes an array from a literal.
  package init(arrayLiteral elements: JSON...) { self = .array(elements) }
  /// Makes an object from a literal.
  package init(dictionaryLiteral elements: (String, JSON)...) {
    self = JSON(members: Dictionary(elements) { $1 })
  }
  /// Makes null from `nil`.
  package init(nilLiteral: ()) { self = .null }
}

extension JSON {
  /// Makes an object.
  package init(members: [String: JSON]) {
    self = .object(Dictionary(members.map { (ExactText($0), $1) }) { $1 })
  }

  /// Makes a number.
  package init(_ value: Int) { self = .number(Double(value)) }

  /// Makes the shortest number that is the same `Float`: 0.001 becomes 0.001, not 0.0010000000474974513.
  package init(_ value: Float) { self = .decimal(Double("\(value)") ?? Double(value)) }
}

extension JSON {
  /// The member `key` of an object; `nil` where there is no such member, or the value is no object.
  package subscript(key: String) -> JSON? {
    if case .object(let members) = self { members[ExactText(key)] } else { nil }
  }

  /// The members of an object.
  package var members: [String: JSON]? {
    if case .object(let members) = self { Dictionary(members.map { ($0.text, $1) }) { $1 } } else { nil }
  }

  /// Whether a number in the value is infinite or not a number.
  var holdsNonFinite: Bool {
    switch self {
    case .number(let value), .decimal(let value): !value.isFinite
    case .array(let values): values.contains(where: \.holdsNonFinite)
    case .object(let members): members.values.contains(where: \.holdsNonFinite)
    case .null, .bool, .string: false
    }
  }

  /// The elements of an array.
  package var elements: [JSON]? {
    if case .array(let elements) = self { elements } else { nil }
  }

  /// The value as text.
  package var text: String? {
    if case .string(let text) = self { text } else { nil }
  }

  /// The value as an integer above zero that an axis can be long.
  var count: Int? {
    guard case .number(let value) = self, let count = Int(exactly: value), (1...Int(Int32.max)).contains(count) else {
      return nil
    }
    return count
  }
}

extension JSON: CustomStringConvertible {
  /// The value as one reads it in a file.
  package var description: String {
    switch self {
    case .null: "null"
    case .bool(let value): "\(value)"
    case .number(let value), .decimal(let value): Int(exactly: value).map { "\($0)" } ?? "\(value)"
    case .string(let value): "\"\(value)\""
    case .array(let values): "[\(values.map(\.description).joined(separator: ", "))]"
    case .object: self["class_name"]?.text.map { "\"\($0)\"" } ?? "an object"
    }
  }
}
