import Foundation

/// The lines of a committed file, by its name inside `Fixtures`.
func fixtureLines(_ name: String) throws -> [Substring] {
  let url = Bundle.module.bundleURL.appending(path: "Fixtures").appending(path: name)
  return try String(contentsOf: url, encoding: .utf8).split(separator: "\n")
}
