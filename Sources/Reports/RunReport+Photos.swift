import Data
import Foundation
import NN
import Tensor
import Training

extension RunReport {
  /// The longer side of a picture in the page, in pixels.
  private static let side = 160

  /// Adds what can be said about a classifier by its answers for test photos: the judgement, the worst mistakes, likely label errors and
  /// samples. Of outputs that are no finite numbers, it notes the warning and the text alone. Of photos with several classes, it adds the
  /// answers about each class, and of numbers the predicted and the true ones.
  ///
  /// - Parameters:
  ///   - evaluation: what the model gives for the photos.
  ///   - temperature: of the model's ``Confidence``; `nil` for that of the evaluation.
  ///   - photos: the test photos; `nil` if only their features are known.
  ///   - doctor: what is likely wrong with the test photos, if it is known.
  ///   - root: the folder that the shown paths begin in.
  /// - Throws: `TargetError` and `JudgingError` if the outputs do not fit the targets, and the errors of reading photos.
  public mutating func judge(
    _ evaluation: Evaluation, temperature: Double? = nil, photos: ImageDataset?, doctor: DataDoctor? = nil,
    root: String = ""
  ) throws {
    text = try evaluation.report().description
    warning = evaluation.warning
    guard evaluation.warning == nil else { return }
    switch evaluation.targetMeaning {
    case .severalClasses:
      let report = try MultiLabelReport(evaluation)
      classAnswers = zip(report.classes, report.confusions).map { ClassAnswers(name: $0.name, $1) }
      return
    case .numbers:
      numberPredictions = zip(try evaluation.numberAnswers(), try RegressionReport(evaluation).numbers).map {
        NumberPredictions($0, $1)
      }
      return
    case .oneClass, .unknown, nil: break
    }
    let scores = try ClassScores(evaluation, temperature: temperature)
    let analysis = try ClassificationAnalysis(scores)
    classification = analysis
    guard let photos, photos.count == scores.count else { return }
    func photo(_ index: Int, _ predicted: Int, _ remark: String) throws -> Photo {
      Photo(
        path: shortened(photos.paths[index], root), expected: scores.classes[scores.labels[index]],
        predicted: scores.classes[predicted], remark: remark, jpeg: try Self.thumbnail(ofPhoto: index, in: photos))
    }
    mistakes = try analysis.mistakes.map { mistake in
      try photo(
        mistake.example, mistake.predicted,
        "probability \(percent(mistake.probability)), of the label \(percent(mistake.expectedProbability))")
    }
    suspicions = try (doctor?.wrongLabels ?? []).prefix(20).filter { $0.example < scores.count }.map { wrong in
      try photo(
        wrong.example, wrong.suggestion,
        "probability \(percent(wrong.suggestionProbability)), of the label \(percent(wrong.probability))")
    }
    let predicted = scores.predicted
    let count = min(24, scores.count)
    samples = try (0..<count).map { position in
      let index = position * scores.count / count
      return try photo(index, predicted[index], "probability \(percent(scores[index].max()))")
    }
  }

  /// Notes what the figures were measured with, so that they are compared only with figures that were measured in the same way.
  ///
  /// - Throws: `FileError` when the file of a photo that is streamed cannot be read.
  public mutating func setMeasurement(loss: any Loss, photos: ImageDataset) throws {
    measurement = Measurement(loss: "\(loss)", data: String(try photos.checksumOfContent(), radix: 16))
  }

  private func shortened(_ path: String, _ root: String) -> String {
    let prefix = root.isEmpty || root.hasSuffix("/") ? root : root + "/"
    return path.utf8.starts(with: prefix.utf8)
      ? String(decoding: path.utf8.dropFirst(prefix.utf8.count), as: UTF8.self) : path
  }

  /// A photo as a small JPEG: from its file, or as the model gets it.
  private static func thumbnail(ofPhoto index: Int, in photos: ImageDataset) throws -> Foundation.Data {
    let image = try (try? Image(contentsOfFile: photos.paths[index])) ?? photos.image(at: index)
    let share = min(1, Double(side) / Double(max(image.width, image.height)))
    let size = ImageSize(
      height: max(1, Int(Double(image.height) * share)), width: max(1, Int(Double(image.width) * share)))
    return Foundation.Data(try image.resized(to: size).jpeg(quality: 80))
  }
}
