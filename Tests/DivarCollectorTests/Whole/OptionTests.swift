import DivarCollector
import Foundation
import TestSupport
import Testing

/// The options of `divar collect` together, with every source. Swift checks exclusive access in these runs, as in every
/// build.
@Suite struct OptionTests {
  /// Where the pictures come from.
  enum Origin: CaseIterable {
    case list, current, old, page
  }

  private let folder: TemporaryFolder
  private let classes = ["cat", "dog"]

  init() throws {
    folder = try TemporaryFolder()
  }

  /// Five pictures of each class; one more of cats is a copy, and one of dogs is gone.
  private func site(_ origin: Origin) throws -> FixtureSite {
    var settings = FixtureSite.Settings()
    for (offset, name) in classes.enumerated() {
      for number in 0..<5 {
        settings.files["/photo/\(name)\(number).jpg"] = .file(try picture(offset * 100 + number))
      }
      settings.files["/photo/\(name)5.jpg"] = name == "cat" ? settings.files["/photo/cat0.jpg"] : .status(404)
      settings.posts[name] = [5, 0, 1, 2, 3, 4].map { number in
        .init(token: "\(name)tok\(number + 10)", photos: ["/photo/\(name)\(number).jpg"])
      }
    }
    settings.endpoints = [origin == .old ? .old : origin == .page ? .page : .current]
    return FixtureSite(settings)
  }

  private func arguments(_ origin: Origin, _ server: FixtureServer, _ extra: String...) throws -> [String] {
    guard origin == .list else { return try collectArguments(server, folder, classes: classes, extra: extra) }
    let lines = [5, 0, 1, 2, 3, 4].flatMap { number in
      classes.map { "\($0),\(server.address)/photo/\($0)\(number).jpg" }
    }
    return try listArguments(lines) + extra
  }

  private func listArguments(_ lines: [String], output: String = "photos") throws -> [String] {
    try lines.joined(separator: "\n").write(toFile: folder.path("urls.csv"), atomically: true, encoding: .utf8)
    return [
      "collect", "-o", folder.path(output), "--from", folder.path("urls.csv"), "--contact", "tests@example.org",
      "--accept-terms", "--allow-private-addresses", "--rate", "1000", "--backoff", "0.02",
    ]
  }

  /// Photos of each class in the output folder.
  private func counts() throws -> [Int] {
    let files = try Collected(folder.path("photos")).files
    return classes.map { name in files.keys.count { $0.hasPrefix("\(name)/") } }
  }

  @Test(arguments: Origin.allCases, [nil, 3])
  func perClassAndResume(origin: Origin, perClass: Int?) throws {
    let server = try site(origin).start()
    defer { server.stop() }
    let goal = perClass.map { ["--per-class", "\($0)"] } ?? []
    let plan = try DivarProcess(try arguments(origin, server) + goal + ["--dry-run"])
    #expect(plan.exitCode == 0 && server.log.isEmpty, "\(plan.errors)")
    if origin == .list { #expect(plan.output.split(separator: "\n").count == 2 * (perClass ?? 6), "\(plan.output)") }
    #expect(try !folder.entries().contains("photos"))

    let first = try DivarProcess(try arguments(origin, server) + goal + ["--connections", "8"])
    #expect(first.exitCode == 0, "\(first.errors)")
    #expect(try counts() == [perClass ?? 5, perClass ?? 5], "\(first.output)\(first.errors)")

    // Nothing is left to do, which is no failure.
    let photoCount = server.log.count { $0.request.path.hasPrefix("/photo/") }
    let again = try DivarProcess(try arguments(origin, server, "--resume") + goal)
    #expect(again.exitCode == 0, "\(again.output)\(again.errors)")
    #expect(server.log.count { $0.request.path.hasPrefix("/photo/") } == photoCount)

    let rest = try DivarProcess(try arguments(origin, server, "--resume", "--per-class", "4", "--dry-run"))
    #expect(rest.exitCode == 0, "\(rest.errors)")
    if origin == .list {
      #expect(rest.output.split(separator: "\n").count == (perClass == nil ? 0 : 2), "\(rest.output)")
    }
    let more = try DivarProcess(try arguments(origin, server, "--resume", "--per-class", "4", "--connections", "1"))
    #expect(more.exitCode == 0, "\(more.errors)")
    #expect(try counts() == [perClass == nil ? 5 : 4, perClass == nil ? 5 : 4])
  }

  @Test(arguments: Origin.allCases)
  func someClassesAlone(origin: Origin) throws {
    let server = try site(origin).start()
    defer { server.stop() }
    let one = try DivarProcess(try arguments(origin, server, "--classes", "dog", "--per-class", "2"))
    #expect(one.exitCode == 0, "\(one.errors)")
    #expect(try counts() == [0, 2])
    let both = try DivarProcess(try arguments(origin, server, "--classes", "dog, cat", "--per-class", "3", "--resume"))
    #expect(both.exitCode == 0, "\(both.errors)")
    #expect(try counts() == [3, 3])
  }

  @Test(arguments: Origin.allCases)
  func interruptedRunGoesOn(origin: Origin) throws {
    let (site, gate) = (try site(origin), RequestGate(allowing: 9))
    let server = try FixtureServer { gate.pass() ? site.answer($0) : .status(503) }
    defer { server.stop() }
    let process = try DivarProcess.start(try arguments(origin, server, "--per-class", "4", "--connections", "2"))
    try DivarProcess.wait(for: process) { gate.isHolding }
    process.interrupt()
    process.waitUntilExit()
    #expect(process.terminationStatus == 130)
    gate.clear(allowing: .max)
    let rest = try DivarProcess(try arguments(origin, server, "--per-class", "4", "--resume"))
    #expect(rest.exitCode == 0, "\(rest.errors)")
    #expect(try counts() == [4, 4])
  }

  @Test(arguments: [[], ["--per-class", "3"]])
  func nothingFetchedIsAFailure(extra: [String]) throws {
    let server = try FixtureServer { $0.path == "/robots.txt" ? .status(404) : .status(410) }
    defer { server.stop() }
    // Port 1 of this machine refuses connections.
    let cases: [(lines: [String], reason: String)] = [
      (["class,url", "cat,http://127.0.0.1:1/x.jpg"], "all tries failed (1 unreachable)"),
      ((0..<3).map { "cat,\(server.address)/\($0).jpg" }, "all tries failed (3 removed)"),
      (["class,url"], "no picture was found"),
    ]
    for (number, (lines, reason)) in cases.enumerated() {
      let arguments = try listArguments(lines, output: "photos\(number)") + extra
      let run = try DivarProcess(arguments)
      #expect(run.exitCode == 1 && run.errors.contains("Error: nothing was collected: \(reason)"), "\(run.errors)")
      let again = try DivarProcess(arguments + ["--resume"])
      #expect(again.exitCode == 1 && again.errors.contains("Error: nothing was collected: "), "\(again.errors)")
    }
  }

  @Test func onlyDroppedPicturesAreAFailure() throws {
    let tiny = try picture(1, side: 20)
    let server = try FixtureServer { $0.path == "/robots.txt" ? .status(404) : .file(tiny) }
    defer { server.stop() }
    let run = try DivarProcess(try listArguments(["cat,\(server.address)/1.jpg"]))
    #expect(run.exitCode == 1 && run.errors.contains("no picture was kept (1 too small)"), "\(run.errors)")
  }

  @Test func failuresOfALaterRunAloneAreAFailure() throws {
    let site = try site(.list)
    let isUp = RequestGate()
    let server = try FixtureServer { request in
      isUp.isOpen || ["/robots.txt", "/photo/cat0.jpg"].contains(request.path) ? site.answer(request) : .status(500)
    }
    defer { server.stop() }
    let lines = (0..<3).map { "cat,\(server.address)/photo/cat\($0).jpg" }
    let first = try DivarProcess(try listArguments(lines))
    #expect(first.exitCode == 0 && first.output.contains("2 status 500"), "\(first.output)\(first.errors)")
    let second = try DivarProcess(try listArguments(lines) + ["--resume"])
    #expect(second.exitCode == 1 && second.errors.contains("all tries failed (2 status 500)"), "\(second.errors)")
    isUp.open()
    let third = try DivarProcess(try listArguments(lines) + ["--resume"])
    #expect(third.exitCode == 0, "\(third.errors)")
    #expect(try counts() == [3, 0])
  }

  @Test func namesAreToldApartByCodePoints() throws {
    let server = try site(.list).start()
    defer { server.stop() }
    let (composed, decomposed) = ("caf\u{E9}", "cafe\u{301}")
    let lines = (0..<2).flatMap { number in
      [
        "\(composed),\(server.address)/photo/cat\(number).jpg",
        "\(decomposed),\(server.address)/photo/dog\(number).jpg",
      ]
    }
    let run = try DivarProcess(try listArguments(lines) + ["--per-class", "2"])
    #expect(run.exitCode == 0, "\(run.errors)")
    let names = try Collected(folder.path("photos")).names.map { Array($0.unicodeScalars) }
    #expect(names.contains(Array(composed.unicodeScalars)) && names.contains(Array(decomposed.unicodeScalars)))
    let one = try DivarProcess(try listArguments(lines, output: "one") + ["--classes", decomposed, "--dry-run"])
    #expect(one.output.split(separator: "\n").count == 2 && one.output.contains("dog1"), "\(one.output)")
  }

  @Test func fieldsOfTheListAreQuoted() throws {
    let lines = ["\"dog, old\",https://example.org/1.jpg", "\"a \"\"b\"\"\",\"https://example.org/2,3.jpg\""]
    let plan = try DivarProcess(try listArguments(lines) + ["--dry-run"])
    #expect(plan.output == lines.joined(separator: "\n") + "\n", "\(plan.output)\(plan.errors)")
  }

  @Test func controlCharactersAreEscaped() throws {
    let server = try FixtureServer { request in
      request.path == "/robots.txt" ? .redirect(to: "http://other.test/\u{1B}[31m") : .status(404)
    }
    defer { server.stop() }
    let name = "\u{202E}tac"
    let arguments = try listArguments(["\(name),\(server.address)/1.jpg"])
    for run in [try DivarProcess(arguments + ["--dry-run"]), try DivarProcess(arguments)] {
      let text = run.output + run.errors
      #expect(!text.unicodeScalars.contains("\u{202E}") && text.contains("\\u{202E}tac"), "\(text)")
      #expect(!text.unicodeScalars.contains("\u{1B}"))
    }
    let wrong = try DivarProcess(try listArguments(["\u{1B}[31m,\(server.address)/1.jpg"]) + ["--dry-run"])
    #expect(wrong.exitCode == 1 && wrong.errors.contains("Error: --from: "), "\(wrong.errors)")
  }

  @Test(arguments: ["manifest.jsonl", ".\u{301}hidden", "/\u{301}x"])
  func namesThatNoFolderCanHave(name: String) throws {
    let run = try DivarProcess(try listArguments(["\(name),https://example.org/1.jpg"]) + ["--dry-run"])
    #expect(run.exitCode == 1 && run.errors.contains("line 1: found the class"), "\(run.output)\(run.errors)")
  }

  @Test func aListWithAByte0() throws {
    let run = try DivarProcess(try listArguments(["a\u{0}b,https://example.org/1.jpg"]) + ["--dry-run"])
    #expect(run.exitCode == 1 && run.errors.contains("line 1: found a byte 0"), "\(run.output)\(run.errors)")
  }

  @Test func aListThatIsNoUTF8() throws {
    let arguments = try listArguments([]) + ["--dry-run"]
    try Foundation.Data([0x63, 0xE9, 0x2C, 0x68, 0x0A]).write(to: URL(filePath: folder.path("urls.csv")))
    let run = try DivarProcess(arguments)
    #expect(run.exitCode == 1 && run.errors.contains("line 1: found bytes that are no UTF-8"), "\(run.errors)")
  }
}
