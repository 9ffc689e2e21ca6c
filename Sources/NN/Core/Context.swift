import Autograd
import Synchronization
import Tensor

/// The settings of a call of a model, and the source of random numbers.
///
/// Three separate answers say how layers behave. ``init(_:seed:)`` gives the usual combinations. Containers pass the
/// context to their layers. There is no global mode and no global generator. A context belongs to one task.
public final class Context {
  /// The purpose of a call.
  public enum Mode: Sendable {
    /// Dropout drops, normalization uses the batch, gradients flow to parameters.
    case training
    /// Nothing is random, normalization uses the running statistics, parameters are constants.
    case inference
  }

  /// Whether layers that are random in training are random: dropout, noise, augmentation. Otherwise they are the identity.
  public let appliesDropout: Bool
  /// Whether normalization uses the statistics of the batch and moves the running ones. Otherwise it uses the running
  /// ones, as a frozen layer always does.
  public let usesBatchStatistics: Bool
  /// Whether gradients flow to parameters. Otherwise parameters are constants.
  public let recordsGradients: Bool
  /// The source of the random numbers of layers such as `Dropout`.
  public var generator: RandomGenerator
  /// Where normalization puts the statistics of each batch, in place of moving the running ones; `nil` for nowhere.
  package var statistics: BatchStatistics?
  /// The other processes that hold parts of the batch, for normalization by the statistics of all of it; `nil` for none.
  package var exchange: (any StatisticsExchange)?
  /// The penalties on outputs that were not handed over yet.
  private var penalty: Variable<Float>?

  /// Makes a context.
  ///
  /// - Parameters:
  ///   - mode: the purpose of the calls.
  ///   - seed: of the random numbers, which only training needs. Contexts with the same seed draw the same numbers: give one to
  ///     a context that serves all steps. Without a seed, each context for training draws numbers of its own: the first one of
  ///     a program the same in every run, the second one the same, and so on.
  public convenience init(_ mode: Mode, seed: UInt64? = nil) {
    let trains = mode == .training
    self.init(
      appliesDropout: trains, usesBatchStatistics: trains, recordsGradients: trains,
      generator: seed.map { RandomGenerator(seed: $0) })
  }

  /// Makes a context with a generator of random numbers.
  public convenience init(_ mode: Mode, generator: RandomGenerator) {
    let trains = mode == .training
    self.init(
      appliesDropout: trains, usesBatchStatistics: trains, recordsGradients: trains, generator: generator)
  }

  /// Makes a context with each answer by itself: gradients of a model in inference, for example, are
  /// `Context(appliesDropout: false, usesBatchStatistics: false, recordsGradients: true)`.
  public init(
    appliesDropout: Bool, usesBatchStatistics: Bool, recordsGradients: Bool, generator: RandomGenerator? = nil
  ) {
    self.appliesDropout = appliesDropout
    self.usesBatchStatistics = usesBatchStatistics
    self.recordsGradients = recordsGradients
    self.generator = generator ?? RandomGenerator(seed: 0, stream: appliesDropout ? Self.nextStream() : 0)
  }

  /// The number of contexts for training that were given no generator.
  private static let streamCount = Atomic<UInt64>(0)

  /// The random numbers of such a context. A program that makes a context for each step, as `model(x, Context(.training))`, must
  /// not drop the same units in all of them.
  private static func nextStream() -> UInt64 {
    streamCount.wrappingAdd(1, ordering: .relaxed).oldValue
  }

  /// The value of a parameter: on the tape where gradients are recorded and the parameter is trained, else a constant.
  public subscript(parameter: Parameter) -> Variable<Float> {
    recordsGradients && parameter.isTrainable ? parameter.variable : Variable(parameter.value)
  }

  /// Calls with another answer to whether dropout drops and normalization uses the batch; the random numbers go on from
  /// this context's.
  func withTraining<Result>(_ trains: Bool, _ body: (Context) -> Result) -> Result {
    let context = Context(
      appliesDropout: trains, usesBatchStatistics: trains, recordsGradients: recordsGradients, generator: generator)
    context.statistics = statistics
    context.exchange = exchange
    context.penalty = takePenalty()
    defer {
      generator = context.generator
      penalty = context.takePenalty()
    }
    return body(context)
  }

  /// The output of a layer, after a penalty on it was added to those that ``Layer/penalty(_:)`` hands over:
  /// regularizer(output) / N.
  ///
  /// - Parameters:
  ///   - output: what the layer gives for a batch, `[N, …]`.
  ///   - regularizer: the penalty; `nil` for none.
  public func regularized(_ output: Variable<Float>, by regularizer: Regularizer?) -> Variable<Float> {
    if let regularizer, output.value.count > 0 {
      let term = regularizer(output) * (1 / Float(output.shape[0]))
      penalty = penalty.map { $0 + term } ?? term
    }
    return output
  }

  /// Hands over the sum of the penalties on outputs, and forgets it.
  package func takePenalty() -> Variable<Float>? {
    defer { penalty = nil }
    return penalty
  }
}
