import Foundation
import Kilim

/// What a training leaves for a page about it: it is written as `report.json` into its folder, and as a page if one is asked for.
struct TrainingRecord {
  private let start = ContinuousClock.now
  /// The options of the training.
  let settings: [RunReport.Entry]
  /// The page; `nil` if none is asked for.
  let page: OutputFile?
  private let folder: String
  private let photos: String

  /// Begins the record, and checks that the page can be written.
  ///
  /// - Throws: ``OutputFileError``.
  init(of command: TrainCommand) throws {
    settings = command.settings
    (folder, photos) = (command.output, command.data.data)
    page = try command.report.map {
      try OutputFile(
        $0, option: "--report", overwrite: command.overwrite, outside: command.data.data, keeping: command.inputs,
        ending: ".html")
    }
  }

  /// Writes the record and the page. What is missing in them is only warned of: the model is written already.
  ///
  /// - Parameters:
  ///   - run: the folder of the training.
  ///   - model: the trained model.
  ///   - confidence: that of the model.
  ///   - train: the photos that it was trained on.
  ///   - test: those that it was measured on.
  ///   - features: those of the test photos, if a backbone made them.
  ///   - loss: that of the figures.
  func write(
    in run: RunFolder, _ model: Model, _ history: History, _ evaluation: Evaluation, loss: any Loss,
    train: ImageDataset, test: ImageDataset, confidence: Confidence? = nil, features: FeatureDataset? = nil
  ) {
    do {
      var report = RunReport(name: folder, history: history, figures: evaluation.figures)
      report.date = Date().formatted(.iso8601)
      report.network = model.summary().description
      report.settings = settings
      report.environment = Self.environment
      report.timing = timing(history, photos: train.count)
      report.data = counts(train, test)
      try report.setMeasurement(loss: loss, photos: test)
      try report.judge(
        evaluation, temperature: confidence?.temperature, photos: test,
        doctor: doctor(model, evaluation, test, features), root: pathKind(photos) == .folder ? photos : "")
      try report.write(to: run.path(RunFolder.recordName))
      guard let page else { return }
      try page.write { try HTMLReport(title: "Training \(folder)", runs: [report]).write(to: $0) }
      try Console.print("\(page.path.withoutControls): the report")
    } catch {
      Console.warn("the report of the training is not written: \(error)")
    }
  }

  /// What is likely wrong with the labels of the test photos, which the model was not trained on.
  private func doctor(
    _ model: Model, _ evaluation: Evaluation, _ test: ImageDataset, _ features: FeatureDataset?
  ) -> DataDoctor? {
    // The cost grows with the square of the number.
    guard test.classLabels != nil, evaluation.warning == nil, test.count <= 20_000 else { return nil }
    do {
      return try DataDoctor(features ?? FeatureCache(of: model.withoutClassifier()).features(of: test))
    } catch {
      Console.note("no search for label errors among the test photos: \(error)")
      return nil
    }
  }

  /// The photos of each class.
  private func counts(_ train: ImageDataset, _ test: ImageDataset) -> [RunReport.ClassCount] {
    guard let trained = train.classLabels, let tested = test.classLabels else { return [] }
    func tally(_ labels: [Int]) -> [Int: Int] { Dictionary(labels.map { ($0, 1) }, uniquingKeysWith: +) }
    let (trainCounts, testCounts) = (tally(trained), tally(tested))
    return train.classes.enumerated().map { index, name in
      RunReport.ClassCount(name: name, training: trainCounts[index] ?? 0, test: testCounts[index] ?? 0)
    }
  }

  private func timing(_ history: History, photos: Int) -> [RunReport.Entry] {
    let parts = (ContinuousClock.now - start).components
    let seconds = Double(parts.seconds) + Double(parts.attoseconds) * 1e-18
    return [
      .init("this command, until the report", String(format: "%.1f s", seconds)),
      .init("epochs", "\(history.epochs.count)"), .init("training photos", "\(photos)"),
    ]
  }

  /// The program and the machine.
  private static var environment: [RunReport.Entry] {
    func value(_ name: String, in file: String) -> String? {
      (try? String(contentsOfFile: file, encoding: .utf8))?.split(separator: "\n").first { $0.hasPrefix(name) }.map {
        $0.dropFirst(name.count).trimmingCharacters(in: CharacterSet(charactersIn: " \t:=\""))
      }
    }
    let entries = [
      ("divar", Divar.configuration.version), ("system", value("PRETTY_NAME", in: "/etc/os-release")),
      ("processor", value("model name", in: "/proc/cpuinfo")), ("memory", value("MemTotal", in: "/proc/meminfo")),
      ("threads", "\(Threads.count)"),
    ]
    return entries.compactMap { name, value in value.map { .init(name, $0) } }
  }
}
