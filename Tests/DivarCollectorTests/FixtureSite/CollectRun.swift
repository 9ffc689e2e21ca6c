import DivarCollector
import Foundation
import TestSupport

/// A table whose classes have the names of their categories, on a server of the tests.
func tableText(_ server: FixtureServer, classes: [String], query: [String: String] = [:]) -> String {
  let table: JSONValue = [
    "site": [
      "api": .string(server.address), "web": .string(server.address), "imageHosts": ["127.0.0.1", "example.org"],
      "iconPaths": ["/static/imgs/"],
    ],
    "cities": ["tehran": "1"],
    "classes": .array(
      classes.map { name in
        var entry: [String: JSONValue] = ["name": .string(name), "category": .string(name), "page": .string(name)]
        entry["query"] = query[name].map { .string($0) }
        return .object(entry)
      }),
  ]
  return table.text
}

/// The arguments of `divar collect` for a server of the tests: fast, and with short waits between repetitions.
func collectArguments(
  _ server: FixtureServer, _ folder: TemporaryFolder, classes: [String], output: String = "photos",
  rate: Double = 1000, extra: [String] = []
) throws -> [String] {
  let table = folder.path("table.json")
  try tableText(server, classes: classes).write(toFile: table, atomically: true, encoding: .utf8)
  return [
    "collect", "--output", folder.path(output), "--table", table, "--contact", "tests@example.org", "--accept-terms",
    "--allow-private-addresses", "--rate", "\(rate)", "--backoff", "0.02",
  ] + extra
}

/// What an output folder holds.
struct Collected {
  /// The content of each file below the folder of a class.
  let files: [String: [UInt8]]
  /// The entries of the manifest.
  let entries: [ManifestEntry]
  let manifest: String
  /// The names at the top, hidden ones too.
  let names: [String]

  init(_ folder: String) throws {
    names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
    var files: [String: [UInt8]] = [:]
    for path in try FileManager.default.subpathsOfDirectory(atPath: folder) where path.contains("/") {
      files[path] = try [UInt8](Foundation.Data(contentsOf: URL(filePath: "\(folder)/\(path)")))
    }
    self.files = files
    manifest = try String(contentsOfFile: "\(folder)/\(Manifest.fileName)", encoding: .utf8)
    var entries: [ManifestEntry] = []
    try Manifest.read(folder: folder) { entries.append($0) }
    self.entries = entries
  }

  /// What became of the pictures, without the times.
  var images: [String: String] {
    var images: [String: String] = [:]
    for case .image(let record) in entries {
      let outcome = record.saved?.file ?? record.dropped?.kind ?? record.failure?.kind ?? ""
      images[record.url.path()] = images[record.url.path()].map { "\($0), then \(outcome)" } ?? outcome
    }
    return images
  }
}
