import Autograd
import Tensor

/// What a call of a model depends on beside its input: the mode, and the source of random numbers.
///
/// Containers hand it on to their layers. There is no global mode and no global generator.
public final class Context {
  /// What a call is for.
  public enum Mode: Sendable {
    /// Dropout drops, normalization uses the batch, gradients flow to parameters.
    case training
    /// Nothing is random, normalization uses the running statistics, parameters are constants.
    case inference
  }

  /// What the call is for.
  public let mode: Mode
  /// The source of the random numbers of layers such as `Dropout`.
  public var generator: RandomGenerator
  /// Where normalization puts the statistics of each batch, which it then uses in inference too; `nil` for nowhere.
  package var statistics: BatchStatistics?

  /// Makes a context; the seed matters for training alone.
  public convenience init(_ mode: Mode, seed: UInt64 = 0) {
    self.init(mode, generator: RandomGenerator(seed: seed))
  }

  /// Makes a context that goes on with a generator.
  public init(_ mode: Mode, generator: RandomGenerator) {
    self.mode = mode
    self.generator = generator
  }

  /// The value of a parameter: on the tape in training, a constant in inference.
  public subscript(parameter: Parameter) -> Variable<Float> {
    mode == .training ? parameter.variable : Variable(parameter.value)
  }
}
