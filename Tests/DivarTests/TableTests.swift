import Foundation
import Kilim
import TestSupport
import Testing

/// `divar train`, `evaluate` and `predict` with photos that a table lists.
@Suite struct TableTests {
  private let folder: TemporaryFolder
  private let photos: [String]

  init() throws {
    folder = try TemporaryFolder()
    let drawn = try DivarProcess(["demo-data", "--output", folder.path("photos"), "--per-class", "4"])
    try #require(drawn.exitCode == 0, "\(drawn.errors)")
    let files = try FileManager.default.subpathsOfDirectory(atPath: folder.path("photos")).sorted()
    photos = files.filter { $0.hasSuffix(".jpg") || $0.hasSuffix(".png") || $0.hasSuffix(".webp") }
    let rows = photos.enumerated().map { index, file in
      let kind = file.split(separator: "/")[0]
      return "photos/\(file),\(kind),\(index % 2 == 0 ? "even|" : "")\(kind),\(index)"
    }
    let text = (["file,kind,tags,price"] + rows).joined(separator: "\n") + "\n"
    try text.write(toFile: folder.path("photos.csv"), atomically: true, encoding: .utf8)
  }

  private func train(_ options: String..., output: String = "run") throws -> DivarProcess {
    try DivarProcess(
      [
        "train", "--data", folder.path("photos.csv"), "--output", folder.path(output), "--epochs", "1", "--image-size",
        "16", "--batch-size", "16",
      ] + options)
  }

  /// The table trains the same model as the folder.
  @Test func aTableOfClassesIsAFolder() throws {
    let table = try train("--label-column", "kind")
    #expect(table.exitCode == 0, "\(table.errors)")
    let other = try DivarProcess([
      "train", "--data", folder.path("photos"), "--output", folder.path("other"), "--epochs", "1", "--image-size", "16",
      "--batch-size", "16",
    ])
    #expect(other.exitCode == 0)
    func figures(_ run: String) throws -> String {
      try String(contentsOfFile: folder.path("\(run)/history.csv"), encoding: .utf8)
    }
    #expect(try figures("run") == figures("other"))
    let evaluated = try DivarProcess([
      "evaluate", folder.path("run"), "--data", folder.path("photos.csv"), "--label-column", "kind",
    ])
    #expect(evaluated.exitCode == 0 && evaluated.output.contains("weighted avg"), "\(evaluated.errors)")
  }

  @Test func severalClassesAndNumbersArePredicted() throws {
    let tags = try train("--path-column", "file", "--label-column", "tags", "--label-separator", "|", output: "tags")
    #expect(tags.exitCode == 0 && tags.output.contains("test binary accuracy"), "\(tags.errors)")
    let report = try String(contentsOfFile: folder.path("tags/report.txt"), encoding: .utf8)
    #expect(report.contains("even") && report.contains("samples avg") && report.contains("false neg."))
    #expect(try Image(contentsOfFile: folder.path("tags/confusion.png")).width > 600)
    let record = try RunReport(contentsOf: folder.path("tags/report.json"))
    let answers = try #require(record.classAnswers?.first { $0.name == "even" })
    let kinds = [answers.truePositives, answers.falsePositives, answers.falseNegatives, answers.trueNegatives]
    #expect(kinds.reduce(0, +) == 9)
    #expect(HTMLReport(title: "t", runs: [record]).html.contains("Confusion of each class"))
    let photo = folder.path("photos/\(photos[0])")
    let answer = try DivarProcess(["predict", folder.path("tags"), photo, "--json"])
    #expect(answer.exitCode == 0 && answer.output.contains("\"even\":"), "\(answer.errors)")

    let price = try train("--number-columns", "price", output: "price")
    #expect(price.exitCode == 0 && price.output.contains("test mean absolute error"), "\(price.errors)")
    #expect(try Image(contentsOfFile: folder.path("price/predictions.png")).height > 600)
    let prices = try RunReport(contentsOf: folder.path("price/report.json"))
    let values = try #require(prices.numberPredictions?.first)
    #expect(values.name == "price" && values.count == 9 && values.expected.allSatisfy { abs($0 - $0.rounded()) < 1e-3 })
    let page = HTMLReport(title: "t", runs: [prices]).html
    #expect(page.contains("Predicted and true values") && page.components(separatedBy: "class=\"dot\"").count == 10)
    let number = try DivarProcess(["predict", folder.path("price"), photo])
    #expect(number.exitCode == 0 && number.output.contains(": price "), "\(number.errors)")
    let json = try DivarProcess(["predict", folder.path("price"), photo, "--json"])
    #expect(json.output.contains("\"numbers\":{\"price\":"))
    let table = try DivarProcess(["predict", folder.path("price"), photo, "--csv"]).output.split(separator: "\n")
    #expect(table[0] == "image,price,error" && table[1].hasPrefix(photo + ",") && table[1].hasSuffix(","))
    let both = try DivarProcess(["predict", folder.path("price"), photo, "--csv", "--json"])
    #expect(both.exitCode == 64 && both.errors.contains("together"))
    let evaluated = try DivarProcess([
      "evaluate", folder.path("price"), "--data", folder.path("photos.csv"), "--number-columns", "price",
    ])
    #expect(evaluated.exitCode == 0 && evaluated.output.contains("R²"), "\(evaluated.errors)")
  }

  /// The names of the folders are lists of classes; colours are normalized, which the model keeps; answers are a table.
  @Test func foldersOfSeveralClassesAreLearnedAndAnsweredInCSV() throws {
    let root = folder.path("several")
    for (index, file) in photos.prefix(12).enumerated() {
      let target = "\(root)/\(index % 3 == 0 ? "round+red" : index % 3 == 1 ? "red" : "big, blue")/\(index).jpg"
      try FileManager.default.createDirectory(
        atPath: URL(filePath: target).deletingLastPathComponent().path, withIntermediateDirectories: true)
      try FileManager.default.copyItem(atPath: folder.path("photos/\(file)"), toPath: target)
    }
    let run = try DivarProcess([
      "train", "--data", root, "--label-separator", "+", "--normalize", "--output", folder.path("tags"), "--epochs",
      "1",
      "--image-size", "16", "--batch-size", "16",
    ])
    #expect(run.exitCode == 0 && run.output.contains("of 3 classes"), "\(run.errors)")
    let missing = folder.path("none, there.jpg")
    let photo = "\(root)/red/1.jpg"
    let answer = try DivarProcess(["predict", folder.path("tags"), photo, missing, "--csv"])
    let lines = answer.output.split(separator: "\n").map(String.init)
    #expect(answer.exitCode == 1 && lines.count == 3, "\(answer.errors)")
    #expect(lines[0] == "image,prediction,\"big, blue\",red,round,error")
    #expect(lines[1].hasPrefix(photo + ",") && lines[1].hasSuffix(","))
    #expect(lines[2].hasPrefix("\"\(missing)\",,,,,"), "\(lines)")
    // The model knows its normalization: another folder is read the same way.
    let evaluated = try DivarProcess(["evaluate", folder.path("tags"), "--data", root, "--label-separator", "+"])
    #expect(evaluated.exitCode == 0, "\(evaluated.errors)")
  }

  @Test func whatDoesNotFitIsSaid() throws {
    func error(_ options: String...) throws -> String {
      let run = try DivarProcess(["train", "--output", folder.path("none"), "--epochs", "1"] + options)
      #expect(run.exitCode == 64 || run.exitCode == 1, "\(run.errors)")
      return run.errors
    }
    let table = folder.path("photos.csv")
    #expect(try error("--data", table).contains("columns file, kind, tags, price"))
    #expect(try error("--data", table, "--label-column", "sort").contains("expected one named \"sort\""))
    #expect(try error("--data", folder.path("photos"), "--label-column", "kind").contains("need a table"))
    #expect(try error("--data", table, "--number-columns", "kind").contains(", column 2: found \""))
    #expect(try error("--data", table, "--label-column", "kind", "--number-columns", "price").contains("together"))
    #expect(try error("--data", table, "--number-columns", "price", "--balance", "sampling").contains("one class"))
  }
}
