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

  @Test func rateHoldsUnderEightConnections() throws {
    let bytes = try picture(1)
    let server = try FixtureServer { request in
      request.path == "/robots.txt" ? .status(404) : .file(bytes, manner: .late(.milliseconds(80)))
    }
    defer { server.stop() }
    let addresses = (0..<200).map { "cat,\(server.address)/\($0).jpg" }.joined(separator: "\n")
    try addresses.write(toFile: folder.path("urls.csv"), atomically: true, encoding: .utf8)
    let run = try DivarProcess(
      try collectArguments(
        server, folder, classes: ["cat"], rate: 50,
        extra: ["--connections", "8", "--from", folder.path("urls.csv")]))
    #expect(run.exitCode == 0, "\(run.errors)")
    // The first places pass while the program starts.
    let times = server.log.filter { $0.request.path != "/robots.txt" }.map(\.request.time).sorted()
    try #require(times.count == 200)
    let seconds = (times[199] - times[9]) / .seconds(1)
    let rate = 190 / seconds
    #expect(rate > 47.5 && rate < 52.5, "\(rate) requests in a second")
    // No burst either: in any second, no more than the rate and what one late start may shift.
    for (index, start) in times.enumerated() {
      let inSecond = times[index...].prefix { $0 - start < .seconds(1) }.count
      #expect(inSecond <= 56, "\(inSecond) requests in the second from \(index)")
    }
    #expect(server.mostConnections <= 8)
  }

  @Test(.timeLimit(.minutes(1))) func memoryStaysFlat() throws {
    // Rows without photos: 2,000 pages of 25.
    var settings = FixtureSite.Settings()
    settings.pageSize = 25
    settings.posts["cat"] = (0..<50_000).map { FixtureSite.Post(token: "token\($0 + 100_000)") }
    let (early, late) = try peaks(FixtureSite(settings), atPages: 200, 1990)
    #expect(late - early < 12_000, "\(early) kB after 5,000 rows, \(late) kB after 49,750")
  }

  /// The largest memory that the command had used by two pages of a list, in kB.
  private func peaks(_ site: FixtureSite, atPages early: Int, _ late: Int) throws -> (early: Int, late: Int) {
    let server = try site.start()
    defer { server.stop() }
    let process = try DivarProcess.start(try collectArguments(server, folder, classes: ["cat"], rate: 1000))
    var peaks: [Int] = []
    for page in [early, late] {
      while server.log.count < page, process.isRunning { usleep(2_000) }
      let status = try String(contentsOfFile: "/proc/\(process.processIdentifier)/status", encoding: .utf8)
      let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") })
      peaks.append(try #require(Int(line.filter(\.isNumber))))
    }
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    return (peaks[0], peaks[1])
  }
}
