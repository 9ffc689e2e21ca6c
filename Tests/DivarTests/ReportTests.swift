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
}
