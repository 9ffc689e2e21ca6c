import NN
import Tensor

/// How well the scores of one class put its examples before all others.
public struct ClassRanking: Sendable {
  /// The name of the class.
  public let name: String
  /// The scores of the class for all examples.
  public let scores: BinaryScores
  /// The number of examples of the class.
  public var support: Int { scores.positiveCount }
}

extension ClassScores {
  /// The scores of one class against all others.
  public func ranking(ofClass index: Int) throws(JudgingError) -> ClassRanking {
    guard classes.indices.contains(index) else {
      throw .option("the class", found: "\(index)", expected: "one of the \(classes.count) classes, from 0")
    }
    return ClassRanking(
      name: classes[index],
      scores: try BinaryScores(
        scores: labels.indices.map { values[$0 * classes.count + index] }, truths: labels.map { $0 == index }))
  }

  /// The scores of each class against all others.
  public func rankings() throws(JudgingError) -> [ClassRanking] {
    var rankings: [ClassRanking] = []
    for index in classes.indices { rankings.append(try ranking(ofClass: index)) }
    return rankings
  }
}

extension Evaluation {
  /// The scores of each class against all others, where examples have one class or several.
  ///
  /// - Throws: ``JudgingError`` if the outputs are no scores of classes; `TargetError` if the targets are none.
  public func rankings() throws -> [ClassRanking] {
    guard case .severalClasses = targetMeaning else { return try ClassScores(self).rankings() }
    let shape = predicted.shape
    guard shape == [shape.first ?? 0, classes.count], shape == expected.shape, outputMeaning != .values else {
      throw JudgingError.outputs(shape, meaning: outputMeaning, classCount: classes.count)
    }
    let shares = ((outputMeaning ?? .binaryProbabilities).probabilities(of: predicted) ?? predicted).scalars
    let truths = expected.scalars
    return try classes.indices.map { index in
      let places = stride(from: index, to: shares.count, by: classes.count)
      return ClassRanking(
        name: classes[index],
        scores: try BinaryScores(scores: places.map { Double(shares[$0]) }, truths: places.map { truths[$0] == 1 }))
    }
  }
}

// A class without examples is left out of all means: nothing is known about it.
extension [ClassRanking] {
  /// The plain mean of the areas under the ROC curves over the classes with examples, as scikit-learn's
  /// `roc_auc_score(multi_class="ovr")` with these classes as `labels=`; `nil` if a class has all examples, or there are none.
  public var macroAUC: Double? {
    mean {
      $0.scores.rocAUC
    } weight: {
      $0.support > 0 ? 1 : 0
    }
  }

  /// The mean of the areas under the ROC curves, weighted by the examples of the classes; `nil` as ``macroAUC``.
  public var weightedAUC: Double? {
    mean {
      $0.scores.rocAUC
    } weight: {
      Double($0.support)
    }
  }

  /// The plain mean of the average precisions over the classes with examples; `nil` if there are none.
  public var macroAveragePrecision: Double? {
    mean {
      $0.scores.averagePrecision
    } weight: {
      $0.support > 0 ? 1 : 0
    }
  }

  /// The mean of the average precisions, weighted by the examples of the classes; `nil` if there are none.
  public var weightedAveragePrecision: Double? {
    mean {
      $0.scores.averagePrecision
    } weight: {
      Double($0.support)
    }
  }

  private func mean(_ figure: (ClassRanking) -> Double?, weight: (ClassRanking) -> Double) -> Double? {
    let counted = filter { weight($0) > 0 }
    let figures = counted.compactMap(figure)
    guard !counted.isEmpty, figures.count == counted.count else { return nil }
    return zip(counted, figures).reduce(0) { $0 + weight($1.0) * $1.1 } / counted.reduce(0) { $0 + weight($1) }
  }
}
