import Autograd
import Tensor

/// The settings of a call of a model: the mode, and the source of random numbers.
///
/// Containers pass it to their layers. There is no global mode and no global generator. A context belongs to one task.
public final class Context {
  /// The purpose of a call.
  public enum Mode: Sendable {
    /// Dropout drops, normalization uses the batch, gradients flow to parameters.
    case training
    /// Nothing is random, normalization uses the running statistics, parameters are constants.
    case inference
  }

  /// The purpose of the call.
  public let mode: Mode
  /// The source of the random numbers of layers such as `Dropout`.
  public var generator: RandomGenerator
  /// Where normalization puts the statistics of each batch, which it then uses in inference too; `nil` for nowhere.
  package var statistics: BatchStatistics?

  /// Makes a context. The seed matters only in training.
  public convenience init(_ mode: Mode, seed: UInt64 = 0) {
    self.init(mode, generator: RandomGenerator(seed: seed))
  }

  /// Makes a context with a generator of random numbers.
  public init(_ mode: Mode, generator: RandomGenerator) {
    self.mode = mode
    self.generator = generator
  }

  /// The value of a parameter: on the tape in training, a constant in inference.
  public subscript(parameter: Parameter) -> Variable<Float> {
    mode == .training ? parameter.variable : Variable(parameter.value)
  }
}
