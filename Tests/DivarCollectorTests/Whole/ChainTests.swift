import DivarCollector
import Foundation
import TestSupport
import Testing

/// From a site to an answer, nothing by hand.
@Suite struct ChainTests {
  @Test func siteToPrediction() throws {
    let folder = try TemporaryFolder()
    let drawn = try DivarProcess(["demo-data", "--output", folder.path("drawn"), "--per-class", "8"])
    try #require(drawn.exitCode == 0, "\(drawn.errors)")
    let standard = try ClassTable(parsing: ClassTable.standardText, path: "classes.json")

    // The drawn pictures become the photos of posts, two in each, under the slugs of the real table.
    var settings = FixtureSite.Settings()
    for target in standard.classes {
      let names = try FileManager.default.contentsOfDirectory(atPath: folder.path("drawn/\(target.name)")).sorted()
      for (number, name) in names.enumerated() {
        let path = "/static/photo/neda/webp_post/\(target.name)/\(name)"
        settings.files[path] = .file(
          try [UInt8](Foundation.Data(contentsOf: URL(filePath: folder.path("drawn/\(target.name)/\(name)")))))
        if number % 2 == 0 {
          settings.posts[target.category, default: []].append(.init(token: "\(target.name)-post\(number)"))
        }
        settings.posts[target.category]?[number / 2].photos.append(path)
      }
    }
    let server = try FixtureSite(settings).start()
    defer { server.stop() }
    var table = standard
    table.site.api = try #require(URL(string: server.address))
    table.site.web = table.site.api
    table.site.imageHosts = ["127.0.0.1"]
    try JSONEncoder().encode(table).write(to: URL(filePath: folder.path("table.json")))

    let collect = try DivarProcess([
      "collect", "--output", folder.path("photos"), "--table", folder.path("table.json"), "--contact",
      "tests@example.org", "--accept-terms", "--allow-private-addresses", "--rate", "1000",
    ])
    try #require(collect.exitCode == 0, "\(collect.errors)")
    let files = try Collected(folder.path("photos")).files
    #expect(files.count > 80, "\(collect.output)")
    #expect(Set(files.keys.map { String($0.prefix { $0 != "/" }) }) == Set(standard.classes.map(\.name)))

    let inspect = try DivarProcess(["inspect", folder.path("photos")])
    #expect(inspect.exitCode == 0 && inspect.output.contains("cellphone"), "\(inspect.output)\(inspect.errors)")
    #expect(collect.output.hasSuffix(inspect.output), "\(collect.output)")

    let train = try DivarProcess([
      "train", "--data", folder.path("photos"), "--output", folder.path("run"), "--epochs", "1", "--image-size", "32",
    ])
    try #require(train.exitCode == 0, "\(train.errors)")
    let photos = files.keys.sorted().prefix(5).map { folder.path("photos/\($0)") }
    let predict = try DivarProcess(["predict", folder.path("run/model.keras")] + photos)
    #expect(predict.exitCode == 0, "\(predict.errors)")
    #expect(predict.output.split(separator: "\n").count == 5)
  }
}
