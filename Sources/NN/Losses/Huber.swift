import Autograd
import Tensor

/// The mean over an example of (p - t)² / 2 where |p - t| ≤ δ, and of δ (|p - t| - δ / 2) elsewhere (Huber 1964).
///
/// Large errors count less than in ``MeanSquaredError``. Shapes: predicted and expected `[N, …]`.
public struct Huber: Loss, Codable {
  /// δ, the error from which on the loss grows along a straight line.
  public let delta: Float

  /// Makes the loss. Stops when δ is negative.
  public init(delta: Float = 1) {
    require(delta >= 0, "Huber: delta is \(delta), at least 0 is needed")
    self.delta = delta
  }

  /// Quantities.
  public var outputMeaning: OutputMeaning? { .values }

  /// The mean Huber loss of each example.
  public func perExample(predicted: Variable<Float>, expected: Tensor<Float>) -> Variable<Float> {
    (predicted - Variable(expected)).huber(delta: delta).meanOfExamples()
  }
}

extension Huber {
  /// Takes up the loss where it was encoded.
  ///
  /// - Throws: `DecodingError`, also for a δ that is not at least 0.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    delta = try container.decode(Float.self, forKey: .delta)
    guard delta >= 0 else {
      throw DecodingError.dataCorruptedError(
        forKey: .delta, in: container, debugDescription: "delta is \(delta), at least 0 is needed")
    }
  }

  private enum CodingKeys: CodingKey {
    case delta
  }
}

extension Loss where Self == Huber {
  /// The Huber loss with δ = 1.
  public static var huber: Huber { Huber() }

  /// The Huber loss.
  public static func huber(delta: Float) -> Huber { Huber(delta: delta) }
}
