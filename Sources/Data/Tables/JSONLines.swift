import Foundation
import Serialization

/// A file with a JSON object in each line, such as `{"file": "a.jpg", "tags": ["red", "wool"], "price": 12.5}`.
///
/// ```swift
/// let lines = try JSONLines(contentsOf: "photos.jsonl")
/// let photos = try PhotoSet(lines.photos(path: "file", labels: "tags"), imageSize: 64)
/// ```
///
/// The columns are the keys of all objects, in the order of their first use. A field is a text, a number, `true`, `false`
/// or `null`; `labels` may also be an array of texts. Empty lines are skipped. Keys are compared by their code points; one that
/// occurs twice in a line is an error.
public struct JSONLines: Table {
  /// The path of the file.
  public let path: String
  /// The keys of all objects.
  public let columns: [String]
  private let rows: [[ExactText: JSONField]]
  private let lines: [Int]

  /// The number of objects.
  public var rowCount: Int { rows.count }

  /// Reads the objects of a file.
  ///
  /// - Throws: ``TableError`` at a line that is no such object; `FileError` if the file cannot be read.
  public init(contentsOf path: String, limits: TableLimits = .standard) throws {
    self.path = path
    var (rows, lines, columns, known): ([[ExactText: JSONField]], [Int], [String], Set<ExactText>) = ([], [], [], [])
    let bytes = try readTableText(path, limits)
    for (index, text) in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated() {
      func error(_ found: String, _ expected: String) -> TableError {
        TableError(path: path, line: index + 1, found: found, expected: expected)
      }
      if text.allSatisfy({ [9, 13, 32].contains($0) }) { continue }
      guard text.count <= limits.rowBytes else {
        throw error(
          "a line of \(text.count) bytes", "at most \(limits.rowBytes); longer ones need larger `TableLimits`")
      }
      let written = members(of: text)
      func noObject() -> TableError {
        let wrong = written.first { decoded(JSONField.self, $0.value) == nil }
        let place = wrong.map { ": \(shortText($0.key)) is \(shortText($0.value))" } ?? ""
        return error("no object of texts, numbers and lists of texts\(place)", "a JSON object in each line")
      }
      guard let found = decoded([String: JSONField].self, text) else { throw noObject() }
      var row = Dictionary(found.map { (ExactText($0), $1) }) { first, _ in first }
      if written.count > found.count {
        // The decoder keeps one of several values in silence, also of keys that differ in the composition of an accent.
        row = [:]
        for (key, value) in written {
          guard let name = decoded(String.self, key), let field = decoded(JSONField.self, value) else {
            throw noObject()
          }
          guard row.updateValue(field, forKey: ExactText(name)) == nil else {
            throw error("the key \"\(name.shortened)\" twice", "each key once in an object")
          }
        }
      }
      for name in row.keys.sorted() where known.insert(name).inserted { columns.append(name.text) }
      guard columns.count <= limits.columns else {
        throw error("more than \(limits.columns) different keys", "fewer; more need larger `TableLimits`")
      }
      rows.append(row)
      lines.append(index + 1)
    }
    (self.rows, self.lines, self.columns) = (rows, lines, columns)
  }

  /// A field as text; a list is joined with commas.
  public func field(_ column: Int, ofRow row: Int) -> String {
    rows[row][ExactText(columns[column])]?.texts.joined(separator: ",") ?? ""
  }

  /// The line of an object, from 1.
  public func line(ofRow row: Int) -> Int { lines[row] }

  /// Photos with any number of classes each: a list of names, or one name.
  ///
  /// - Parameters:
  ///   - path: the key of the photos' files, as in ``Table/photos(path:label:classes:in:)``.
  ///   - labels: the key of the class names. A key that is missing, or `null`, stands for no class. White space around a name
  ///     is left out.
  ///   - classes: all classes in the order of the outputs; by default the names that occur, sorted.
  ///   - folder: the folder of the photos; by default that of the file.
  /// - Throws: ``TableError`` at a path or a name that cannot be used, with the line.
  public func photos(
    path: String, labels: String, classes: [String]? = nil, in folder: String? = nil
  ) throws -> TablePhotos<[String]> {
    _ = try position(of: labels)
    let lists = rows.map { $0[ExactText(labels)]?.texts.map(\.trimmed) ?? [] }
    return try TablePhotos(self, path, in: folder, lists, targetNames: classes, targetColumn: labels)
  }

  /// The first row in which a key has a list.
  func firstList(_ name: String) -> Int? { rows.firstIndex { $0[ExactText(name)]?.isList ?? false } }

  /// Whether a key has lists of texts, as ``photos(path:labels:classes:in:)`` reads them.
  public func hasLists(_ name: String) -> Bool { firstList(name) != nil }
}

/// The beginning of a part of a line, for messages.
private func shortText(_ part: ArraySlice<UInt8>) -> String { String(decoding: part, as: UTF8.self).trimmed.shortened }

/// A value of JSON; `nil` if the text is none of this type.
private func decoded<Value: Decodable>(_ type: Value.Type, _ text: ArraySlice<UInt8>) -> Value? {
  try? JSONDecoder().decode(type, from: Foundation.Data(text))
}

/// The keys and values of a JSON object without objects in it, as they are written: a key in its quotes, with its escapes.
private func members(of text: ArraySlice<UInt8>) -> [(key: ArraySlice<UInt8>, value: ArraySlice<UInt8>)] {
  var members: [(key: ArraySlice<UInt8>, value: ArraySlice<UInt8>)] = []
  var (start, depth, isEscaped): (Int?, Int, Bool) = (nil, 0, false)
  // The text that may be a key, until a colon behind it says that it is one.
  var last: ArraySlice<UInt8> = []
  var (key, valueStart): (ArraySlice<UInt8>, Int?) = ([], nil)
  for (place, byte) in zip(text.indices, text) {
    if let first = start {
      if isEscaped || byte == UInt8(ascii: "\\") {
        isEscaped.toggle()
      } else if byte == UInt8(ascii: "\"") {
        (last, start) = (text[first...place], nil)
      }
      continue
    }
    switch byte {
    case UInt8(ascii: "\""): start = place
    case UInt8(ascii: "["), UInt8(ascii: "{"): depth += 1
    case UInt8(ascii: ":") where depth == 1: (key, valueStart) = (last, place + 1)
    case UInt8(ascii: ","), UInt8(ascii: "}"), UInt8(ascii: "]"):
      if depth == 1, let first = valueStart { members.append((key, text[first..<place])) }
      if depth == 1 { valueStart = nil }
      if byte != UInt8(ascii: ",") { depth -= 1 }
    default: break
    }
  }
  return members
}

/// A value in a line.
private struct JSONField: Decodable, Sendable {
  /// The value as texts: one, several for a list, none for `null`.
  let texts: [String]
  let isList: Bool

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let list = try? container.decode([String].self)
    isList = list != nil
    if container.decodeNil() {
      texts = []
    } else if let text = try? container.decode(String.self) {
      texts = [text]
    } else if let flag = try? container.decode(Bool.self) {
      texts = ["\(flag)"]
    } else if let number = try? container.decode(Int64.self) {
      // A `Double` does not tell apart all whole numbers of more than 53 bits.
      texts = ["\(number)"]
    } else if let number = try? container.decode(UInt64.self) {
      texts = ["\(number)"]
    } else if let number = try? container.decode(Double.self) {
      texts = [Int(exactly: number).map { "\($0)" } ?? "\(number)"]
    } else {
      texts = try list ?? container.decode([String].self)
    }
  }
}
