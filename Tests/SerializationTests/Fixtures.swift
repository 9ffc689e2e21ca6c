import Foundation

/// Where a committed file stands.
func fixturePath(_ name: String) -> String {
  Bundle.module.bundleURL.appending(path: "Fixtures").appending(path: name).path
}
