import Foundation

/// A file name with fields, in the form of Python's `str.format`: `{epoch:02d}-{val_loss:.3f}.keras`.
///
/// A field is the name of a value, and behind a colon how it is written: a 0 to fill with zeros, the smallest width, a
/// point with the number of digits, and one of the letters `d` (a whole number), `f`, `e`, `g` and `%` (100 times the value).
/// Each part may be missing. `{{` and `}}` stand for braces.
public struct FileNamePattern: Hashable, Sendable {
  /// The value of a field.
  enum Value {
    /// A number of epochs or batches.
    case count(Int)
    /// A figure.
    case number(Double)
  }

  private enum Part: Hashable {
    case text(String)
    case field(Field)
  }

  private struct Field: Hashable {
    var name = ""
    var fills = false
    var width = 0
    var digits: Int?
    var form: Character?
  }

  private var parts: [Part] = []

  /// Reads a pattern.
  ///
  /// - Parameters:
  ///   - pattern: the pattern.
  ///   - fields: the names of the values.
  /// - Throws: ``FileNamePatternError``.
  public init(_ pattern: String, fields: [String]) throws(FileNamePatternError) {
    var (rest, text) = (Substring(pattern), "")
    while let character = rest.popFirst() {
      switch character {
      case "{" where rest.first == "{", "}" where rest.first == "}": text.append(rest.removeFirst())
      case "}": throw FileNamePatternError(pattern: pattern, reason: "there is a } without a {; }} stands for a brace")
      case "{":
        guard let end = rest.firstIndex(of: "}") else {
          throw FileNamePatternError(pattern: pattern, reason: "there is a { without a }; {{ stands for a brace")
        }
        let content = rest[..<end]
        guard let field = Self.field(content) else {
          throw FileNamePatternError(
            pattern: pattern,
            reason: "the field {\(content)} is not understood; {epoch:02d} and {loss:.3f} are examples")
        }
        guard fields.contains(field.name) else {
          throw FileNamePatternError(
            pattern: pattern, reason: "there is no value \"\(field.name)\"; there are \(fields.joined(separator: ", "))"
          )
        }
        if field.form == "d", !["epoch", "batch"].contains(field.name) {
          throw FileNamePatternError(
            pattern: pattern,
            reason: "the field {\(content)} asks for a whole number, and \(field.name) is none; use f, e or g")
        }
        parts += [.text(text), .field(field)]
        text = ""
        rest = rest[rest.index(after: end)...]
      default: text.append(character)
      }
    }
    parts.append(.text(text))
  }

  private static func field(_ content: Substring) -> Field? {
    let halves = content.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    guard let name = halves.first, !name.isEmpty else { return nil }
    var field = Field(name: String(name))
    guard halves.count == 2 else { return field }
    guard let match = halves[1].wholeMatch(of: /(0?)([0-9]{0,2})(?:\.([0-9]{1,2}))?([dfeg%]?)/) else { return nil }
    field.fills = !match.1.isEmpty
    field.width = Int(match.2) ?? 0
    field.digits = match.3.flatMap { Int($0) }
    field.form = match.4.first
    return field.form == "d" && field.digits != nil ? nil : field
  }

  /// The text before the first field.
  var fixedStart: String {
    if case .text(let text)? = parts.first { return text }
    return ""
  }

  /// The name with the values of its fields.
  func text(_ values: [String: Value]) -> String {
    parts.map { part in
      switch part {
      case .text(let text): text
      case .field(let field): values[field.name].map { Self.text($0, field) } ?? "none"
      }
    }.joined()
  }

  private static func text(_ value: Value, _ field: Field) -> String {
    let number: Double
    switch value {
    case .count(let count) where field.form == nil || field.form == "d": return padded("\(count)", field)
    case .count(let count): number = Double(count)
    case .number(let value): number = value
    }
    guard number.isFinite else {
      return padded(number.isNaN ? "nan" : number < 0 ? "-inf" : "inf", field, fills: false)
    }
    let digits = field.digits ?? 6
    switch field.form {
    case "f": return padded(String(format: "%.\(digits)f", number), field)
    case "e": return padded(String(format: "%.\(digits)e", number), field)
    case "%": return padded(String(format: "%.\(digits)f", 100 * number) + "%", field)
    case "g": return padded(String(format: "%.\(digits)g", number), field)
    default: return padded(field.digits.map { String(format: "%.\($0)g", number) } ?? "\(number)", field)
    }
  }

  private static func padded(_ text: String, _ field: Field, fills: Bool = true) -> String {
    let missing = max(field.width - text.count, 0)
    guard field.fills, fills else { return String(repeating: " ", count: missing) + text }
    let sign = text.hasPrefix("-") ? "-" : ""
    return sign + String(repeating: "0", count: missing) + text.dropFirst(sign.count)
  }
}

/// A pattern for file names that cannot be used.
public struct FileNamePatternError: Error, Hashable, CustomStringConvertible {
  /// The pattern.
  public let pattern: String
  /// What is wrong with it.
  public let reason: String

  /// The pattern and the reason.
  public var description: String { "the file name \"\(pattern)\": \(reason)" }
}
