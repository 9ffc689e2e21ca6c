import Foundation
import Kilim
import TestSupport
import Testing

/// Tables and folders with mistakes that would train nonsense: they are refused, or a warning says what is strange.
@Suite struct TableMistakeTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    try folder.makePhotos("photos", classes: ["cat", "dog"], count: 8)
  }

  /// The names of the photos, each with a class.
  private var rows: [(file: String, kind: String)] {
    ["cat", "dog"].flatMap { kind in (0..<8).map { ("photos/\(kind)/\($0).jpg", kind) } }
  }

  private func write(_ name: String, _ header: String, _ row: (Int, String, String) -> String) throws {
    let lines = rows.enumerated().map { row($0, $1.file, $1.kind) }
    try ((header.isEmpty ? [] : [header]) + lines).joined(separator: "\n").write(
      toFile: folder.path(name), atomically: true, encoding: .utf8)
  }

  private func arguments(_ data: String, _ options: [String], output: String = "run") -> [String] {
    ["train", "--data", data, "--output", output, "--epochs", "1", "--image-size", "16", "--batch-size", "8"] + options
  }

  private func train(_ data: String, _ options: String..., output: String = "run") throws -> DivarProcess {
    try DivarProcess(arguments(data, options, output: output), in: folder.url)
  }

  @Test func aClassWithoutAReadablePhotoIsAnError() throws {
    try write("table.csv", "file,kind") { index, file, kind in index == 0 ? "none.jpg,emu" : "\(file),\(kind)" }
    try expectError(
      arguments("table.csv", ["--label-column", "kind", "--skip-unreadable"]), "class \"emu\"", folder: folder.url)
    for storage in [[], ["--photo-memory", "1"]] {
      try expectError(
        arguments("table.csv", ["--label-column", "kind", "--restart"] + storage), "none.jpg", "table.csv, line 2",
        "add --skip-unreadable", folder: folder.url)
    }
  }

  /// Photos of weight 0 teach nothing, and a training that is continued has the same weights.
  @Test func weightsCountInTheTraining() throws {
    try write("table.csv", "file,kind,weight,same") { index, file, kind in
      "\(file),\(kind),\(kind == "cat" ? 0 : 2),1"
    }
    let start = ["--label-column", "kind"]
    let weighted = try DivarProcess(
      arguments("table.csv", start + ["--weight-column", "weight"], output: "weighted"), in: folder.url)
    #expect(weighted.exitCode == 0, "\(weighted.errors)")
    let same = try DivarProcess(
      arguments("table.csv", start + ["--weight-column", "same"], output: "same"), in: folder.url)
    #expect(same.exitCode == 0, "\(same.errors)")
    let plain = try DivarProcess(arguments("table.csv", start, output: "plain"), in: folder.url)
    #expect(plain.exitCode == 0, "\(plain.errors)")
    func losses(_ run: String) throws -> [Double] {
      try RunReport(contentsOf: folder.path("\(run)/report.json")).history["loss"]
    }
    // Weights of 1 are none, but for rounding.
    #expect(try zip(losses("same"), losses("plain")).allSatisfy { abs($0 - $1) < 1e-3 })
    #expect(try losses("weighted") != losses("plain"))
    // The test photos have no weights: their figures are those of divar evaluate.
    let report = try RunReport(contentsOf: folder.path("weighted/report.json"))
    #expect(report.settings.first { $0.name == "--weight-column" }?.value == "weight")
    #expect(report.measurement == (try RunReport(contentsOf: folder.path("plain/report.json"))).measurement)
    let other = try DivarProcess(
      arguments("table.csv", start + ["--weight-column", "same", "--resume"], output: "weighted"), in: folder.url)
    #expect(other.exitCode == 1 && other.errors.contains("training data is"), "\(other.errors)")
  }

  @Test func weightsThatCannotBeUsedAreRefused() throws {
    try write("table.csv", "file,kind,weight") { index, file, kind in "\(file),\(kind),\(index == 2 ? -1 : 1)" }
    func options(_ column: String) -> [String] { ["--label-column", "kind", "--weight-column", column] }
    try expectError(
      arguments("table.csv", options("weight")), "table.csv, line 4, column 3", "a weight of at least 0",
      folder: folder.url)
    try expectError(arguments("table.csv", options("kind")), "line 2, column 2", "a number", folder: folder.url)
    try expectError(arguments("table.csv", options("none")), "expected one named \"none\"", folder: folder.url)
    try expectError(arguments("photos", ["--weight-column", "weight"]), "need a table", folder: folder.url)
    #expect(!folder.has("run"))
  }

  @Test func namesThatLookAlikeAreHinted() throws {
    try write("table.csv", "file,kind") { index, file, kind in "\(file), \(index == 0 ? "Cat" : kind)" }
    let run = try train("table.csv", "--label-column", "kind")
    #expect(run.exitCode == 0 && run.output.contains("of 3 classes"), "\(run.errors)")
    #expect(run.errors.contains("Warning: the classes \"Cat\", \"cat\" differ only in case"), "\(run.errors)")
    try write("blank.csv", "file,kind") { index, file, kind in "\(file),\(index == 3 ? " " : kind)" }
    try expectError(
      arguments("blank.csv", ["--label-column", "kind"], output: "blank"), "blank.csv, line 5, column 2",
      folder: folder.url)
  }

  @Test func aSeparatorThatSeparatesNothingIsHinted() throws {
    try write("table.csv", "file,tags") { index, file, kind in "\(file),\(kind);\(index % 2 == 0 ? "even" : "odd")" }
    let run = try train("table.csv", "--label-column", "tags", "--label-separator", "|")
    #expect(run.exitCode == 0 && run.errors.contains("\"tags\" contains the separator \"|\""), "\(run.errors)")
    let folders = try train("photos", "--label-separator", "+", output: "folders")
    #expect(folders.errors.contains("sub-folder contains the separator \"+\""), "\(folders.errors)")
    let right = try train("table.csv", "--label-column", "tags", "--label-separator", ";", output: "right")
    #expect(right.exitCode == 0 && !right.errors.contains("separator"), "\(right.errors)")
  }

  @Test func columnsOfNumbersAreNamedOnce() throws {
    try write("table.csv", "file,price,\"weight, net\"") { index, file, _ in "\(file),\(index),\(2 * index)" }
    for (names, word) in [
      ("price,price", "\"price\" twice"), ("price,", "beside a comma"), (",", "beside a comma"),
      ("price,cost", "expected one named \"cost\""),
    ] {
      try expectError(arguments("table.csv", ["--number-columns", names]), word, folder: folder.url)
    }
    for (index, names) in ["weight, net", "price,\"weight, net\""].enumerated() {
      let run = try train("table.csv", "--number-columns", names, output: "run\(index)")
      #expect(run.exitCode == 0, "\(run.errors)")
    }
    let numbers = arguments("table.csv", ["--number-columns", "price"])
    // Before a photo is read: there are none.
    try FileManager.default.removeItem(atPath: folder.path("photos"))
    for options in [
      ["--stratify"], ["--monitor", "val_accuracy", "--keep", "best"], ["--mixup", "0.2"],
      ["--label-smoothing", "0.1"], ["--balance", "weights"],
    ] {
      let run = try DivarProcess(numbers + options, in: folder.url)
      #expect(run.exitCode == 64 && run.errors.contains(options[0]), "\(run.errors)")
      #expect(run.output.isEmpty && !run.errors.contains("jpg"), "\(run.output)\(run.errors)")
    }
  }

  @Test func aTableThatIsNotThereIsSaid() throws {
    try expectError(
      arguments("nofile.csv", ["--label-column", "kind"]), "nofile.csv", "no such file", folder: folder.url)
  }

  /// JSON lines, by their ending or their content; lists are several classes.
  @Test(arguments: ["table.jsonl", "table.txt"])
  func tablesOfJSONAreRead(name: String) throws {
    try write(name, "") { index, file, kind in
      "{\"file\": \"\(file)\", \"kind\": \"\(kind)\", \"tags\": [\"\(kind)\"\(index % 2 == 0 ? ", \"even\"" : "")]}"
    }
    let kinds = try train(name, "--label-column", "kind", output: "kinds")
    #expect(kinds.exitCode == 0 && kinds.output.contains("of 2 classes"), "\(kinds.errors)")
    let tags = try train(name, "--label-column", "tags", output: "tags")
    #expect(tags.exitCode == 0 && tags.output.contains("of 3 classes"), "\(tags.errors)")
    #expect(tags.output.contains("test binary accuracy"))
  }

  /// What spreadsheet programs write: UTF-16 with tabs, and empty columns at the end.
  @Test func tablesOfSpreadsheetsAreRead() throws {
    try write("utf8.csv", "file,kind,,") { _, file, kind in "\(file),\(kind),," }
    let text = try folder.text("utf8.csv").replacing(",,", with: "").replacing(",", with: "\t")
    try Foundation.Data([0xFF, 0xFE] + Array(text.utf16).flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] })
      .write(to: folder.url.appending(path: "utf16.txt"))
    for name in ["utf8.csv", "utf16.txt"] {
      let run = try train(name, "--label-column", "kind", output: "run-\(name)")
      #expect(run.exitCode == 0, "\(run.errors)")
    }
    #expect(try folder.text("run-utf8.csv/history.csv") == folder.text("run-utf16.txt/history.csv"))
  }

  @Test func leftOutPhotosMayBeWrittenInAnyWay() throws {
    try "file\n./cat/0.jpg\ncat//1.jpg\n\(folder.path("photos"))/dog/0.jpg\ncat/none.jpg\n".write(
      toFile: folder.path("out.csv"), atomically: true, encoding: .utf8)
    let whole = try DivarProcess(
      arguments(folder.path("photos"), ["--without", folder.path("out.csv")], output: "whole"), in: folder.url)
    #expect(whole.output.contains("13 photos of 2 classes"), "\(whole.output)\(whole.errors)")
    #expect(whole.errors.contains("1 line matched no photo"), "\(whole.errors)")
    #expect(whole.errors.contains("cat/none.jpg"), "\(whole.errors)")
    let relative = try train("./photos/", "--without", "out.csv", output: "relative")
    #expect(relative.output.contains("14 photos of 2 classes"), "\(relative.output)\(relative.errors)")
    // In a table too, paths begin in the folder of the photos.
    try write("table.csv", "file,kind") { _, file, kind in "\(file),\(kind)" }
    try write("photos/inside.csv", "file,kind") { _, file, kind in "\(file.dropFirst("photos/".count)),\(kind)" }
    try "file\nphotos/cat/0.jpg\n./photos/dog/1.jpg\n".write(
      toFile: folder.path("rows.csv"), atomically: true, encoding: .utf8)
    for (index, options) in [
      ["table.csv", "--without", "rows.csv"], ["photos/inside.csv", "--without", "out.csv"],
      ["table.csv", "--without", "rows.csv", "--photo-folder", "."],
    ].enumerated() {
      let run = try DivarProcess(
        arguments(options[0], options.dropFirst() + ["--label-column", "kind"], output: "rows\(index)"), in: folder.url)
      #expect(run.output.contains("14 photos of 2 classes"), "\(run.output)\(run.errors)")
    }
  }

  /// A training whose numbers overflow has written all, and fails.
  @Test func noEpochIsTheBestWithoutNumbers() throws {
    let run = try train("photos", "--learning-rate", "1e30", "--keep", "best", "--monitor", "val_loss")
    #expect(run.exitCode == 1 && folder.has("run/model.keras"), "\(run.errors)")
    #expect(run.errors.contains("val_loss was a number in no epoch"), "\(run.errors)")
  }

  @Test func whatIsForSeveralProcessesIsRefusedForOne() throws {
    for option in [
      ["--timeline", "t.json"], ["--scale-learning-rate", "5"], ["--synchronize-statistics"],
      ["--gradient-precision", "bfloat16"],
    ] {
      let run = try DivarProcess(arguments("photos", option), in: folder.url)
      #expect(run.exitCode == 64 && run.errors.contains("\(option[0]) needs --ranks"), "\(run.errors)")
      #expect(run.errors.contains("Usage: divar train "), "\(run.errors)")
    }
    // Also an error that is found later shows the usage of its command.
    let later = try train("photos", "--label-column", "kind")
    #expect(later.exitCode == 64 && later.errors.contains("Usage: divar train "), "\(later.errors)")
    #expect(later.errors.contains("See 'divar train --help'"), "\(later.errors)")
  }

  /// A file whose name is not UTF-8 is there, even if the program cannot open it.
  @Test func aNameThatIsNotUTF8IsSaid() throws {
    try #require(train("photos").exitCode == 0)
    let script = "cp photos/cat/0.jpg $'caf\\xe9.jpg'; exec \"$0\" predict run $'caf\\xe9.jpg'"
    let process = Process()
    process.executableURL = URL(filePath: "/bin/bash")
    process.arguments = ["-c", script, Bundle.main.bundleURL.appending(path: "divar").path]
    process.currentDirectoryURL = folder.url
    process.standardOutput = FileHandle.nullDevice
    process.standardError = try folder.newFile("errors")
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationStatus == 1)
    let errors = try folder.text("errors")
    #expect(errors.contains("name is not UTF-8"), "\(errors)")
  }
}
