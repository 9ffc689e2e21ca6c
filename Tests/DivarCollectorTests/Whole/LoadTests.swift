import DivarCollector
import Foundation
import TestSupport
import Testing

/// What must hold over many requests: the rate, and the memory.
@Suite(.serialized) struct LoadTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
  }

  // A busy machine may delay any request, so only the lower bound can be seen from outside; `FetcherTests` has the places.
  @Test func rateAndConnectionsAreLimited() throws {
    let bytes = try picture(1)
    let server = try FixtureServer { request in request.path == "/robots.txt" ? .status(404) : .file(bytes) }
    defer { server.stop() }
    let addresses = (0..<100).map { "cat,\(server.address)/\($0).jpg" }.joined(separator: "\n")
    try addresses.write(toFile: folder.path("urls.csv"), atomically: true, encoding: .utf8)
    let start = ContinuousClock.now
    let run = try DivarProcess(
      try collectArguments(
        server, folder, classes: ["cat"], rate: 200,
        extra: ["--connections", "8", "--from", folder.path("urls.csv")])
    )
    #expect(run.exitCode == 0, "\(run.errors)")
    let times = server.log.map(\.request.time).sorted()
    try #require(times.count == 101)
    for (index, time) in times.enumerated() { #expect(time - start >= .milliseconds(5 * index)) }
    #expect(server.mostConnections <= 8)
  }

  @Test func memoryStaysFlat() throws {
    // Rows without photos: 2,000 pages of 25.
    var settings = FixtureSite.Settings()
    settings.pageSize = 25
    settings.posts["cat"] = (0..<50_000).map { FixtureSite.Post(token: "token\($0 + 100_000)") }
    let (early, late) = try peaks(FixtureSite(settings), atPages: 200, 1990)
    #expect(late - early < 12_000, "\(early) kB after 5,000 rows, \(late) kB after 49,750")
  }

  /// The largest memory that the command had used by two pages of a list, in kB. The command waits there until it is read.
  private func peaks(_ site: FixtureSite, atPages early: Int, _ late: Int) throws -> (early: Int, late: Int) {
    let gate = RequestGate()
    let server = try FixtureServer { gate.pass() ? site.answer($0) : .status(503) }
    let process = try DivarProcess.start(try collectArguments(server, folder, classes: ["cat"], rate: 1000))
    defer {
      gate.open()
      server.stop()
    }
    func peak(atPage page: Int) throws -> Int {
      gate.allow(page)
      try DivarProcess.wait(for: process) { server.log.count >= page && gate.isHolding }
      let status = try String(contentsOfFile: "/proc/\(process.processIdentifier)/status", encoding: .utf8)
      let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") })
      return try #require(Int(line.filter(\.isNumber)))
    }
    let peaks = (try peak(atPage: early), try peak(atPage: late))
    gate.open()
    process.waitUntilExit()
    #expect(process.terminationStatus == 1, "no photo was collected")
    return peaks
  }
}
