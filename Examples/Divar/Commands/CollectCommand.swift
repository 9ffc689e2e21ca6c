import ArgumentParser
import DivarCollector
import Downloads
import Foundation
import Kilim
import Serialization

/// `divar collect`: collects photos of the classes from the Divar site, or from a list of addresses.
struct CollectCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "collect", abstract: "Collects photos of the classes, within the rules of the sites.",
    discussion: """
      Each class gets a folder of photos. The name of a photo is a hash of its content. The file manifest.jsonl records the \
      source of each photo. Stop the command at any time and run it again with --resume: it fetches nothing twice. \
      The exit code is 1 if no photo was collected. See Docs/Collecting.md.
      """)

  @Option(name: .shortAndLong, help: "The folder for the photos.")
  var output: String?

  @Option(help: "The classes, separated by commas (default: all).")
  var classes: String?

  @Option(parsing: .unconditional, help: "The number of photos of each class (default: 1100, with --from all).")
  var perClass: Int?

  @Option(help: "The city whose posts are listed.")
  var city = "tehran"

  @Option(help: "Collect the addresses in a file of lines class,url instead of the Divar site.")
  var from: String?

  @Option(parsing: .unconditional, help: "Requests per second, over all hosts and connections.")
  var rate = 0.5

  @Option(parsing: .unconditional, help: "The number of connections at the same time, over all hosts.")
  var connections = 4

  @Option(help: "A mail address or a web page through which the sites can reach you; it is part of the user agent.")
  var contact: String?

  @Flag(help: "Accept the terms that the command shows without this flag.")
  var acceptTerms = false

  @Flag(help: "Continue the collection in the output folder.")
  var resume = false

  @Flag(help: "Print what would be fetched, and fetch nothing.")
  var dryRun = false

  @Option(parsing: .unconditional, help: "The smallest height and width of a photo, in pixels.")
  var minimumSide = 64

  @Option(parsing: .unconditional, help: ArgumentHelp("The longest time for an answer.", valueName: "seconds"))
  var timeout = 60.0

  @Option(
    parsing: .unconditional,
    help: ArgumentHelp(
      "The longest wait before a failed request is sent again; it doubles with each further repetition.",
      valueName: "seconds"))
  var backoff = 2.0

  @Option(help: "Your own class table; start from the output of --print-table.")
  var table: String?

  @Flag(help: "Print the class table: the servers, and the category, filters or search text of each class.")
  var printTable = false

  @OptionGroup var threads: ThreadsOption

  @Flag(help: "Also connect to hosts with private addresses, such as your own server.")
  var allowPrivateAddresses = false

  func validate() throws {
    if printTable { return }
    guard output?.isEmpty == false else { throw ValidationError("--output is missing; name a folder") }
    if let perClass, perClass < 1 { throw ValidationError("--per-class is \(perClass), at least 1 is needed") }
    guard rate >= 0.001, rate <= 1000 else {
      throw ValidationError("--rate is \(rate), a number from 0.001 to 1000 is needed")
    }
    guard (1...16).contains(connections) else {
      throw ValidationError("--connections is \(connections), a number from 1 to 16 is needed")
    }
    guard minimumSide >= 1 else { throw ValidationError("--minimum-side is \(minimumSide), at least 1 is needed") }
    guard timeout >= 0.1, timeout <= 3600 else {
      throw ValidationError("--timeout is \(timeout), a number from 0.1 to 3600 is needed")
    }
    guard backoff >= 0, backoff <= 600 else {
      throw ValidationError("--backoff is \(backoff), a number from 0 to 600 is needed")
    }
    if classNames?.isEmpty == true { throw ValidationError("--classes is empty; name at least one class") }
    if !dryRun, contact == nil {
      throw ValidationError("--contact is missing; give the sites a mail address or a page to reach you by")
    }
  }

  func run() async throws {
    threads.apply()
    if printTable { return print(ClassTable.standardText, terminator: "") }
    let output = output ?? ""
    if !dryRun {
      try naming("--output") { () throws(CollectorError) in try OutputFolder.check(output, resuming: resume) }
    }
    if let from {
      let source = try naming("--from") { () throws(CollectorError) in try ListSource(path: from, classes: classNames) }
      for warning in source.warnings { complain("Warning: \(warning)") }
      if dryRun { return try list(source, output) }
      try await collect(into: output, perClass: perClass, terms: Terms.list) { _ in source }
    } else {
      let table = try naming("--table") { () throws(CollectorError) in try classTable() }
      let wanted = try naming("--classes") { () throws(CollectorError) in try table.classes(named: classNames) }
      _ = try naming("--city") { () throws(CollectorError) in try table.number(ofCity: city) }
      let perClass = perClass ?? 1100
      if dryRun {
        let state = try Ledger(reading: output).state
        return print(try Plan(wanted, table: table, city: city, perClass: perClass, rate: rate, state: state))
      }
      try await collect(into: output, perClass: perClass, terms: Terms.site) { fetcher in
        DivarSource(client: try DivarClient(fetcher: fetcher, table: table, city: city), classes: wanted)
      }
    }
  }

  private var classNames: [String]? {
    classes?.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }.filter { !$0.isEmpty }
  }

  private func classTable() throws(CollectorError) -> ClassTable {
    guard let table else { return try ClassTable(parsing: ClassTable.standardText, path: "classes.json") }
    do {
      return try ClassTable(parsing: String(contentsOfFile: table, encoding: .utf8), path: table)
    } catch let error as CollectorError {
      throw error
    } catch {
      throw .file(table, error)
    }
  }
}

extension CollectCommand {
  private func collect<Source: CandidateSource>(
    into output: String, perClass: Int?, terms: String, from makeSource: (Fetcher) throws -> Source
  ) async throws {
    let fetcher = try fetcher()
    var source = try makeSource(fetcher)
    let wasAccepted = try Ledger(reading: output).state.hasAcceptedTerms
    if !wasAccepted { complain(terms) }
    guard acceptTerms || wasAccepted else { throw CollectorError.terms }
    let folder = try OutputFolder(output, resuming: resume)
    if !wasAccepted { try folder.ledger.acceptTerms() }

    var settings = Collector.Settings()
    settings.perClass = perClass
    settings.connections = connections
    settings.check = PictureCheck(minimumSide: minimumSide)
    let progress = CollectProgress(perClass: perClass)
    let collector = Collector(fetcher: fetcher, folder: folder, settings: settings, progress: progress.show)
    let interrupt = endOnInterrupt(saying: "stopped; run the same command with --resume to continue")
    do {
      defer {
        interrupt.cancel()
        progress.end()
        let summary = Summary(classNames: source.classNames, state: folder.ledger.state, problems: source.problems)
        print(summary.description.linesWithoutControls)
      }
      try await collector.run(&source)
    }
    try inspect(output)
    if !source.problems.isEmpty { throw ExitCode.failure }
  }

  /// Prints what `divar inspect` prints of the folder, unless it holds fewer than two classes.
  private func inspect(_ output: String) throws {
    do {
      print(
        InspectionReport(try FolderInspection(output), folder: output, listLimit: 20, hint: InspectCommand.listHint))
    } catch DatasetError.tooFewClasses {}
  }

  private func fetcher() throws -> Fetcher {
    var manners = Fetcher.Manners()
    manners.rate = rate
    manners.connections = connections
    manners.backoff = .seconds(backoff)
    let transport = CurlTransport(
      policy: allowPrivateAddresses ? .any : .publicOnly, timeout: .seconds(timeout))
    let userAgent = try naming("--contact") { () throws(CollectorError) in try UserAgent(contact: contact ?? "") }
    return Fetcher(transport: transport, userAgent: userAgent, manners: manners) {
      complain($0)
    }
  }

  /// Prints the addresses that a run fetches if each of them is a photo.
  private func list(_ source: ListSource, _ output: String) throws {
    var source = source
    let ledger = try Ledger(reading: output)
    var counts: [ExactText: Int] = [:]
    func isFull(_ name: String) -> Bool {
      perClass.map { ledger.state.savedCount(of: name) + counts[ExactText(name), default: 0] >= $0 } ?? false
    }
    while let candidate = source.next(ledger, isFull: isFull) {
      print(csvLine([candidate.className, candidate.url.absoluteString]).withoutControls)
      counts[ExactText(candidate.className), default: 0] += 1
    }
    let count = counts.values.reduce(0, +)
    complain("\(counted(count, "address", plural: "addresses")): \(Plan.time(for: count, rate: rate))")
  }
}

/// Runs `body`. Its error names the option that the user gave.
private func naming<Result>(_ option: String, _ body: () throws(CollectorError) -> Result) throws -> Result {
  do {
    return try body()
  } catch {
    throw OptionError(option: option, error: error)
  }
}

/// An error in the value of an option.
private struct OptionError: Error, CustomStringConvertible {
  let option: String
  let error: CollectorError

  var description: String { "\(option): \(error)" }
}

/// Prints a line to the standard error.
private func complain(_ line: String) {
  Console.complain(line.linesWithoutControls)
}

extension String {
  /// The lines of the text, with the other control characters written as escapes.
  fileprivate var linesWithoutControls: String {
    split(separator: "\n", omittingEmptySubsequences: false).map { String($0).withoutControls }.joined(separator: "\n")
  }
}
