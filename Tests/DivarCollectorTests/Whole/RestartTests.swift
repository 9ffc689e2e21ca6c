import DivarCollector
import Foundation
import Serialization
import Tensor
import TestSupport
import Testing

/// Collecting that is broken off again and again ends where undisturbed collecting does.
@Suite(.serialized) struct RestartTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
  }

  /// Two classes of posts with three pictures each, sent in pieces; some are alike, some are none, some are gone.
  private func site() throws -> FixtureSite {
    var settings = FixtureSite.Settings()
    for (offset, name) in ["cat", "dog"].enumerated() {
      for number in 0..<18 {
        var post = FixtureSite.Post(token: "\(name)tok\(number + 10)", isRemoved: number % 9 == 5)
        for part in 0..<3 {
          let photo = "/photo/\(name)\(number)-\(part).jpg"
          let isCopy = number % 6 == 3 && part == 1
          let seed = isCopy ? offset * 1000 : offset * 1000 + number * 3 + part
          let answer =
            number % 7 == 4 && part == 2
            ? .html("<html></html>")
            : FixtureAnswer.file(
              try picture(seed, quality: 80 + (isCopy ? 5 : 0)), manner: .pieces(5, pause: .milliseconds(3)))
          settings.files[photo] = answer
          post.photos.append(photo)
        }
        settings.posts[name, default: []].append(post)
      }
    }
    return FixtureSite(settings)
  }

  private func arguments(_ server: FixtureServer, _ output: String) throws -> [String] {
    try collectArguments(
      server, folder, classes: ["cat", "dog"], output: output,
      extra: ["--connections", "6", "--per-class", "40", "--resume"])
  }

  @Test func twentyKillsChangeNothing() throws {
    let calm = try site().start()
    let undisturbed = try DivarProcess(try arguments(calm, "calm"))
    calm.stop()
    try #require(undisturbed.exitCode == 0, "\(undisturbed.errors)")

    let (site, gate) = (try site(), RequestGate())
    let server = try FixtureServer { gate.pass() ? site.answer($0) : .status(503) }
    defer {
      gate.open()
      server.stop()
    }
    let seed = UInt64.random(in: 0 ... .max)
    var generator = RandomGenerator(seed: seed)
    var killCount = 0
    for _ in 0..<20 {
      // At a random moment around the answers to the first requests of the run; further than the gate it cannot get.
      gate.clear(allowing: 1 + generator.integer(below: 7))
      let process = try DivarProcess.start(try arguments(server, "killed"))
      try DivarProcess.wait(for: process) { gate.isHolding }
      usleep(UInt32(generator.integer(below: 30_000)))
      kill(process.processIdentifier, SIGKILL)
      process.waitUntilExit()
      if process.terminationReason == .uncaughtSignal { killCount += 1 }
      let names = try FileManager.default.subpathsOfDirectory(atPath: folder.path("killed"))
      #expect(!names.contains { $0.hasSuffix(".part") && !$0.hasPrefix(Staging.folderName) })
      for name in names where name.hasSuffix(".jpg") {
        let bytes = try Foundation.Data(contentsOf: URL(filePath: folder.path("killed/\(name)")))
        #expect(name.contains("\(SHA256(of: bytes))".prefix(32)), "\(name) is not whole, seed \(seed)")
      }
    }
    #expect(killCount == 20, "only \(killCount) runs were killed before their end")
    gate.clear(allowing: .max)
    let last = try DivarProcess(try arguments(server, "killed"))
    #expect(last.exitCode == 0, "\(last.errors)")

    let (expected, found) = (try Collected(folder.path("calm")), try Collected(folder.path("killed")))
    #expect(found.files == expected.files, "seed \(seed)")
    #expect(found.images == expected.images, "seed \(seed)")
    #expect(found.names == expected.names)
    #expect(expected.files.count > 60 && expected.files.count <= 80)

    let whole = server.log.filter { $0.request.path.hasPrefix("/photo/") && $0.isDelivered && $0.status == 200 }
    let counts = Dictionary(grouping: whole, by: \.request.path).mapValues(\.count)
    #expect(counts.values.allSatisfy { $0 == 1 }, "seed \(seed): \(counts.filter { $0.value > 1 })")
    // What was fetched once more after a kill is at most what lay unread in the connection: all of it on a busy machine.
    let sent = server.log.filter { $0.request.path.hasPrefix("/photo/") }
      .reduce(into: [:]) { $0[$1.request.path, default: 0] += $1.sentCount }
    let size = calm.log.filter { $0.request.path.hasPrefix("/photo/") }
      .reduce(into: [:]) { $0[$1.request.path, default: 0] += $1.sentCount }
    for (path, bytes) in sent { #expect(bytes <= 2 * (size[path] ?? 0), "\(path), seed \(seed)") }
  }

  @Test func tornLineIsDropped() throws {
    let server = try site().start()
    defer { server.stop() }
    let few = try collectArguments(
      server, folder, classes: ["cat"], output: "torn", extra: ["--per-class", "5", "--resume"])
    try #require(DivarProcess(few).exitCode == 0)
    let manifest = folder.path("torn/\(Manifest.fileName)")
    let text = try String(contentsOfFile: manifest, encoding: .utf8)
    let lines = text.split(separator: "\n")
    let torn = lines.dropLast().joined(separator: "\n") + "\n" + lines[lines.count - 1].prefix(40)
    try torn.write(toFile: manifest, atomically: true, encoding: .utf8)
    let run = try DivarProcess(few)
    #expect(run.exitCode == 0, "\(run.errors)")
    #expect(try Collected(folder.path("torn")).files.count == 5)
  }

  @Test func damagedLineIsNamed() throws {
    let server = try site().start()
    defer { server.stop() }
    let few = try collectArguments(
      server, folder, classes: ["cat"], output: "damaged", extra: ["--per-class", "2", "--resume"])
    try #require(DivarProcess(few).exitCode == 0)
    let manifest = folder.path("damaged/\(Manifest.fileName)")
    var lines = try String(contentsOfFile: manifest, encoding: .utf8).split(separator: "\n")
    lines[1] = "{\"kind\":\"rumour\"}"
    try (lines.joined(separator: "\n") + "\n").write(toFile: manifest, atomically: true, encoding: .utf8)
    let run = try DivarProcess(few)
    #expect(run.exitCode == 1 && run.errors.contains("manifest.jsonl, line 2:"), "\(run.errors)")
  }

  @Test func secondCollectorIsRefused() throws {
    let (site, gate) = (try site(), RequestGate())
    let server = try FixtureServer { gate.pass() ? site.answer($0) : .status(503) }
    let first = try DivarProcess.start(try arguments(server, "shared"))
    defer {
      first.terminate()
      first.waitUntilExit()
      gate.open()
      server.stop()
    }
    try DivarProcess.wait(for: first) { gate.isHolding }
    let second = try DivarProcess(try arguments(server, "shared"))
    #expect(second.exitCode == 1 && second.errors.contains("another collector is at work"), "\(second.errors)")
  }
}
