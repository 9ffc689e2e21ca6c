import ArgumentParser
import DivarCollector
import Foundation
import Kilim

/// `divar collect`: photos of the classes from the Divar site, or from a list of addresses.
struct CollectCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "collect", abstract: "Collects photos of the classes, politely.",
    discussion: """
      Photos are saved in a folder for each class, named after their content; manifest.jsonl tells where each came \
      from. Break it off at any time, and run it again with --resume to go on: nothing is fetched twice. \
      See Docs/Collecting.md.
      """)

  @Option(name: .shortAndLong, help: "The folder for the photos.")
  var output: String?

  @Option(help: "The classes, with commas between them; all without this option.")
  var classes: String?

  @Option(help: "The number of photos of each class (default: 1100, with --from all).")
  var perClass: Int?

  @Option(help: "The city whose posts are listed.")
  var city = "tehran"

  @Option(help: "Collect the addresses in a file of lines class,url instead of asking the Divar site.")
  var from: String?

  @Option(help: "Requests in a second, all hosts and connections together.")
  var rate = 0.5

  @Option(help: "The most connections at a time, all hosts together.")
  var connections = 4

  @Option(help: "A mail address or a page with which the sites can reach you; goes into the user agent.")
  var contact: String?

  @Flag(help: "You have read the terms that are shown without this flag, and keep to them.")
  var acceptTerms = false

  @Flag(help: "Go on with the collection in the folder.")
  var resume = false

  @Flag(help: "Say what would be fetched, and fetch nothing.")
  var dryRun = false

  @Option(help: "The shortest side of a photo, in pixels.")
  var minimumSide = 64

  @Option(help: "The seconds that an answer may take.")
  var timeout = 60.0

  @Option(help: "The longest wait in seconds before a failed request is repeated; doubles with each repetition.")
  var backoff = 2.0

  @Option(help: "A class table of your own; begin with what --print-table prints.")
  var table: String?

  @Flag(help: "Print the class table: the end points, and category, filters or search text of each class.")
  var printTable = false

  @Flag(help: "Speak also to hosts on private addresses: for a server of your own.")
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
    if !dryRun, contact == nil {
      throw ValidationError("--contact is missing; give the sites a mail address or a page to reach you by")
    }
  }

  func run() async throws {
    if printTable { return print(ClassTable.standardText, terminator: "") }
    let output = output ?? ""
    let names = classes?.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
    if let from {
      let source = try ListSource(path: from, classes: names)
      if dryRun { return try show(source, output) }
      try await collect(into: output, perClass: perClass, terms: Terms.list) { _ in source }
    } else {
      let table = try classTable()
      let wanted = try table.classes(named: names)
      let perClass = perClass ?? 1100
      if dryRun {
        let state = try CollectionState(folder: output)
        return print(try Plan(wanted, table: table, city: city, perClass: perClass, rate: rate, state: state))
      }
      try await collect(into: output, perClass: perClass, terms: Terms.site) { fetcher in
        DivarSource(client: try DivarClient(fetcher: fetcher, table: table, city: city), classes: wanted)
      }
    }
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
    let wasAccepted = try CollectionState(folder: output).hasAcceptedTerms
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
    let interrupt = endOnInterrupt(saying: "stopped; run the same command with --resume to go on")
    do {
      defer {
        interrupt.cancel()
        progress.end()
        let tallies = folder.ledger.state.tallies
        print(Summary(classNames: source.classNames, tallies: tallies, problems: source.problems))
      }
      try await collector.run(&source)
    }
    try inspect(output)
    if !source.problems.isEmpty { throw ExitCode.failure }
  }

  /// Shows what `divar inspect` shows of the folder, unless it holds fewer classes than the two that are inspected.
  private func inspect(_ output: String) throws {
    do {
      print(InspectionReport(try FolderInspection(output), folder: output, listLimit: 20))
    } catch DatasetError.tooFewClasses {}
  }

  private func fetcher() throws(CollectorError) -> Fetcher {
    var manners = Fetcher.Manners()
    manners.rate = rate
    manners.connections = connections
    manners.backoff = .seconds(backoff)
    let transport = CurlTransport(
      policy: allowPrivateAddresses ? .any : .publicOnly, timeout: .seconds(timeout))
    return Fetcher(transport: transport, userAgent: try UserAgent(contact: contact ?? ""), manners: manners) {
      complain($0)
    }
  }

  /// Lists what is still to be fetched.
  private func show(_ source: ListSource, _ output: String) throws {
    var source = source
    var state = try CollectionState(folder: output)
    var count = 0
    while let candidate = source.next(&state) {
      print("\(candidate.className),\(candidate.url.absoluteString)")
      count += 1
    }
    complain("\(count) addresses, which take \(Plan.time(for: count, rate: rate))")
  }
}

/// Prints a line for the user beside the output proper.
private func complain(_ line: String) {
  FileHandle.standardError.write(Foundation.Data("\(line)\n".utf8))
}
