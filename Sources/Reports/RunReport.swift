import Foundation
import Serialization
import Training

/// All that a report says about one training. It is kept as `report.json` beside the model, so that a page can be made later, of several
/// trainings side by side.
public struct RunReport: Codable, Sendable {
  /// A name and a value, such as an option of the training.
  public struct Entry: Hashable, Codable, Sendable {
    /// The name.
    public var name: String
    /// The value.
    public var value: String

    /// Makes an entry.
    public init(_ name: String, _ value: String) { (self.name, self.value) = (name, value) }
  }

  /// The photos of one class.
  public struct ClassCount: Hashable, Codable, Sendable {
    /// The class.
    public var name: String
    /// The number of photos to train on and to test on.
    public var training, test: Int

    /// Makes a count.
    public init(name: String, training: Int, test: Int) {
      (self.name, self.training, self.test) = (name, training, test)
    }
  }

  /// A photo with what the model says about it.
  public struct Photo: Hashable, Codable, Sendable {
    /// Its path.
    public var path: String
    /// Its class.
    public var expected: String
    /// The class that the model, or another photo, speaks for.
    public var predicted: String
    /// What else is to be said, such as the probability.
    public var remark: String
    /// A small JPEG.
    public var jpeg: Data

    /// Makes a photo.
    public init(path: String, expected: String, predicted: String, remark: String, jpeg: Data) {
      (self.path, self.expected, self.predicted, self.remark, self.jpeg) = (path, expected, predicted, remark, jpeg)
    }
  }

  /// The answers about one class of photos that may have several.
  public struct ClassAnswers: Hashable, Codable, Sendable {
    /// The class.
    public var name: String
    /// The numbers of the four kinds of answers.
    public var truePositives, falsePositives, falseNegatives, trueNegatives: Int

    /// Counts of answers.
    ///
    /// - Parameter confusion: of the class; see `SeveralClassAnswers`.
    init(name: String, _ confusion: ConfusionCounts) {
      let counts = confusion.counts
      self.name = name
      (trueNegatives, falsePositives) = (counts[0][0], counts[0][1])
      (falseNegatives, truePositives) = (counts[1][0], counts[1][1])
    }

    fileprivate var counts: [Int] { [truePositives, falsePositives, falseNegatives, trueNegatives] }
  }

  /// The answers about one number.
  public struct NumberPredictions: Hashable, Codable, Sendable {
    /// The number.
    public var name: String
    /// The errors on all photos, as `RegressionReport` computes them.
    public var meanAbsoluteError, rootMeanSquaredError, r2: Double
    /// The number of photos.
    public var count: Int
    /// The true and the predicted values of some photos, spread over all of them.
    public var expected, predicted: [Double]

    /// The most photos whose values are kept.
    fileprivate static let limit = 2000

    /// The errors, and as many values as a reader can tell apart.
    init(_ answers: NumberAnswers, _ row: RegressionReport.Row) {
      (name, count) = (answers.name, answers.expected.count)
      (meanAbsoluteError, rootMeanSquaredError) = (row.meanAbsoluteError, row.rootMeanSquaredError)
      r2 = row.r2
      let (all, shown) = (answers.expected.count, min(answers.expected.count, Self.limit))
      let places = (0..<shown).map { $0 * all / shown }
      (expected, predicted) = (places.map { answers.expected[$0] }, places.map { answers.predicted[$0] })
    }

    /// Whether the values can be drawn.
    fileprivate var isPlausible: Bool {
      expected.count == predicted.count && expected.count <= Self.limit && RunReport.counts.contains(count)
        && (expected + predicted).allSatisfy { $0.magnitude < 1e300 }
    }
  }

  /// What figures of two trainings must have in common to be compared.
  public struct Measurement: Hashable, Codable, Sendable {
    /// The loss with its options, as text.
    public var loss: String
    /// Which test data it was, with which targets: a checksum as text.
    public var data: String

    /// Makes the description of a measurement.
    public init(loss: String, data: String) { (self.loss, self.data) = (loss, data) }
  }

  /// The version of the form.
  public private(set) var format = Self.currentFormat
  /// The name of the training, such as its folder.
  public var name: String
  /// When the training ended, for people.
  public var date = ""
  /// The figures of each epoch.
  public var history: History
  /// The figures on the test data.
  public var figures: Figures
  /// Why the figures are not to be trusted, such as outputs that are no finite numbers; `nil` if nothing is known against them.
  public var warning: String?
  /// What they were measured with; `nil` if it is not known, as in files of an earlier version.
  public var measurement: Measurement?
  /// The judgement of a classifier with one class for each photo; `nil` for others.
  public var classification: ClassificationAnalysis?
  /// The answers about each class where a photo may have several; `nil` for others, and in files of an earlier version.
  public var classAnswers: [ClassAnswers]?
  /// The answers about each number; `nil` for others, and in files of an earlier version.
  public var numberPredictions: [NumberPredictions]?
  /// The report as text, as the training prints it.
  public var text = ""
  /// The layers of the network, as text.
  public var network = ""
  /// The options of the training.
  public var settings: [Entry] = []
  /// The machine and the program.
  public var environment: [Entry] = []
  /// How long it took.
  public var timing: [Entry] = []
  /// The photos of each class.
  public var data: [ClassCount] = []
  /// The wrong answers that the model is surest of.
  public var mistakes: [Photo] = []
  /// The photos whose label is likely wrong.
  public var suspicions: [Photo] = []
  /// Some photos with their answers.
  public var samples: [Photo] = []

  private static let currentFormat = "kilim report 1"
  /// The largest file to read, and the largest picture in it.
  private static let (largestFile, largestPicture) = (1 << 28, 1 << 20)
  /// The counts that can be added without an overflow, as many as a file can hold.
  private static let counts = 0...1 << 32

  /// Begins a report with what is always known.
  public init(name: String, history: History, figures: Figures) {
    (self.name, self.history, self.figures) = (name, history, figures)
  }

  /// Reads a report that ``write(to:replacing:)`` has written.
  ///
  /// - Throws: `FileError` if it cannot be read, ``ReportError`` if it is something else or does not fit together.
  public init(contentsOf path: String) throws {
    let bytes = try readFile(path, limit: Self.largestFile)
    do {
      self = try JSONDecoder().decode(RunReport.self, from: Data(bytes))
    } catch {
      throw ReportError(path: path, problem: "it is no report of a training, or a part is missing")
    }
    guard format == Self.currentFormat else {
      throw ReportError(path: path, problem: "it has the form \"\(format)\"; expected \"\(Self.currentFormat)\"")
    }
    if let problem = contradiction { throw ReportError(path: path, problem: problem) }
  }

  /// Writes the report, whole or not at all.
  ///
  /// - Parameters:
  ///   - path: the file.
  ///   - replacing: which files may be replaced; by default, only texts in JSON.
  /// - Throws: `FileError`.
  public func write(to path: String, replacing: ReplacePolicy = .sameKind) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    try writeAtomically(Array(encoder.encode(self)), to: path, replacing: replacing)
  }

  /// What does not fit together; `nil` if all does.
  private var contradiction: String? {
    if let classification {
      let count = classification.classes.count
      guard classification.confusion.count == count, classification.confusion.allSatisfy({ $0.count == count }) else {
        return "its confusion matrix has not a row and a column for each of its \(count) classes"
      }
      let numbers = classification.confusion.joined()
      guard numbers.allSatisfy({ Self.counts.contains($0) }) else {
        return "a count of its confusion matrix makes no sense"
      }
    }
    guard
      (mistakes + suspicions + samples).allSatisfy({
        $0.jpeg.count <= Self.largestPicture && $0.jpeg.starts(with: [0xFF, 0xD8])
      })
    else { return "a picture is no JPEG of at most 1 MB" }
    guard history.epochs.allSatisfy({ Self.counts.contains($0.epoch) }) else {
      return "the number of an epoch makes no sense"
    }
    let begins = history.stages.map(\.firstEpoch)
    guard begins.allSatisfy((0...history.epochs.count).contains), zip(begins, begins.dropFirst()).allSatisfy(<=) else {
      return "its stages do not follow each other in its \(history.epochs.count) epochs"
    }
    guard (classAnswers ?? []).flatMap(\.counts).allSatisfy(Self.counts.contains) else {
      return "a number of answers about a class makes no sense"
    }
    guard (numberPredictions ?? []).allSatisfy(\.isPlausible) else {
      return "its predicted numbers do not belong to as many true ones, or make no sense"
    }
    guard data.allSatisfy({ Self.counts.contains($0.training) && Self.counts.contains($0.test) }) else {
      return "a number of photos makes no sense"
    }
    return nil
  }
}

/// A file that is no report.
public struct ReportError: Error, Hashable, CustomStringConvertible {
  /// The file.
  public let path: String
  /// What was found and what was expected.
  public let problem: String

  /// Makes an error.
  public init(path: String, problem: String) { (self.path, self.problem) = (path, problem) }

  /// A sentence for the user.
  public var description: String { "\(path): \(problem)" }
}
