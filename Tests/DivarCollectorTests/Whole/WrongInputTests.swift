import Foundation
import TestSupport
import Testing

/// What somebody sees who holds the command wrong.
@Suite struct WrongInputTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
  }

  private func collect(_ arguments: String...) throws -> DivarProcess {
    try DivarProcess(["collect", "--output", folder.path("photos")] + arguments)
  }

  @Test(arguments: [
    (["--contact", "a@b.org", "--rate", "0"], "--rate is 0.0"),
    (["--contact", "a@b.org", "--connections", "17"], "--connections is 17"),
    (["--contact", "a@b.org", "--per-class", "0"], "--per-class is 0"),
    (["--contact", "a@b.org", "--timeout", "0"], "--timeout is 0.0"),
    ([], "--contact is missing"),
    (["--contact", "me", "--accept-terms"], "--contact: found the contact \"me\""),
    (
      ["--contact", "a@b.org", "--accept-terms", "--classes", "cat,cow"],
      "--classes: found the class \"cow\", expected one of: 206"
    ),
    (["--contact", "a@b.org", "--accept-terms", "--city", "atlantis"], "--city: found the city \"atlantis\""),
    (["--contact", "a@b.org", "--accept-terms", "--table", "/nothing.json"], "--table: cannot read \"/nothing.json\""),
    (["--contact", "a@b.org", "--accept-terms", "--from", "/nothing.csv"], "--from: cannot read \"/nothing.csv\""),
    (["--contact", "a@b.org", "--accept-terms", "--from", "/tmp"], "--from: cannot read \"/tmp\": it is a folder"),
    (["--contact", "a@b.org", "--classes", " , "], "--classes is empty"),
    (["--contact", "a@b.org", "--per-class", "-3"], "--per-class is -3"),
  ])
  func isSaidInOneLine(_ arguments: [String], _ message: String) throws {
    let run = try DivarProcess(["collect", "--output", folder.path("photos")] + arguments)
    #expect(run.exitCode != 0 && run.errors.contains("Error: \(message)"), "\(run.errors)")
    #expect(try folder.entries().isEmpty)
  }

  @Test func termsComeFirst() throws {
    let run = try collect("--contact", "a@b.org")
    #expect(run.exitCode == 1)
    #expect(run.errors.contains("The terms of Divar forbid") && run.errors.contains("--accept-terms"), "\(run.errors)")
    #expect(try folder.entries().isEmpty)
  }

  @Test func dryRunNeedsNothingAndLeavesNothing() throws {
    let run = try collect("--dry-run", "--classes", "206,perfume", "--per-class", "30")
    #expect(run.exitCode == 0, "\(run.errors)")
    #expect(run.output.contains("206: 30 of 30 photos") && run.output.contains("Peugeot 206"), "\(run.output)")
    #expect(run.output.contains("عطر") && run.output.contains("at 0.5 a second"), "\(run.output)")
    #expect(try folder.entries().isEmpty)
  }

  @Test func tableCanBeTakenAsAStart() throws {
    let printed = try DivarProcess(["collect", "--print-table"])
    try printed.output.replacing("\"cats\"", with: "\"kittens\"")
      .write(toFile: folder.path("my.json"), atomically: true, encoding: .utf8)
    let run = try collect("--dry-run", "--table", folder.path("my.json"), "--classes", "cat")
    #expect(run.exitCode == 0 && run.output.hasPrefix("cat: "), "\(run.output)\(run.errors)")
  }

  @Test func folderOfSomethingElse() throws {
    try "mine".write(toFile: folder.path("notes.txt"), atomically: true, encoding: .utf8)
    let run = try DivarProcess([
      "collect", "--output", folder.url.path, "--contact", "a@b.org", "--accept-terms", "--resume",
    ])
    #expect(run.exitCode == 1 && run.errors.contains("it holds other files"), "\(run.errors)")
    #expect(run.errors.contains("--output: ") && !run.errors.contains("The terms of Divar"), "\(run.errors)")
    #expect(try folder.entries() == ["notes.txt"])
  }

  @Test func siteThatIsNotThere() throws {
    let server = try FixtureServer { _ in .status(200) }
    server.stop()
    let run = try DivarProcess(try collectArguments(server, folder, classes: ["cat"]))
    #expect(run.exitCode == 1)
    #expect(run.errors.contains("Error: stopped: no connection to 127.0.0.1"), "\(run.errors)")
  }
}
