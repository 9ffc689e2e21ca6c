import Autograd
import Tensor

/// The options of a recurrent layer that all kinds share.
public struct RecurrentOptions: Hashable, Sendable {
  /// Whether a bias is added.
  public var useBias = true
  /// How the first value of the weight of the input is chosen.
  public var initializer: Initializer = .glorotUniform
  /// How the first value of the weight of the state is chosen.
  public var recurrentInitializer: Initializer = .orthogonal()
  /// How the first value of the bias is chosen.
  public var biasInitializer: Initializer = .zeros
  /// The penalties on the weight of the input, that of the state, the bias, and all outputs; `nil` for none.
  public var kernelRegularizer, recurrentRegularizer, biasRegularizer, activityRegularizer: Regularizer?
  /// What the weight of the input, that of the state, and the bias satisfy after each step; `nil` for nothing. Norms are those
  /// of the columns of a matrix, and of the filters of ``ConvLSTM2D``, unless they have axes.
  public var kernelConstraint, recurrentConstraint, biasConstraint: Constraint?
  /// In training, the share of the features that are dropped, the same ones at all times (Gal and Ghahramani 2016).
  public var dropout: Float = 0
  /// In training, the share of the state that is dropped, the same part at all times.
  public var recurrentDropout: Float = 0
  /// Whether the first output holds each time, and not the last alone.
  public var returnsSequences = false
  /// Whether the states after the last step are further outputs.
  public var returnsState = false
  /// Whether the steps go from the last time to the first.
  public var goesBackwards = false
  /// Whether the output is 0 at times that a mask leaves out, and not the one before again.
  public var zerosMaskedOutputs = false

  /// Makes options.
  public init(
    useBias: Bool = true, initializer: Initializer = .glorotUniform,
    recurrentInitializer: Initializer = .orthogonal(), biasInitializer: Initializer = .zeros, dropout: Float = 0,
    recurrentDropout: Float = 0, returnsSequences: Bool = false, returnsState: Bool = false,
    goesBackwards: Bool = false, zerosMaskedOutputs: Bool = false,
    kernelRegularizer: Regularizer? = nil, recurrentRegularizer: Regularizer? = nil,
    biasRegularizer: Regularizer? = nil, activityRegularizer: Regularizer? = nil,
    kernelConstraint: Constraint? = nil, recurrentConstraint: Constraint? = nil, biasConstraint: Constraint? = nil
  ) {
    self.useBias = useBias
    self.initializer = initializer
    self.recurrentInitializer = recurrentInitializer
    self.biasInitializer = biasInitializer
    self.dropout = dropout
    self.recurrentDropout = recurrentDropout
    self.returnsSequences = returnsSequences
    self.returnsState = returnsState
    self.goesBackwards = goesBackwards
    self.zerosMaskedOutputs = zerosMaskedOutputs
    self.kernelRegularizer = kernelRegularizer
    self.recurrentRegularizer = recurrentRegularizer
    self.biasRegularizer = biasRegularizer
    self.activityRegularizer = activityRegularizer
    self.kernelConstraint = kernelConstraint
    self.recurrentConstraint = recurrentConstraint
    self.biasConstraint = biasConstraint
  }

  /// The same options with the steps in the other direction.
  var reversed: RecurrentOptions {
    var result = self
    result.goesBackwards.toggle()
    return result
  }

  /// Throws unless both rates lie in [0, 1).
  func check(for inputShape: Shape) throws {
    for rate in [dropout, recurrentDropout] where !(0..<1).contains(rate) {
      throw LayerError(inputShape: inputShape, reason: "a rate of dropout is \(rate), it must lie in [0, 1)")
    }
  }

  /// Whether each gate has masks of its own, as in Keras where the state is dropped.
  var dropsByGate: Bool { recurrentDropout > 0 }

  /// The input times a weight `[features, gates · units]`, with features dropped.
  func project(_ x: Variable<Float>, by weight: Variable<Float>, gates: Int, _ context: Context) -> Variable<Float> {
    guard context.appliesDropout, dropout > 0 else { return x.multipliedAlongLastAxis(by: weight) }
    let shape: Shape = [x.shape[0], 1, x.shape[2]]
    guard dropsByGate, gates > 1 else {
      return (x * mask(shape, rate: dropout, context)).multipliedAlongLastAxis(by: weight)
    }
    let parts = weight.parts(gates, axis: 1).map { part in
      (x * mask(shape, rate: dropout, context)).multipliedAlongLastAxis(by: part)
    }
    return Variable(concatenating: parts, axis: 2)
  }

  /// A mask for the state of each gate, none where the state is not dropped.
  func stateMasks(count: Int, units: Int, gates: Int, _ context: Context) -> [Variable<Float>] {
    guard context.appliesDropout, recurrentDropout > 0 else { return [] }
    return (0..<gates).map { _ in mask([count, units], rate: recurrentDropout, context) }
  }

  /// Which elements are kept, over 1 - rate.
  func mask(_ shape: Shape, rate: Float, _ context: Context) -> Variable<Float> {
    let kept = Tensor<Bool>(bernoulli: shape, probability: Double(1 - rate), using: &context.generator)
    return Variable(Tensor<Float>(repeating: 1 / (1 - rate), shape: shape).masked(by: kept))
  }
}

extension Variable<Float> {
  /// The variable cut into pieces of one length along an axis.
  func parts(_ count: Int, axis: Int) -> [Variable] {
    let length = shape[shape.resolve(axis: axis, in: "parts")] / Swift.max(count, 1)
    return (0..<count).map { slice($0 * length..<($0 + 1) * length, axis: axis) }
  }
}
