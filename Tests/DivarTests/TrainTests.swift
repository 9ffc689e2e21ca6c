import Foundation
import TestSupport
import Testing

/// The main job from the command line: a folder of photos in; a model, charts, figures and predictions out.
@Suite struct TrainTests {
  private let folder: TemporaryFolder

  init() throws {
    folder = try TemporaryFolder()
    let drawn = try DivarProcess(["demo-data", "--output", folder.path("photos"), "--per-class", "5"])
    try #require(drawn.exitCode == 0, "\(drawn.errors)")
  }

  private func train(_ output: String, threads: Int = 2, extra: [String] = []) throws -> DivarProcess {
    try DivarProcess(
      [
        "train", "--data", folder.path("photos"), "--output", folder.path(output), "--epochs", "2", "--image-size",
        "16", "--batch-size", "8", "--seed", "3",
      ] + extra, threads: threads)
  }

  private func bytes(_ path: String) throws -> Data {
    try Data(contentsOf: URL(filePath: folder.path(path)))
  }

  @Test func everythingIsWritten() throws {
    let run = try train("run")
    try #require(run.exitCode == 0, "\(run.errors)")
    #expect(
      try #require(run.output.split(separator: "\n").last)
        .wholeMatch(of: /test accuracy [01]\.\d{4}  test loss \d+\.\d{4}/) != nil)
    #expect(run.output.contains("Total parameters: "))

    let history = String(decoding: try bytes("run/history.csv"), as: UTF8.self).split(separator: "\n")
    #expect(history.first == "epoch,accuracy,loss,val_accuracy,val_loss")
    #expect(history.count == 3)
    for name in ["curves.png", "confusion.png", "samples.png"] {
      #expect(try bytes("run/\(name)").starts(with: [0x89, 0x50, 0x4E, 0x47]), "\(name)")
    }
    #expect(String(decoding: try bytes("run/curves.svg"), as: UTF8.self).contains("<svg"))
    #expect(String(decoding: try bytes("run/report.txt"), as: UTF8.self).contains("weighted avg"))
    #expect(try bytes("run/model.keras").starts(with: Data("PK".utf8)))
  }

  @Test func savedModelPredictsAndIsMeasured() throws {
    try #require(train("run").exitCode == 0)
    let model = folder.path("run/model.keras")
    let photos = try FileManager.default.contentsOfDirectory(atPath: folder.path("photos/cat")).sorted()
      .map { folder.path("photos/cat/\($0)") }

    let text = try DivarProcess(["predict", model] + photos)
    #expect(text.exitCode == 0, "\(text.errors)")
    let lines = text.output.split(separator: "\n")
    #expect(lines.count == photos.count)
    for (line, photo) in zip(lines, photos) {
      #expect(line.hasPrefix("\(photo): "))
      #expect(line.dropFirst(photo.count + 2).split(separator: ", ").count == 3)
    }

    let json = try DivarProcess(["predict", "--json", model, photos[0]])
    let object = try #require(try JSONSerialization.jsonObject(with: Data(json.output.utf8)) as? [String: Any])
    #expect(object["image"] as? String == photos[0])
    let probabilities = try #require(object["probabilities"] as? [String: Double])
    #expect(probabilities.count == 11)
    #expect(abs(probabilities.values.reduce(0, +) - 1) < 1e-5)

    let evaluation = try DivarProcess(["evaluate", model, "--data", folder.path("photos")])
    #expect(evaluation.exitCode == 0, "\(evaluation.errors)")
    #expect(evaluation.output.split(separator: "\n").last?.hasPrefix("accuracy ") == true)
    #expect(try DivarProcess(["summary", model]).output.contains("conv2d_3 (Conv2D)"))
  }

  @Test func sameSeedSameBitsOnOneAndTwoThreads() throws {
    try #require(train("one", threads: 1, extra: ["--augment"]).exitCode == 0)
    try #require(train("two", threads: 2, extra: ["--augment"]).exitCode == 0)
    #expect(try bytes("one/model.keras") == bytes("two/model.keras"))
    #expect(try bytes("one/history.csv") == bytes("two/history.csv"))
  }

  @Test func interruptEndsCleanly() throws {
    let process = Process()
    process.executableURL = Bundle.main.bundleURL.appending(path: "divar")
    process.arguments = [
      "train", "--data", folder.path("photos"), "--output", folder.path("run"), "--epochs", "100000", "--image-size",
      "16",
    ]
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    let history = folder.path("run/history.csv")
    try DivarProcess.wait(for: process) { FileManager.default.fileExists(atPath: history) }
    kill(process.processIdentifier, SIGINT)
    process.waitUntilExit()
    #expect(process.terminationReason == .exit)
    #expect(process.terminationStatus == 130)
    let lines = try String(contentsOfFile: history, encoding: .utf8).split(separator: "\n")
    #expect(lines.first == "epoch,accuracy,loss,val_accuracy,val_loss")
    #expect(lines.count >= 2)
    #expect(try bytes("run/model.keras").starts(with: Data("PK".utf8)))
  }

  @Test func aTrainingWhoseNumbersOverflowSaysSo() throws {
    let run = try train("run", extra: ["--learning-rate", "1e30"])
    #expect(run.exitCode == 1 && run.errors.contains("Error: ") && run.errors.contains("not finite"), "\(run.errors)")
    #expect(run.output.contains("test loss nan"), "\(run.output)")
    for name in ["history.csv", "report.txt", "model.keras", "samples.png"] {
      #expect(FileManager.default.fileExists(atPath: folder.path("run/\(name)")), "\(name)")
    }
    let photo = folder.path("photos/cat/0000.jpg")
    let predicted = try DivarProcess(["predict", folder.path("run"), photo])
    #expect(predicted.exitCode == 1 && predicted.errors.contains("not numbers"), "\(predicted.errors)")
    let evaluated = try DivarProcess(["evaluate", folder.path("run"), "--data", folder.path("photos")])
    #expect(evaluated.exitCode == 1 && evaluated.errors.contains("not finite"), "\(evaluated.errors)")
  }

  /// Statistics of the weights as they are: the loss on the test photos falls from the first epochs on.
  @Test func preciseStatisticsChangeTheMeasurementAlone() throws {
    let plain = try train("plain")
    let precise = try train("precise", extra: ["--precise-statistics", "4"])
    try #require(plain.exitCode == 0 && precise.exitCode == 0, "\(precise.errors)")
    func columns(_ name: String) throws -> [[Substring]] {
      String(decoding: try bytes("\(name)/history.csv"), as: UTF8.self).split(separator: "\n").map {
        $0.split(separator: ",")
      }
    }
    for (one, other) in zip(try columns("plain"), try columns("precise")).dropFirst() {
      #expect(one[1...2] == other[1...2])
      #expect(one[4] != other[4])
    }
  }

  @Test func originalNetworkHasItsSize() throws {
    let summary = try DivarProcess(["summary"]).output
    #expect(summary.contains("Total parameters: 1,817,483"))
    #expect(summary.contains("Trainable parameters: 1,815,499"))
  }
}
