import Foundation

/// The addresses in a file of lines `class,url` (CSV, RFC 4180), with or without a line of headings.
///
/// The file is read line by line and never held in memory.
package struct ListSource: CandidateSource {
  private let path: String
  private var lines: LineReader
  private var upcoming: Candidate?
  private var retriedClasses: ArraySlice<String>
  private let wanted: Set<String>?

  package let classNames: [String]

  /// Opens a list and checks every line of it.
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - names: the classes that are wanted; nil for all.
  /// - Throws: ``CollectorError/list(path:line:found:)`` for the first line that cannot be used;
  ///   ``CollectorError/unknown(what:found:known:)`` for a class that is not in the file.
  package init(path: String, classes names: [String]? = nil) throws(CollectorError) {
    self.path = path
    wanted = names.map(Set.init)
    var found: [String] = []
    var checked = try Self.open(path)
    var number = 0
    while let line = checked.next() {
      number += 1
      guard let candidate = try Self.candidate(line, number: number, path: path) else { continue }
      if !found.contains(candidate.className) { found.append(candidate.className) }
    }
    if let failure = checked.failure { throw .file(path, failure) }
    for name in names ?? [] where !found.contains(name) {
      throw .unknown(what: "class", found: name, known: found)
    }
    classNames = found.filter { names?.contains($0) ?? true }
    retriedClasses = classNames[...]
    lines = try Self.open(path)
    readOn()
  }

  package var problems: [String] { [] }

  package var upcomingClass: String? { upcoming?.className ?? retriedClasses.first }

  package mutating func next(_ ledger: Ledger, isFull: (String) -> Bool) -> Candidate? {
    next(&ledger.state, isFull: isFull)
  }

  /// Gives the next picture that `state` does not know.
  package mutating func next(_ state: inout CollectionState, isFull: (String) -> Bool = { _ in false }) -> Candidate? {
    while let candidate = upcoming {
      readOn()
      if !isFull(candidate.className), state.claim(candidate) { return candidate }
    }
    while let name = retriedClasses.first {
      if !isFull(name), let candidate = state.takeImage(of: name) { return candidate }
      retriedClasses.removeFirst()
    }
    return nil
  }

  /// Moves to the next line of a wanted class. All lines were checked before.
  private mutating func readOn() {
    upcoming = nil
    while upcoming == nil, let line = lines.next() {
      let candidate = (try? Self.candidate(line, number: 0, path: path)).flatMap { $0 }
      if let candidate, wanted?.contains(candidate.className) ?? true { upcoming = candidate }
    }
  }

  private static func open(_ path: String) throws(CollectorError) -> LineReader {
    do {
      return LineReader(try FileHandle(forReadingFrom: URL(filePath: path)))
    } catch {
      throw .file(path, error)
    }
  }

  /// Reads a line; nil for an empty one and for the headings.
  private static func candidate(
    _ line: ArraySlice<UInt8>, number: Int, path: String
  ) throws(CollectorError) -> Candidate? {
    var text = String(decoding: line, as: UTF8.self)
    if text.hasPrefix("\u{feff}") { text.removeFirst() }
    text = text.trimmed
    if text.isEmpty || text.lowercased() == "class,url" { return nil }
    let fields = csvFields(text)
    guard fields.count == 2 else { throw .list(path: path, line: number, found: "\(fields.count) fields") }
    guard isFolderName(fields[0]) else {
      throw .list(path: path, line: number, found: "the class \"\(fields[0])\", which no folder can be named")
    }
    guard let url = URL(string: fields[1]), url.isWebAddress else {
      throw .list(path: path, line: number, found: "the address \"\(fields[1])\"")
    }
    return Candidate(className: fields[0], url: url)
  }
}

/// The fields of a line: between commas, or between quotation marks, of which two stand for one.
func csvFields(_ line: String) -> [String] {
  var fields = [""]
  var isQuoted = false
  var previous: Character?
  for character in line {
    if character == "\"" {
      if !isQuoted, previous == "\"" { fields[fields.count - 1].append("\"") }
      isQuoted.toggle()
    } else if character == ",", !isQuoted {
      fields.append("")
    } else {
      fields[fields.count - 1].append(character)
    }
    previous = character == "\"" && previous == "\"" && isQuoted ? nil : character
  }
  return fields.map(\.trimmed)
}
