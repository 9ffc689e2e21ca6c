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

  /// How gradients are clipped; `nil`, the default, for no clipping.
  var clipping: GradientClipping? { get }

  /// Scales of the learning rate, decay exclusions, the average of the weights, and accumulation; none by default.
  var options: UpdateOptions { get }

  /// The names of the slots: tensors of the parameter's shape that the rule keeps for each parameter.
  var slotNames: [String] { get }

  /// The value of a slot's elements before the first step; 0 by default.
  func firstValue(ofSlot name: String) -> Float

  /// The number of steps and the slots. Starts as an empty `OptimizerState()`.
  var state: OptimizerState { get set }

  /// A factor on the learning rate for one parameter in one step; 1 by default. Called before the elements are updated,
  /// for rules that need the whole parameter first, such as its norm.
  func rateFactor(in step: ParameterStep) -> Float

  /// The rule: updates some of the elements of a parameter and of its slots. Called on several threads at the same time
  /// with disjoint ranges.
  func updateElements(_ range: Range<Int>, in step: ParameterStep)

  /// Makes one step with every parameter that has a gradient, and brings it within its `constraint`. A parameter that is
  /// listed twice is updated once.
  ///
  /// The elements are updated in parallel and in place, in one pass. The bits of the result do not depend on the number
  /// of threads. With ``UpdateOptions/gradientAccumulationSteps`` n the parameters change in every n-th call.
  ///
  /// Stops when a gradient has another shape than its parameter, when the learning rate is not valid, and when an option
  /// names parameters: then `update` must be called with `model.namedParameters`.
  ///
  /// - Returns: the parameters that have no gradient. They keep their values and slots, also without weight decay. When
  ///   the whole model is trained there are none.
  @discardableResult
  func update(_ parameters: [Parameter], with gradients: Gradients<Float>) -> [Parameter]
}

extension Optimizer {
  /// 0: no weight decay.
  public var weightDecay: Double { 0 }

  /// `nil`: gradients are not clipped.
  public var clipping: GradientClipping? { nil }

  /// The defaults: no scales, no decay exclusions, no average, no accumulation.
  public var options: UpdateOptions { UpdateOptions() }

  /// 0: each slot starts with zeros.
  public func firstValue(ofSlot name: String) -> Float { 0 }

  /// 1: the learning rate is used as it is.
  public func rateFactor(in step: ParameterStep) -> Float { 1 }

  /// The number of calls of `update`.
  public var stepCount: Int { state.stepCount }

  /// Makes one step with every parameter that has a gradient.
  @discardableResult
  public func update(_ parameters: [Parameter], with gradients: Gradients<Float>) -> [Parameter] {
    require(
      !options.needsNames,
      "\(type(of: self)): scales and decay exclusions go by the names of the parameters; call "
        + "update(model.namedParameters, with:)")
    return update(parameters, options.rules(for: parameters), with: gradients)
  }

  /// Makes one step with every parameter that has a gradient, with the scales and decay exclusions for their names.
  ///
  /// ```swift
  /// let loss = MeanSquaredError()(model(Variable(images), Context(.training)), targets)
  /// let optimizer = AdamW(learningRate: 1e-4, scales: ["backbone": 0.1], decayExclusions: [.vectors])
  /// optimizer.update(model.namedParameters, with: loss.gradients())
  /// ```
  ///
  /// Stops where ``check(_:)`` throws and as `update` of parameters without names does.
  ///
  /// - Returns: the parameters that have no gradient.
  @_disfavoredOverload
  @discardableResult
  public func update(
    _ parameters: [(name: String, parameter: Parameter)], with gradients: Gradients<Float>
  ) -> [Parameter] {
    do {
      return update(parameters.map(\.parameter), try options.rules(for: parameters), with: gradients)
    } catch {
      stop("\(type(of: self)): \(error)")
    }
  }

  /// Throws ``UpdateOptionsError`` unless there is a parameter for each path in scales and decay exclusions.
  public func check(_ parameters: [(name: String, parameter: Parameter)]) throws(UpdateOptionsError) {
    _ = try options.rules(for: parameters)
  }
}

extension Optimizer {
  private func update(
    _ parameters: [Parameter], _ rules: [ParameterRule], with gradients: Gradients<Float>
  ) -> [Parameter] {
    learningRate.check(for: type(of: self))
    let rate = learningRate.rate(at: stepCount)
    let earlierSteps = stepCount / options.gradientAccumulationSteps
    state.stepCount += 1

    var seen: Set<ObjectIdentifier> = []
    let listed = zip(parameters, rules).filter { seen.insert(ObjectIdentifier($0.0)).inserted }
    let parameters = listed.map(\.0)
    if let gradients = options.gradientAccumulationSteps > 1 ? accumulated(gradients, of: parameters) : gradients {
      let trained = listed.compactMap { parameter, rule in gradients[parameter].map { (parameter, rule, $0) } }
      let limits = clipping?.limits(for: trained.map(\.2))
      for (index, (parameter, rule, gradient)) in trained.enumerated() {
        update(parameter, along: gradient, limit: limits?[index] ?? GradientLimit(), rule: rule, rate: rate)
      }
    }
    if let average = options.average { updateAverages(of: parameters, average, step: earlierSteps) }
    return parameters.filter { gradients[$0] == nil }
  }

  /// Adds the gradients of a batch to those of the batches before it. After the last batch of a step, returns the means;
  /// before, `nil`.
  private func accumulated(_ gradients: Gradients<Float>, of parameters: [Parameter]) -> Gradients<Float>? {
    let isLast = stepCount % options.gradientAccumulationSteps == 0
    var means = Gradients<Float>()
    for parameter in parameters {
      var kept = takeKept(parameter)
      if let gradient = gradients[parameter] {
        requireShape(of: gradient, parameter.value.shape)
        kept.accumulated = kept.accumulated.map { $0 + gradient } ?? gradient
      }
      if isLast {
        means[parameter] = kept.accumulated.map { $0 / Float(options.gradientAccumulationSteps) }
        kept.accumulated = nil
      }
      state.put(kept)
    }
    return isLast ? means : nil
  }

  private func update(
    _ parameter: Parameter, along gradient: Tensor<Float>, limit: GradientLimit, rule: ParameterRule, rate: Double
  ) {
    parameter.update { value in
      requireShape(of: gradient, value.shape)
      // Out of the state while they change, so that they are not copied and the rule may read the state.
      var kept = takeKept(parameter, shape: value.shape)
      let slotsShape = Shape([slotNames.count] + value.shape)
      require(
        kept.slots.shape == slotsShape,
        "\(type(of: self)): the state of the parameter has shape \(kept.slots.shape), \(slotsShape) is needed: one "
          + "tensor of the parameter's shape for each slot")
      kept.stepCount += 1
      let rate = rate * rule.scale
      value.withUnsafeMutableScalars { elements in
        gradient.withUnsafeScalars { gradients in
          kept.slots.withUnsafeMutableScalars { slots in
            var step = ParameterStep(
              number: kept.stepCount, learningRate: Float(rate), elements: elements, gradients: gradients,
              slots: slots, slotCount: slotNames.count, limit: limit,
              decay: rule.decays ? Float(weightDecay * rate) : 0)
            step.learningRate *= rateFactor(in: step)
            parallelFor(count: elements.count, grain: 16_384) { [step] in updateElements($0, in: step) }
          }
        }
      }
      if let constraint = parameter.constraint { value = constraint(value) }
      state.put(kept)
    }
  }

  private func requireShape(of gradient: Tensor<Float>, _ shape: Shape) {
    require(gradient.shape == shape, "update: the gradient is \(gradient.shape), its parameter \(shape)")
  }
}
