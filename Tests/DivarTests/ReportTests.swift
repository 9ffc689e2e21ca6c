import Foundation
import Kilim
import TestSupport
import Testing

/// `divar train --report` and `divar report`.
@Suite struct ReportTests {
  @Test func trainingsLeaveReports() throws {
    let folder = try TemporaryFolder()
    try folder.makePhotos("photos", classes: ["<cat>", "dog"], count: 12)
    for (name, epochs) in [("one", "2"), ("two", "1")] {
      let run = try DivarProcess(
        [
          "train", "--data", "photos", "--output", name, "--image-size", "16", "--epochs", epochs, "--report",
          "\(name).html",
        ], in: folder.url)
      #expect(run.exitCode == 0 && run.output.contains("\(name).html: the report"), "\(run.output)\(run.errors)")
    }
    let page = try folder.text("one.html")
    for text in [
      "&lt;cat&gt;", "Confusion matrix", "--epochs", "Calibration", "Samples", "conv2d", "processor", "data:image/jpeg",
    ] {
      #expect(page.contains(text), "\(text)")
    }
    #expect(!page.contains("<cat>"))
    let report = try RunReport(contentsOf: folder.path("one/report.json"))
    #expect(report.history.epochs.count == 2 && report.data.map(\.name) == ["<cat>", "dog"])
    #expect(report.data.reduce(0) { $0 + $1.training + $1.test } == 24 && report.classification != nil)
    let both = try DivarProcess(["report", "one", "two", "-o", "both.html"], in: folder.url)
    #expect(both.exitCode == 0, "\(both.errors)")
    #expect(try folder.text("both.html").contains("Settings in which the trainings differ"))
    try expectError(["report", "one", "two", "-o", "both.html"], "--overwrite", folder: folder.url)
    try expectError(["report", "photos"], "report.json", folder: folder.url)
    try expectError(["report", "one/history.csv"], "one/history.csv", "no report", folder: folder.url)
    try expectError(
      ["train", "--data", "photos", "--output", "three", "--report", "one.html"], "--report", folder: folder.url)
  }

  /// The settings of a record are all options of the command but those that cannot change the result, so that the page hides no
  /// difference between two trainings.
  @Test func allOptionsAreRecorded() throws {
    let folder = try TemporaryFolder()
    try folder.makePhotos("photos", classes: ["cat", "dog"], count: 6)
    let run = try DivarProcess(
      [
        "train", "--data", "photos", "--output", "run", "--image-size", "16", "--epochs", "1", "--resize", "nearest",
        "--framing", "padToFit", "--normalize", "--split-seed", "5", "--quiet",
      ], in: folder.url)
    try #require(run.exitCode == 0, "\(run.errors)")
    let settings = try RunReport(contentsOf: folder.path("run/report.json")).settings
    for (name, value) in [
      ("--resize", "nearest"), ("--framing", "padToFit"), ("--normalize", "yes"), ("--split-seed", "5"),
      ("--mixup", "none"),
    ] {
      #expect(settings.first { $0.name == name }?.value == value, "\(name)")
    }
    // Where results are written and photos are kept, what is shown, and how the work is distributed.
    let other: Set<String> = [
      "--output", "--resume", "--restart", "--report", "--overwrite", "--cache", "--photo-memory", "--feature-cache",
      "--checkpoint-every", "--threads", "--live", "--quiet", "--hosts", "--timeline", "--retries", "--help",
      "--version",
    ]
    let dump = try DivarProcess(["train", "--experimental-dump-help"])
    let tool = try JSONDecoder().decode(ToolDump.self, from: Data(dump.output.utf8))
    let names = tool.command.arguments.flatMap { argument in
      (argument.names ?? []).filter { $0.kind == "long" }.map { "--\($0.name)" }
    }
    #expect(names.count > 40 && Set(settings.map(\.name)) == Set(names).subtracting(other))
  }
}

/// What `--experimental-dump-help` prints: the options of a command.
private struct ToolDump: Decodable {
  struct Command: Decodable { let arguments: [Argument] }
  struct Argument: Decodable { let names: [Name]? }
  struct Name: Decodable { let kind, name: String }
  let command: Command
}
