import Data
import NN
import Serialization
import Tensor

/// The results of a model on a data set.
public struct Evaluation: Sendable, CustomStringConvertible {
  /// Mean loss and metrics.
  public let figures: Figures
  /// The outputs of the model for all examples, `[N, …]`.
  public let predicted: Tensor<Float>
  /// The targets of all examples.
  public let expected: Tensor<Float>
  /// The names of the classes; empty when the data set has none.
  public let classes: [String]
  /// What the targets mean; `nil` when the data set does not say it.
  public let targetMeaning: TargetMeaning?
  /// What the outputs mean; `nil` when the loss does not say it.
  public let outputMeaning: OutputMeaning?
  /// The number of examples with an output that is NaN or infinite.
  public let nonFiniteCount: Int
  /// What the logits were divided by: the temperature of the model's ``Confidence``, 1 if it has none.
  public internal(set) var temperature = 1.0

  /// The mean loss over all examples.
  public var loss: Double { figures.loss }

  /// The share of right answers; `nil` where it was not measured.
  public var accuracy: Double? { figures.accuracy }

  /// A metric by its name in the history: `evaluation[metric: "auc"]`; `nil` where it was not measured.
  public subscript(metric name: String) -> Double? { figures.metrics[name] }

  /// The predicted and the expected class of each example, or of each pixel of an image.
  ///
  /// - Throws: ``TargetError`` when examples have several classes or none, as in regression and multi-hot targets.
  public func classReading() throws -> ClassReading {
    try ClassReading(
      predicted: predicted, expected: expected, threshold: outputMeaning?.isLogits == true ? 0 : 0.5)
  }

  /// A line with the number of examples and the figures; a second line if outputs are not finite.
  public var description: String {
    let count = predicted.shape.first ?? 0
    let values = figures.sorted.map { ", \($0.name.withoutControls) \(decimal($0.value, digits: 4))" }
    return counted(count, "example") + values.joined() + (warning.map { "\n\($0)" } ?? "")
  }

  /// A warning about outputs that are not finite; `nil` if all are finite.
  public var warning: String? {
    guard nonFiniteCount > 0 else { return nil }
    let count = counted(predicted.shape.first ?? 0, "example")
    return "The model's outputs are not finite numbers for \(nonFiniteCount) of \(count)."
      + (tellsOneClass ? " NaN counts as the first class." : "")
  }

  private var tellsOneClass: Bool {
    switch targetMeaning {
    case .severalClasses, .numbers: false
    case .oneClass, .unknown, nil: outputMeaning != .values
    }
  }
}
