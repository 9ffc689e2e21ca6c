import Foundation

/// Compiles programs against the modules and object files of Kilim that were built together with the tests.
enum Compiler {
  /// Where the build has put its products.
  private static let products = Bundle.main.bundleURL

  /// Compiles and links a program of one file.
  ///
  /// - Parameters:
  ///   - source: the path of `main.swift`.
  ///   - name: the name of the module.
  ///   - program: where the program goes.
  static func build(_ source: URL, name: String, to program: URL) throws {
    let command =
      try ["swiftc", "-warnings-as-errors", "-module-name", name, source.path, "-o", program.path]
      + flags() + objects() + libraries(["--libs"])
    try run(command, in: source.deletingLastPathComponent())
  }

  /// Checks the types of files that are a module together, without warnings.
  static func check(_ sources: [URL], name: String) throws {
    guard let folder = sources.first?.deletingLastPathComponent() else { return }
    let command = ["swiftc", "-typecheck", "-suppress-warnings", "-parse-as-library", "-module-name", name]
    try run(command + sources.map(\.path) + flags(), in: folder)
  }

  /// How to find the modules of Kilim, and the C modules that they import.
  private static func flags() throws -> [String] {
    let products = Self.products
    var flags = [
      "-swift-version", "6", "-I", products.appending(path: "Modules").path,
      "-module-cache-path", products.appending(path: "ModuleCache").path,
    ]
    let sources = Page.root.appending(path: "Sources")
    for name in try FileManager.default.contentsOfDirectory(atPath: sources.path).sorted() {
      let headers = sources.appending(path: "\(name)/include")
      for map in [
        sources.appending(path: "\(name)/module.modulemap"), products.appending(path: "\(name).build/module.modulemap"),
      ] where FileManager.default.fileExists(atPath: map.path) {
        flags += ["-Xcc", "-fmodule-map-file=\(map.path)", "-Xcc", "-I\(headers.path)"]
      }
    }
    return try flags + libraries(["--cflags"]).flatMap { ["-Xcc", $0] }
  }

  /// The object files of the libraries: those of the command `divar` without its own.
  private static func objects() throws -> [String] {
    let list = products.appending(path: "divar.product/Objects.LinkFileList")
    return try String(contentsOf: list, encoding: .utf8).split(separator: "\n").map {
      $0.trimmingCharacters(in: CharacterSet(charactersIn: "'\" "))
    }.filter { !$0.contains("/DivarExample.build/") }
  }

  /// What pkg-config says of the system libraries that the manifest of Kilim names.
  private static func libraries(_ options: [String]) throws -> [String] {
    let manifest = try String(contentsOf: Page.root.appending(path: "Package.swift"), encoding: .utf8)
    let names = manifest.matches(of: /pkgConfig: "([^"]+)"/).map { String($0.1) }
    return try run(["pkg-config"] + options + names, in: Page.root).split(whereSeparator: \.isWhitespace).map(
      String.init)
  }
}
