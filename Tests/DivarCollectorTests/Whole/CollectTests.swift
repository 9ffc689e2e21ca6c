import Data
import DivarCollector
import Foundation
import Serialization
import TestSupport
import Testing

/// `divar collect` against a site with everything that a site can do wrong.
@Suite struct CollectTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
  }

  /// Posts with one good picture each, which stand under `/photo/`.
  private func plainSite(_ count: Int, classes: [String] = ["cat"]) throws -> FixtureSite.Settings {
    var settings = FixtureSite.Settings()
    for (offset, name) in classes.enumerated() {
      for number in 0..<count {
        let photo = "/photo/\(name)\(number).jpg"
        settings.posts[name, default: []].append(.init(token: "\(name)tok\(number + 10)", photos: [photo]))
        settings.files[photo] = .file(try picture(offset * 1000 + number))
      }
    }
    return settings
  }

  @Test func everyFaultIsNamed() throws {
    var settings = try plainSite(3)
    let good = try picture(900)
    let shrunk = try Image(decoding: good).resized(to: ImageSize(square: 80), .bilinear)
    let flat = try Image(width: 90, height: 90, pixels: [UInt8](repeating: 200, count: 90 * 90 * 3)).png()
    let cases: [(path: String, answer: FixtureAnswer, outcome: String)] = [
      ("good.jpg", .file(good), "saved"),
      ("same.jpg", .file(good), "duplicate"),
      ("smaller.jpg", .file(try shrunk.jpeg(quality: 60)), "near duplicate"),
      ("wrong-ending.jpg", .file(try Image(decoding: try picture(901)).png(), type: "image/jpeg"), "saved"),
      ("chunked.jpg", FixtureAnswer(body: try picture(902), manner: .chunked), "saved"),
      ("dribbled.jpg", .file(try picture(903), manner: .pieces(4, pause: .milliseconds(5))), "saved"),
      ("tiny.jpg", .file(try picture(904, side: 40)), "too small"),
      ("flat.png", .file(flat, type: "image/png"), "icon"),
      ("half.jpg", .file(Array(good.dropLast(good.count / 2))), "damaged"),
      ("empty.jpg", .file([]), "no image"),
      ("page.jpg", .html("<html>Please log in</html>"), "no image"),
      ("gone.jpg", .status(404), "removed"),
      ("long-gone.jpg", .status(410), "removed"),
      ("forbidden.jpg", .status(403), "refused"),
      ("broken.jpg", .status(500), "status 500"),
      ("cut.jpg", .file(try picture(905), manner: .reset(after: 500)), "connection broken"),
      ("endless.jpg", FixtureAnswer(manner: .endless), "too large"),
      ("huge.jpg", FixtureAnswer(headers: ["Content-Length": "90000000000"]), "too large"),
      ("near.jpg", .redirect(to: "/photo/cat0.jpg?size=full"), "duplicate"),
      ("away.jpg", .redirect(to: "http://example.org/cat.jpg"), "redirected away"),
      ("inward.jpg", .redirect(301, to: "http://192.168.0.1/cat.jpg"), "redirected away"),
      ("file.jpg", .redirect(307, to: "file:///etc/passwd"), "redirected away"),
      ("round.jpg", .redirect(to: "/odd/round.jpg"), "redirected away"),
    ]
    settings.posts["cat"]?.append(.init(token: "oddities", photos: cases.map { "/odd/\($0.path)" }))
    settings.posts["cat"]?.append(.init(token: "removed_1", isRemoved: true))
    settings.posts["cat"]?[3].photos += ["/static/imgs/widget-icons/cat.png", "https://elsewhere.test/cat.jpg"]
    settings.posts["cat"]?.append(.init(token: "no-photo1"))
    settings.posts["cat"]?.append(.init(token: "taken-away", photos: ["/x.jpg"], isRemoved: true))
    for (path, answer, _) in cases { settings.files["/odd/\(path)"] = answer }
    let site = FixtureSite(settings)
    let server = try site.start()
    defer { server.stop() }

    let run = try DivarProcess(
      try collectArguments(server, folder, classes: ["cat"], extra: ["--connections", "8"]))
    #expect(run.exitCode == 0, "\(run.errors)")
    let collected = try Collected(folder.path("photos"))
    for (path, _, outcome) in cases {
      let found = collected.images["/odd/\(path)"]
      #expect(
        outcome == "saved" ? found?.hasPrefix("cat/") == true : found == outcome, "\(path): \(found ?? "nothing")")
    }
    #expect(collected.images["/odd/wrong-ending.jpg"]?.hasSuffix(".png") == true)
    #expect(collected.images.count == cases.count + 3, "\(collected.images.keys)")
    #expect(collected.names == ["cat", "manifest.jsonl"])
    #expect(collected.files.count == 7)
    for (path, bytes) in collected.files {
      #expect(path.contains("/\("\(SHA256(of: bytes))".prefix(32))."), "\(path)")
      #expect(path.hasSuffix(bytes.starts(with: [0xff, 0xd8]) ? ".jpg" : ".png"), "\(path)")
    }
    #expect(site.wrongCursorCount == 0)
    #expect(run.output.contains("1 post removed") && run.output.contains("2 removed"), "\(run.output)")
    #expect(!collected.manifest.contains("گربه") && !collected.manifest.contains("۰۹۱۲"))

    let requests = server.log.map(\.request)
    #expect(requests.first?.path == "/robots.txt")
    #expect(requests.allSatisfy { $0.headers["user-agent"] == "Kilim-divar/1.0 (+mailto:tests@example.org)" })
    #expect(!requests.contains { $0.path.contains("icons") || $0.path.contains("no-photo1") })
    #expect(Set(requests.filter { $0.path.hasPrefix("/v8/posts") }.map(\.path)).count == 5)
  }

  @Test func answerThatNeverComesIsNamed() throws {
    var settings = try plainSite(2)
    settings.files["/photo/cat1.jpg"] = FixtureAnswer(manner: .never)
    let server = try FixtureSite(settings).start()
    defer { server.stop() }
    // A busy machine may need several tries for the other requests, and gets them.
    let run = try DivarProcess(try collectArguments(server, folder, classes: ["cat"], extra: ["--timeout", "0.7"]))
    #expect(run.exitCode == 0, "\(run.errors)")
    #expect(try Collected(folder.path("photos")).images["/photo/cat1.jpg"] == "timed out")
  }

  @Test(arguments: [ListEndpoint.current, .old, .page], [true, false])
  func everyGenerationGivesTheSame(_ endpoint: ListEndpoint, isSpacious: Bool) throws {
    var settings = try plainSite(12, classes: ["cat", "dog"])
    settings.endpoints = [endpoint]
    settings.isSpacious = isSpacious
    let site = FixtureSite(settings)
    let server = try site.start()
    defer { server.stop() }
    let run = try DivarProcess(try collectArguments(server, folder, classes: ["cat", "dog", "fish"]))
    #expect(run.exitCode == 0, "\(run.errors)")
    let collected = try Collected(folder.path("photos"))
    #expect(collected.files.keys.count { $0.hasPrefix("cat/") } == 12)
    #expect(collected.files.keys.count { $0.hasPrefix("dog/") } == 12)
    #expect(site.wrongCursorCount == 0)
    let posts = server.log.filter { $0.request.path.contains("tok") && $0.status == 200 && $0.sentCount > 20 }
    #expect(posts.count { !$0.request.path.contains("photo") } >= 24)
  }

  @Test func waitsWhenTold() throws {
    var settings = try plainSite(4)
    settings.faults["/v8/postlist/w/search"] = [.status(429, ["Retry-After": "1"])]
    settings.faults["/photo/cat1.jpg"] = [.status(429), .status(503)]
    settings.faults["/photo/cat2.jpg"] = [.file(try picture(2), manner: .reset(after: 3000))]
    let server = try FixtureSite(settings).start()
    defer { server.stop() }
    let run = try DivarProcess(try collectArguments(server, folder, classes: ["cat"]))
    #expect(run.exitCode == 0, "\(run.errors)")
    #expect(run.errors.contains("asks to wait for 1.0 s"), "\(run.errors)")
    #expect(try Collected(folder.path("photos")).files.count == 4)
    let searches = server.log.map(\.request).filter { $0.path.hasSuffix("search") }
    #expect(searches[1].time - searches[0].time >= .seconds(1))
    let resumed = server.log.filter { $0.request.path == "/photo/cat2.jpg" }
    #expect(resumed.map(\.status) == [200, 206] && resumed.last?.start == 3000)
  }

  @Test func stopsAtTheGoalAndGoesOnFromThere() throws {
    let server = try FixtureSite(try plainSite(20)).start()
    defer { server.stop() }
    let few = try DivarProcess(try collectArguments(server, folder, classes: ["cat"], extra: ["--per-class", "6"]))
    #expect(few.exitCode == 0, "\(few.errors)")
    #expect(try Collected(folder.path("photos")).files.count == 6)
    #expect(server.log.count { $0.request.path.hasPrefix("/photo/") } == 6)
    let again = try DivarProcess(try collectArguments(server, folder, classes: ["cat"], extra: ["--per-class", "6"]))
    #expect(again.exitCode != 0 && again.errors.contains("--resume"))
    let more = try DivarProcess(
      try collectArguments(server, folder, classes: ["cat"], extra: ["--per-class", "15", "--resume"]))
    #expect(more.exitCode == 0, "\(more.errors)")
    #expect(!more.output.contains("Before anything is fetched"))
    let asked = server.log.filter { $0.request.path != "/robots.txt" && $0.request.method == "GET" }
    #expect(asked.count == Set(asked.map(\.request.path)).count)
    #expect(try Collected(folder.path("photos")).files.count == 15)
  }

  @Test func endlessListEnds() throws {
    var settings = try plainSite(7)
    settings.isEndless = true
    let server = try FixtureSite(settings).start()
    defer { server.stop() }
    let run = try DivarProcess(try collectArguments(server, folder, classes: ["cat"]))
    #expect(run.exitCode == 0, "\(run.errors)")
    #expect(try Collected(folder.path("photos")).files.count == 7)
    #expect(server.log.count { $0.request.path.hasSuffix("search") } == 5)
  }

  @Test func obeysRobots() throws {
    var settings = try plainSite(4)
    settings.robots = "User-agent: kilim-divar\nDisallow: /photo/cat1\n\nUser-agent: *\nDisallow: /\n"
    let server = try FixtureSite(settings).start()
    defer { server.stop() }
    let run = try DivarProcess(try collectArguments(server, folder, classes: ["cat"]))
    #expect(try Collected(folder.path("photos")).files.count == 3)
    #expect(run.output.contains("1 not allowed by robots.txt"), "\(run.output)")
    #expect(!server.log.contains { $0.request.path.hasPrefix("/photo/cat1") })
  }

  @Test func collectsAList() throws {
    let server = try FixtureSite(try plainSite(4, classes: ["cat", "dog"])).start()
    defer { server.stop() }
    let lines =
      ["class,url"] + (0..<4).map { "cat,\(server.address)/photo/cat\($0).jpg" } + [
        "\"dog, old\",\"\(server.address)/photo/dog0.jpg\"", "dog,\(server.address)/photo/nothing.jpg",
        "dog,\(server.address)/photo/cat0.jpg", "",
      ]
    try lines.joined(separator: "\r\n").write(toFile: folder.path("urls.csv"), atomically: true, encoding: .utf8)
    let arguments = try collectArguments(server, folder, classes: ["cat"], extra: ["--from", folder.path("urls.csv")])
    let plan = try DivarProcess(arguments + ["--dry-run"])
    #expect(plan.exitCode == 0 && plan.output.split(separator: "\n").count == 6, "\(plan.output)\(plan.errors)")
    #expect(server.log.isEmpty)
    let run = try DivarProcess(arguments)
    #expect(run.exitCode == 0, "\(run.errors)")
    let collected = try Collected(folder.path("photos"))
    #expect(collected.files.keys.count { $0.hasPrefix("cat/") } == 4)
    #expect(collected.files.keys.count { $0.hasPrefix("dog, old/") } == 1)
    #expect(collected.images["/photo/nothing.jpg"] == "removed")
  }

  @Test func retriesWhatFailedInAnotherRun() throws {
    var settings = try plainSite(3)
    settings.faults["/photo/cat1.jpg"] = Array(repeating: .status(500), count: 5)
    let server = try FixtureSite(settings).start()
    defer { server.stop() }
    let first = try DivarProcess(try collectArguments(server, folder, classes: ["cat"]))
    #expect(first.output.contains("1 status 500"), "\(first.output)")
    let second = try DivarProcess(try collectArguments(server, folder, classes: ["cat"], extra: ["--resume"]))
    #expect(second.exitCode == 0 && !second.output.contains("failed:"), "\(second.output)\(second.errors)")
    #expect(try Collected(folder.path("photos")).files.count == 3)
  }

  @Test func leavesAHostInPeaceThatKeepsFailing() throws {
    var settings = try plainSite(30)
    for number in 0..<30 { settings.files["/photo/cat\(number).jpg"] = .status(403) }
    let server = try FixtureSite(settings).start()
    defer { server.stop() }
    let run = try DivarProcess(try collectArguments(server, folder, classes: ["cat"]))
    #expect(run.exitCode == 1)
    #expect(run.errors.contains("failed 10 times in a row") && run.errors.contains("--resume"), "\(run.errors)")
    #expect(server.log.count { $0.request.path.hasPrefix("/photo/") } <= 18)
  }

  /// The current API blocks from the third post on, and the former ones answer as if every post were gone.
  @Test(arguments: [FixtureAnswer.status(403), .html("<html>One moment, please.</html>")])
  func blockIsNotTakenForRemovedPosts(block: FixtureAnswer) throws {
    var settings = try plainSite(16)
    for number in 12..<26 {
      settings.faults["/v8/posts-v2/web/cattok\(number)"] = [block]
      settings.faults["/v8/posts/cattok\(number)"] = [.status(404)]
      settings.faults["/v/cattok\(number)"] = [.status(404)]
    }
    let server = try FixtureSite(settings).start()
    defer { server.stop() }
    let run = try DivarProcess(try collectArguments(server, folder, classes: ["cat"]))
    #expect(run.exitCode == 1 && run.errors.contains("failed 10 times in a row"), "\(run.errors)")
    let posts = try Collected(folder.path("photos")).entries.compactMap { entry -> Failure? in
      guard case .post(let record) = entry else { return nil }
      return record.failure
    }
    #expect(posts.count == 10 && posts.allSatisfy(\.isTransient), "\(posts)")
    // Each fault is given once: the ten posts are there now, and the four that were not asked for are blocked.
    let resumed = try DivarProcess(try collectArguments(server, folder, classes: ["cat"], extra: ["--resume"]))
    #expect(resumed.exitCode == 0, "\(resumed.errors)")
    #expect(server.log.count { $0.request.path.hasPrefix("/v8/posts-v2/") } == 2 + 10 + 14)
    #expect(try Collected(folder.path("photos")).files.count == 2 + 10)
  }

  @Test func privateAddressesAreRefused() throws {
    let server = try FixtureSite(try plainSite(2)).start()
    defer { server.stop() }
    let arguments = try collectArguments(server, folder, classes: ["cat"]).filter { $0 != "--allow-private-addresses" }
    let run = try DivarProcess(arguments)
    #expect(run.exitCode == 1)
    #expect(run.errors.contains("127.0.0.1, which is not a public one; --allow-private-addresses"), "\(run.errors)")
    #expect(server.log.isEmpty && server.mostConnections == 0)
  }
}
