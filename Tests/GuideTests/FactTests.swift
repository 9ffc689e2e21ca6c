import Foundation
import TestSupport
import Testing

/// What the pages say of files, commands and libraries is so.
struct FactTests {
  @Test(arguments: Page.all) func linksAndPathsLeadToFiles(page: Page) {
    let folder = Page.root.appending(path: page.path).deletingLastPathComponent()
    let links = page.prose.matches(of: /\]\(([^)#\s]+)[^)]*\)/).map { String($0.1) }.filter { !$0.contains("://") }
    let paths = page.spans.compactMap { $0.firstMatch(of: /^(Sources|Tests|Examples|Scripts|Benchmarks|Fuzz)\/\S*/) }
    for file in links.map({ folder.appending(path: $0) }) + paths.map({ Page.root.appending(path: String($0.0)) }) {
      #expect(FileManager.default.fileExists(atPath: file.path), "\(page.path) names \(file.path), which is missing")
    }
  }

  @Test func readmeLeadsToEveryPage() throws {
    let readme = try Page(path: "README.md")
    for page in Page.all where page.path != readme.path {
      #expect(readme.prose.contains("](\(page.path))"), "README.md has no link to \(page.path)")
    }
  }

  @Test func theDrawingShowsEveryTarget() throws {
    func text(_ path: String) throws -> String {
      try String(contentsOf: Page.root.appending(path: path), encoding: .utf8)
    }
    let drawing = try text("Docs/images/architecture.svg")
    let targets = try text("Package.swift")
      .matches(of: /\.(?:target|executableTarget|systemLibrary)\(\s*name: "(\w+)"/).map { String($0.1) }
      .filter { !$0.hasPrefix("Test") && !$0.hasSuffix("Probe") && !$0.hasSuffix("Library") }
    #expect(targets.count > 25)
    for target in targets {
      #expect(drawing.firstMatch(of: try Regex("\\b\(target)\\b")) != nil, "the drawing of the targets lacks \(target)")
    }
  }

  @Test func commandsHaveTheirOptions() throws {
    let blocks = Page.all.flatMap(\.blocks).filter { $0.language == "sh" }.flatMap {
      $0.text.replacing("\\\n", with: " ").split(separator: "\n").map(String.init)
    }
    let spans = Page.all.flatMap(\.spans)
    var help: [String: String] = [:]
    for line in blocks + spans {
      let words = line.prefix { $0 != "#" }.split(separator: " ")
      guard let divar = words.firstIndex(where: { $0 == "divar" || $0.hasSuffix("/divar") }) else { continue }
      let arguments = words[divar...].dropFirst().drop { $0 == "help" }
      guard let command = arguments.first.map(String.init), command.wholeMatch(of: /[a-z][a-z-]*/) != nil else {
        continue
      }
      let text = try help[command] ?? DivarProcess([command, "--help"]).output
      help[command] = text
      #expect(text.contains("USAGE: divar \(command)"), "there is no command \(command): \(line)")
      for option in arguments where option.hasPrefix("--") {
        #expect(names(text).contains(option), "divar \(command) has no option \(option): \(line)")
      }
    }
    #expect(help.count >= 8)
    let all = try names(help.values.joined(separator: "\n")).union(serverOptions())
    for span in spans where span.hasPrefix("--") {
      let option = span.prefix { $0 != " " && $0 != "=" }
      #expect(all.contains(option), "no command has the option \(option)")
    }
  }

  /// The options of the server, which is a package of its own that these tests do not build: from its source.
  private func serverOptions() throws -> [Substring] {
    let source = Page.root.appending(path: "Examples/Server/Sources/divar-server/Main.swift")
    let options = try String(contentsOf: source, encoding: .utf8).matches(of: /@Option[^@]*?var (\w+)/)
    #expect(options.count >= 5)
    return options.map { "--" + $0.1.replacing(/[A-Z]/) { "-" + $0.0.lowercased() } }
  }

  /// The options that a help text names.
  private func names(_ help: String) -> Set<Substring> { Set(help.matches(of: /--[a-z][a-z-]*/).map(\.0)) }

  /// The manifest is the list of system libraries; the pages and the script that installs them agree with it.
  @Test func systemLibrariesAreComplete() throws {
    func text(_ path: String) throws -> String {
      try String(contentsOf: Page.root.appending(path: path), encoding: .utf8)
    }
    let packages = try text("Package.swift").matches(of: /\.apt\(\["([^"]+)"\]\)/).map { String($0.1) }
    #expect(packages.count >= 9)
    for path in ["Docs/GettingStarted.md", "Scripts/set-up"] {
      let text = try text(path)
      for package in packages { #expect(text.contains(package), "\(path) does not name \(package)") }
    }
  }
}
