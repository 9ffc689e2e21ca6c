import Data
import Downloads
import Foundation
import Serialization
import Tensor

/// The addresses in a file of lines `class,url` (CSV, RFC 4180), with or without a header line. A field holds no line
/// break.
///
/// The file is read line by line and never held in memory as a whole.
package struct ListSource: CandidateSource {
  private let path: String
  private var lines: LineReader
  private var upcoming: Candidate?
  private var retriedClasses: ArraySlice<String>
  private let wanted: Set<ExactText>?

  package let classNames: [String]
  /// What the user should know about the list before it is collected.
  package let warnings: [String]

  /// Opens a list and checks every line.
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - names: the classes to collect; nil for all.
  /// - Throws: ``CollectorError/list(path:line:found:)`` for the first line that cannot be used;
  ///   ``CollectorError/unknown(what:found:known:)`` for a class that is not in the file.
  package init(path: String, classes names: [String]? = nil) throws(CollectorError) {
    self.path = path
    wanted = names.map { Set($0.map(ExactText.init)) }
    var repeated = RepeatedAddresses()
    var found: [String] = []
    var foundNames: Set<ExactText> = []
    var checked = try Self.open(path)
    var number = 0
    while let line = checked.next() {
      number += 1
      guard let candidate = try Self.candidate(line, number: number, path: path) else { continue }
      if foundNames.insert(ExactText(candidate.className)).inserted { found.append(candidate.className) }
      if wanted?.contains(ExactText(candidate.className)) ?? true { repeated.add(candidate) }
    }
    if let failure = checked.failure { throw .file(path, failure) }
    for name in names ?? [] where !foundNames.contains(ExactText(name)) {
      throw .unknown(what: "class", found: name, known: found)
    }
    classNames = found.filter { [wanted] in wanted?.contains(ExactText($0)) ?? true }
    warnings = repeated.warning.map { ["\(path): \($0)"] } ?? []
    retriedClasses = classNames[...]
    lines = try Self.open(path)
    readOn()
  }

  package var problems: [String] { [] }

  package var upcomingClass: String? { upcoming?.className ?? retriedClasses.first }

  package mutating func next(_ ledger: Ledger, isFull: (String) -> Bool = { _ in false }) -> Candidate? {
    while let candidate = upcoming {
      readOn()
      if !isFull(candidate.className), ledger.claim(candidate) { return candidate }
    }
    while let name = retriedClasses.first {
      if !isFull(name), let candidate = ledger.takeImage(of: name) { return candidate }
      retriedClasses.removeFirst()
    }
    return nil
  }

  /// Moves to the next line of a wanted class. The initializer has checked all lines.
  private mutating func readOn() {
    upcoming = nil
    while upcoming == nil, let line = lines.next() {
      let candidate = (try? Self.candidate(line, number: 0, path: path)).flatMap { $0 }
      if let candidate, wanted?.contains(ExactText(candidate.className)) ?? true { upcoming = candidate }
    }
  }

  private static func open(_ path: String) throws(CollectorError) -> LineReader {
    do {
      // Says in plain words what is wrong with a path that leads to no file.
      _ = try RandomAccessFile(path)
      return LineReader(try FileHandle(forReadingFrom: URL(filePath: path)))
    } catch {
      throw .file(path, error)
    }
  }

  /// Reads a line; nil for an empty one and for the headings.
  private static func candidate(
    _ line: ArraySlice<UInt8>, number: Int, path: String
  ) throws(CollectorError) -> Candidate? {
    guard var text = String(validating: line, as: UTF8.self) else {
      throw .list(path: path, line: number, found: "bytes that are no UTF-8")
    }
    if text.hasPrefix("\u{feff}") { text.removeFirst() }
    text = text.trimmed
    if text.isEmpty || text.lowercased() == "class,url" { return nil }
    let fields: [String]
    do throws(TableError) {
      fields = try csvFields(text).map(\.trimmed)
    } catch {
      throw .list(path: path, line: number, found: error.found)
    }
    guard fields.count == 2 else { throw .list(path: path, line: number, found: counted(fields.count, "field")) }
    guard isFolderName(fields[0]) else {
      throw .list(path: path, line: number, found: "the class \"\(fields[0])\", which is no name for a folder")
    }
    guard let url = URL(string: fields[1]), url.isWebAddress else {
      throw .list(path: path, line: number, found: "the address \"\(fields[1])\"")
    }
    return Candidate(className: fields[0], url: url)
  }
}

/// The addresses of a list that stand under more than one class.
private struct RepeatedAddresses {
  private static let shownLimit = 3

  /// The first class of each address, by the numbers of both.
  private var firstClasses: [UInt64: Int] = [:]
  private var classNumbers: [ExactText: Int] = [:]
  private var classNames: [String] = []
  private var repeated: Set<UInt64> = []
  private var shown: [String] = []

  mutating func add(_ candidate: Candidate) {
    let number = classNumbers[ExactText(candidate.className)] ?? classNames.count
    if number == classNames.count {
      classNumbers[ExactText(candidate.className)] = number
      classNames.append(candidate.className)
    }
    guard let first = firstClasses[candidate.key] else {
      firstClasses[candidate.key] = number
      return
    }
    guard first != number, repeated.insert(candidate.key).inserted, shown.count < Self.shownLimit else { return }
    shown.append("\(candidate.url.absoluteString) (\(classNames[first]), \(candidate.className))")
  }

  /// Nil if no address is repeated.
  var warning: String? {
    guard !repeated.isEmpty else { return nil }
    let more = repeated.count - shown.count
    return
      "\(counted(repeated.count, "address", plural: "addresses")) under more than one class, each collected once: "
      + "\(shown.joined(separator: ", "))\(more > 0 ? " and \(more) more" : "")"
  }
}
