import Autograd
import Tensor

/// The function that training minimizes: a number for each example, from the model's output and the target.
public protocol Loss: Sendable {
  /// The loss of each example, `[N]`.
  ///
  /// - Parameters:
  ///   - predicted: the output of the model, `[N, …]`.
  ///   - expected: the targets, of the shape that ``check(predicted:expected:)`` accepts.
  func perExample(predicted: Variable<Float>, expected: Tensor<Float>) -> Variable<Float>

  /// Throws ``TargetError`` unless the targets can be compared with predictions of the given shape.
  func check(predicted: Shape, expected: Tensor<Float>) throws

  /// What the loss takes the model's output for; `nil`, unknown, unless a loss says otherwise.
  var outputMeaning: OutputMeaning? { get }

  /// The metrics that fit the loss. Unless a loss says otherwise, the accuracy where outputs are classes or yes-or-no
  /// answers, and none for regression and for losses that do not say what outputs mean.
  var defaultMetrics: [any Metric] { get }
}

extension Loss {
  /// The mean loss over a batch: Σ wₙ lossₙ / N, a scalar; NaN for an empty batch. Stops where
  /// ``check(predicted:expected:)`` throws.
  ///
  /// - Parameters:
  ///   - predicted: the output of the model, `[N, …]`.
  ///   - expected: the targets.
  ///   - weights: wₙ, `[N]`; all 1 when left out.
  public func callAsFunction(
    _ predicted: Variable<Float>, _ expected: Tensor<Float>, weights: Tensor<Float>? = nil
  ) -> Variable<Float> {
    do {
      return try mean(predicted, expected, weights: weights)
    } catch {
      stop("\(Self.self): \(error)")
    }
  }

  /// The mean loss over a batch, as above.
  ///
  /// - Throws: what ``check(predicted:expected:)`` throws; `TargetError` where there is other than one loss for each example, or
  ///   other than one weight.
  package func mean(
    _ predicted: Variable<Float>, _ expected: Tensor<Float>, weights: Tensor<Float>?
  ) throws -> Variable<Float> {
    try check(predicted: predicted.shape, expected: expected)
    let losses = StopPlace.named("the loss \(Self.self)") { perExample(predicted: predicted, expected: expected) }
    guard losses.shape == Shape(predicted.shape.prefix(1)) else {
      throw TargetError(
        predicted: predicted.shape, expected: expected.shape,
        reason: "\(Self.self) gives losses of shape \(losses.shape), and one for each example is needed")
    }
    guard let weights else { return losses.mean() }
    guard weights.shape == losses.shape else {
      throw TargetError(
        predicted: predicted.shape, expected: expected.shape,
        reason: "there are weights of shape \(weights.shape) for losses of shape \(losses.shape)")
    }
    return (losses * Variable(weights)).mean()
  }

  /// Throws unless both shapes are equal.
  public func check(predicted: Shape, expected: Tensor<Float>) throws {
    guard predicted == expected.shape else {
      throw TargetError(
        predicted: predicted, expected: expected.shape, reason: otherShapes(predicted, expected.shape))
    }
  }
}

/// What is wrong with targets of another shape, and the way out where only an axis of length 1 is missing.
private func otherShapes(_ predicted: Shape, _ expected: Shape) -> String {
  let isColumn = predicted == Shape(expected + [1])
  return "predictions and targets must have the same shape" + (isColumn ? ": reshape the targets to \(predicted)" : "")
}

/// Probabilities are clipped to these bounds before their logarithm is taken, as in Keras.
let probabilityBounds: ClosedRange<Float> = 1e-7...(1 - 1e-7)

/// What keeps divisors and logarithms away from 0, as in Keras.
let smallestDivisor: Float = 1e-7

extension Loss {
  /// Throws unless both shapes are equal and have a class axis.
  func checkClasses(predicted: Shape, expected: Tensor<Float>) throws {
    guard predicted.rank >= 2, predicted == expected.shape else {
      let hint = hintOfIndices(predicted: predicted, expected: expected.shape)
      throw TargetError(
        predicted: predicted, expected: expected.shape,
        reason: predicted == expected.shape
          ? "predictions [N, C] or [N, C, …] are needed" : otherShapes(predicted, expected.shape) + hint)
    }
  }

  /// What helps where there is an index in place of the classes.
  private func hintOfIndices(predicted: Shape, expected: Shape) -> String {
    guard predicted.rank >= 2, predicted.classCount > 1 else { return "" }
    var places = Array(predicted)
    places.remove(at: channelAxis(of: predicted))
    let withOne = Shape(places.prefix(1) + [1] + places.dropFirst()).withClassesInPlace
    let isIndex = expected == Shape(places) || expected == withOne
    return isIndex ? "; class indices need .sparseCategoricalCrossEntropy, or Tensor(oneHot:classCount:)" : ""
  }
}

extension Tensor<Float> {
  /// Targets with label smoothing α over C classes: t (1 - α) + α / C.
  func smoothed(by smoothing: Float, classes: Int) -> Tensor {
    smoothing == 0 ? self : self * (1 - smoothing) + smoothing / Float(Swift.max(classes, 1))
  }
}

extension Variable {
  /// The mean over each example: `[N, …]` to `[N]`.
  func meanOfExamples() -> Variable { shape.rank == 1 ? self : flattenedImages().mean([1]) }
}
