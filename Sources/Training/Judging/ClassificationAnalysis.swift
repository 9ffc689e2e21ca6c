/// All that the answers of a model for examples with one class each say about it. Its JSON form is what `divar evaluate --json`
/// prints.
public struct ClassificationAnalysis: Codable, Sendable {
  /// The figures of one class against all others.
  public struct ClassFigures: Codable, Sendable {
    /// The name of the class.
    public let name: String
    /// See ``ClassificationReport/Row``.
    public let precision, recall, f1: Double
    /// The number of examples of the class.
    public let support: Int
    /// The area under the ROC curve; `nil` for a class without examples, or with all.
    public let rocAUC: Double?
    /// See ``BinaryScores/averagePrecision``; `nil` for a class without examples.
    public let averagePrecision: Double?
    /// The threshold with the best F1; `nil` for a class without examples.
    public let bestThreshold: ClassThreshold?
    /// The ROC curve; `nil` for a class without examples, or with all.
    public let rocCurve: CurvePoints?
    /// The precision-recall curve; `nil` for a class without examples.
    public let precisionRecallCurve: CurvePoints?
  }

  /// Means over the classes with examples, plain and weighted by their examples.
  public struct Averages: Codable, Sendable {
    /// See ``ClassificationReport/Row``.
    public let precision, recall, f1: Double
    /// `nil` where the figure of a class with examples is.
    public let rocAUC, averagePrecision: Double?
  }

  /// How far the probabilities can be trusted.
  public struct Calibration: Codable, Sendable {
    /// See ``Swift/Array/expectedCalibrationError`` and ``Swift/Array/maximumCalibrationError``.
    public let expectedError, maximumError: Double
    /// The bars of the reliability diagram.
    public let bins: [ReliabilityBin]
  }

  /// The number of examples.
  public let count: Int
  /// The share of right answers.
  public let accuracy: Double
  /// The interval of the accuracy, by bootstrap.
  public let accuracyInterval: ConfidenceInterval
  /// The interval of the plain mean of F1, by bootstrap.
  public let macroF1Interval: ConfidenceInterval
  /// The share of examples whose class is among the k most likely, by k: 3 and 5, if there are more classes.
  public let topKAccuracy: [Int: Double]
  /// The figures of each class.
  public let classes: [ClassFigures]
  /// The plain mean over the classes.
  public let macroAverage: Averages
  /// The mean over the classes, weighted by their examples.
  public let weightedAverage: Averages
  /// `confusion[t][p]` examples of class t were predicted as class p.
  public let confusion: [[Int]]
  /// How far the probabilities can be trusted.
  public let calibration: Calibration
  /// The most confident wrong answers.
  public let mistakes: [Mistake]

  /// Computes the figures. Cost: C N log N, and two bootstraps.
  ///
  /// - Parameters:
  ///   - scores: the probabilities.
  ///   - mistakeLimit: the most wrong answers to list.
  ///   - bootstrap: how the intervals are computed.
  /// - Throws: ``JudgingError``.
  public init(_ scores: ClassScores, mistakeLimit: Int = 20, bootstrap: Bootstrap? = nil) throws {
    let counts = scores.confusion
    let report = ClassificationReport(counts)
    let rankings = try scores.rankings()
    let bootstrap = try bootstrap ?? Bootstrap()
    (count, accuracy, confusion) = (scores.count, report.accuracy, counts.counts)
    accuracyInterval = try scores.accuracyInterval(bootstrap)
    macroF1Interval = try scores.macroF1Interval(bootstrap)
    var topK: [Int: Double] = [:]
    for k in [3, 5] where k < scores.classes.count { topK[k] = try scores.topKAccuracy(k) }
    topKAccuracy = topK
    classes = zip(report.classes, rankings).map { row, ranking in
      ClassFigures(
        name: row.name, precision: row.precision, recall: row.recall, f1: row.f1, support: row.support,
        rocAUC: ranking.scores.rocAUC, averagePrecision: row.support == 0 ? nil : ranking.scores.averagePrecision,
        bestThreshold: ranking.scores.bestThreshold, rocCurve: ranking.scores.rocCurve.map { CurvePoints($0) },
        precisionRecallCurve: row.support == 0 ? nil : CurvePoints(ranking.scores.precisionRecallCurve))
    }
    func averages(_ row: ClassificationReport.Row, _ auc: Double?, _ precision: Double?) -> Averages {
      Averages(precision: row.precision, recall: row.recall, f1: row.f1, rocAUC: auc, averagePrecision: precision)
    }
    macroAverage = averages(report.macroAverage, rankings.macroAUC, rankings.macroAveragePrecision)
    weightedAverage = averages(report.weightedAverage, rankings.weightedAUC, rankings.weightedAveragePrecision)
    let bins = try scores.reliability()
    calibration = Calibration(
      expectedError: bins.expectedCalibrationError, maximumError: bins.maximumCalibrationError, bins: bins)
    mistakes = scores.mistakes(limit: mistakeLimit)
  }
}
