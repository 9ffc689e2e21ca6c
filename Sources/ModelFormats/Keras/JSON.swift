import Foundation

/// A value of JSON.
package enum JSON: Equatable, Sendable {
  case null
  case bool(Bool)
  case number(Double)
  /// A number that is written with a point or an exponent even where it is whole: Keras takes `0.0` as a momentum, and
  /// not `0`. Never read.
  case decimal(Double)
  case string(String)
  case array([JSON])
  case object([String: JSON])
}

extension JSON: Decodable {
  /// Reads any value.
  package init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    // A failed attempt costs more than a successful one, so the frequent kinds stand first.
    if container.decodeNil() {
      self = .null
    } else if let value = try? container.decode(String.self) {
      self = .string(value)
    } else if let value = try? container.decode([String: JSON].self) {
      self = .object(value)
    } else if let value = try? container.decode(Double.self) {
      self = .number(value)
    } else if let value = try? container.decode(Bool.self) {
      self = .bool(value)
    } else {
      self = .array(try container.decode([JSON].self))
    }
  }
}

extension JSON {
  /// The value as JSON, the members of objects sorted by name.
  func encoded() throws -> String {
    switch self {
    case .null: "null"
    case .bool(let value): "\(value)"
    case .number(let value): Int(exactly: value).map(String.init) ?? "\(value)"
    case .decimal(let value): "\(value)"
    case .string(let text): try Self.quoted(text)
    case .array(let values): try "[\(values.map { try $0.encoded() }.joined(separator: ","))]"
    case .object(let members):
      try
        "{\(members.sorted { $0.key < $1.key }.map { try "\(Self.quoted($0)):\($1.encoded())" }.joined(separator: ","))}"
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
    self = .object(Dictionary(elements) { $1 })
  }
  /// Makes null from `nil`.
  package init(nilLiteral: ()) { self = .null }
}

extension JSON {
  /// Makes a number.
  package init(_ value: Int) { self = .number(Double(value)) }

  /// Makes the shortest number that is the same `Float`: 0.001 becomes 0.001, not 0.0010000000474974513.
  package init(_ value: Float) { self = .decimal(Double("\(value)") ?? Double(value)) }
}

extension JSON {
  /// The member `key` of an object; `nil` where there is none, or no object.
  subscript(key: String) -> JSON? {
    if case .object(let members) = self { members[key] } else { nil }
  }

  /// The members of an object.
  var members: [String: JSON]? {
    if case .object(let members) = self { members } else { nil }
  }

  /// The elements of an array.
  var elements: [JSON]? {
    if case .array(let elements) = self { elements } else { nil }
  }

  /// The value as text.
  var text: String? {
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
    case .object(let members): members["class_name"]?.description ?? "an object"
    }
  }
}
