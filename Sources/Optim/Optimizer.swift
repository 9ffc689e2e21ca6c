import Autograd
import Tensor

/// Changes parameters along their gradients, a step at a time.
///
/// ```swift
/// let optimizer = Adam(learningRate: 1e-3)
/// let loss = MeanSquaredError()(model(Variable(images), Context(.training)), targets)
/// optimizer.update(model.parameters, with: loss.gradients())
/// ```
///
/// An optimizer of one's own states its rule for a range of elements; learning rate, weight decay, clipping and
/// slots are then there:
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
  /// The length of the steps. It may be changed between them.
  var learningRate: LearningRateSchedule { get set }

  /// The share of each element, times the learning rate, that is taken off it before a step (decoupled weight decay,
  /// Loshchilov and Hutter 2019). 0, none, unless an optimizer says otherwise.
  var weightDecay: Double { get }

  /// How gradients are kept from growing too large; `nil`, not at all, unless an optimizer says otherwise.
  var clipping: GradientClipping? { get }

  /// The names of the tensors that the rule keeps for each parameter, all of the parameter's shape and zero at first.
  var slotNames: [String] { get }

  /// What is kept from step to step. Starts as an empty `OptimizerState()`.
  var state: OptimizerState { get set }

  /// The rule: changes some of the elements of a parameter and of its slots. Called on several threads at once with
  /// disjoint ranges.
  func updateElements(_ range: Range<Int>, in step: ParameterStep)

  /// Makes one step with every parameter that has a gradient. A parameter listed twice is changed once.
  ///
  /// The elements are gone through once, in parallel and in place; the bits of the result do not depend on the number
  /// of threads. Stops when a gradient has another shape than its parameter.
  ///
  /// - Returns: the parameters that got no gradient. They stay as they are, without weight decay; in training from
  ///   end to end there should be none.
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
      var slots = state.takeSlots(of: parameter) ?? Tensor(zeros: Shape([slotNames.count] + value.shape))
      value.withUnsafeMutableScalars { elements in
        gradient.withUnsafeScalars { gradients in
          slots.withUnsafeMutableScalars { slots in
            let step = ParameterStep(
              number: stepCount, learningRate: Float(rate), elements: elements, gradients: gradients, slots: slots,
              limit: limit, decay: Float(weightDecay * rate))
            parallelFor(count: elements.count, grain: 16_384) { updateElements($0, in: step) }
          }
        }
      }
      state.putSlots(slots, of: parameter)
    }
  }
}
