import Autograd
import Tensor

/// Updates parameters by their gradients, one step at a time.
///
/// ```swift
/// let optimizer = Adam(learningRate: 1e-3)
/// let loss = MeanSquaredError()(model(Variable(images), Context(.training)), targets)
/// optimizer.update(model.parameters, with: loss.gradients())
/// ```
///
/// A custom optimizer implements its rule for a range of elements. Learning rate, weight decay, clipping and slots come
/// with the protocol:
///
/// ```swift
/// final class SignDescent: Optimizer {
///   var learningRate: LearningRateSchedule = 1e-3
///   var state = OptimizerState()
///   let slotNames: [String] = []
///
///   func updateElements(_ range: Range<Int>, in step: ParameterStep) {
///     for index in range {
///       step.move(index, by: step.gradient(at: index) > 0 ? -step.learningRate : step.learningRate)
///     }
///   }
/// }
/// ```
public protocol Optimizer: AnyObject {
  /// The learning rate, a schedule over the steps. It may be changed between steps.
  var learningRate: LearningRateSchedule { get set }

  /// λ of the decoupled weight decay w ← w - α λ w before a step, with learning rate α (Loshchilov and Hutter 2019).
  /// 0 by default: no weight decay.
  var weightDecay: Double { get }

  /// How gradients are clipped; `nil` by default: not at all.
  var clipping: GradientClipping? { get }

  /// The names of the slots: tensors of the parameter's shape that the rule keeps for each parameter, zero at first.
  var slotNames: [String] { get }

  /// The number of steps and the slots. Starts as an empty `OptimizerState()`.
  var state: OptimizerState { get set }

  /// The rule: updates some of the elements of a parameter and of its slots. Called on several threads at the same time
  /// with disjoint ranges.
  func updateElements(_ range: Range<Int>, in step: ParameterStep)

  /// Makes one step with every parameter that has a gradient, and brings it within its `constraint`. A parameter that is
  /// listed twice is updated once.
  ///
  /// The elements are updated in parallel and in place, in one pass. The bits of the result do not depend on the number
  /// of threads. Stops when a gradient has another shape than its parameter, or when the learning rate is not valid.
  ///
  /// - Returns: the parameters that have no gradient. They keep their values and slots, also without weight decay. When
  ///   the whole model is trained there are none.
  @discardableResult
  func update(_ parameters: [Parameter], with gradients: Gradients<Float>) -> [Parameter]
}

extension Optimizer {
  /// None.
  public var weightDecay: Double { 0 }

  /// None.
  public var clipping: GradientClipping? { nil }

  /// The number of steps made.
  public var stepCount: Int { state.stepCount }

  /// Makes one step with every parameter that has a gradient.
  @discardableResult
  public func update(_ parameters: [Parameter], with gradients: Gradients<Float>) -> [Parameter] {
    learningRate.check(for: type(of: self))
    let rate = learningRate.rate(at: stepCount)
    state.stepCount += 1

    var seen: Set<ObjectIdentifier> = []
    let parameters = parameters.filter { seen.insert(ObjectIdentifier($0)).inserted }
    let trained = parameters.compactMap { parameter in gradients[parameter].map { (parameter, $0) } }
    let limits = clipping?.limits(for: trained.map(\.1))
    for (index, (parameter, gradient)) in trained.enumerated() {
      update(parameter, along: gradient, limit: limits?[index] ?? GradientLimit(), rate: rate)
    }
    return parameters.filter { gradients[$0] == nil }
  }

  private func update(_ parameter: Parameter, along gradient: Tensor<Float>, limit: GradientLimit, rate: Double) {
    parameter.update { value in
      require(
        gradient.shape == value.shape, "update: the gradient is \(gradient.shape), its parameter \(value.shape)")
      // Out of the state while they change, so that they are not copied and the rule may read the state.
      let slotsShape = Shape([slotNames.count] + value.shape)
      var kept = state.take(parameter) ?? OptimizerState.Kept(parameter: parameter, slots: Tensor(zeros: slotsShape))
      require(
        kept.slots.shape == slotsShape,
        "\(type(of: self)): the state of the parameter has shape \(kept.slots.shape), \(slotsShape) is needed: one "
          + "tensor of the parameter's shape for each slot")
      kept.stepCount += 1
      value.withUnsafeMutableScalars { elements in
        gradient.withUnsafeScalars { gradients in
          kept.slots.withUnsafeMutableScalars { slots in
            let step = ParameterStep(
              number: kept.stepCount, learningRate: Float(rate), elements: elements, gradients: gradients,
              slots: slots, slotCount: slotNames.count, limit: limit, decay: Float(weightDecay * rate))
            parallelFor(count: elements.count, grain: 16_384) { updateElements($0, in: step) }
          }
        }
      }
      if let constraint = parameter.constraint { value = constraint(value) }
      state.put(kept)
    }
  }
}
