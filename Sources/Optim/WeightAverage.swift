import Autograd
import Tensor

/// The running average of each parameter, as Keras's `use_ema` (Polyak and Juditsky 1992).
///
/// After the first step the average is the parameter, then a ← m a + (1 - m) w after each call of `update`. A frozen
/// parameter is its own average. Averaged weights often predict better. `withAverages(of:_:)` evaluates with them;
/// `fit` ends with them, as Keras does.
public struct WeightAverage: Hashable, Sendable {
  /// m, the share of the old average in the new one, in 0...1.
  public var momentum: Double
  /// The number of steps after which the parameters take the average as their value, each time; `nil` for never.
  public var overwriteFrequency: Int?

  /// Makes the description of an average.
  public init(momentum: Double = 0.99, overwriteFrequency: Int? = nil) {
    self.momentum = momentum
    self.overwriteFrequency = overwriteFrequency
  }
}

extension Optimizer {
  /// Sets each parameter to its running average. A parameter without one keeps its value. Stops when the optimizer keeps
  /// no averages.
  public func applyAverages(to parameters: [Parameter]) {
    requireAverages("applyAverages")
    for parameter in parameters {
      if let average = state[parameter]?.average { parameter.value = average }
    }
  }

  /// Runs `body` while the parameters have their running averages as values. They get their own values back afterwards,
  /// also after an error. Stops when the optimizer keeps no averages.
  ///
  /// ```swift
  /// let optimizer = Adam(average: WeightAverage(momentum: 0.999))
  /// for _ in 0..<100 {
  ///   let loss = MeanSquaredError()(model(Variable(images), Context(.training)), targets)
  ///   optimizer.update(model.parameters, with: loss.gradients())
  /// }
  /// let outputs = optimizer.withAverages(of: model.parameters) { model(images) }
  /// ```
  public func withAverages<Result>(of parameters: [Parameter], _ body: () throws -> Result) rethrows -> Result {
    requireAverages("withAverages")
    let values = parameters.map(\.value)
    applyAverages(to: parameters)
    defer { for (parameter, value) in zip(parameters, values) { parameter.value = value } }
    return try body()
  }

  private func requireAverages(_ operation: String) {
    require(options.average != nil, "\(type(of: self)): \(operation): no averages are kept; `average:` asks for them")
  }

  /// Updates the averages with the values after a step.
  ///
  /// - Parameter step: the number of steps before this one.
  func updateAverages(of parameters: [Parameter], _ average: WeightAverage, step: Int) {
    let overwrites = average.overwriteFrequency.map { (step + 1) % $0 == 0 } ?? false
    for parameter in parameters {
      var kept = takeKept(parameter)
      let value = parameter.value
      // The average of what does not change is itself, without the rounding of sums.
      if step > 0, parameter.isTrainable, kept.average?.shape == value.shape {
        kept.average?.move(to: value, keeping: Float(average.momentum))
      } else {
        kept.average = value
      }
      if overwrites, let average = kept.average { parameter.value = average }
      state.put(kept)
    }
  }
}

extension Tensor<Float> {
  /// Moves each element towards `target`: x ← share · x + (1 - share) · target.
  fileprivate mutating func move(to target: Tensor, keeping share: Float) {
    let rest = 1 - share
    withUnsafeMutableScalars { elements in
      target.withUnsafeScalars { target in
        parallelFor(count: elements.count, grain: 16_384) { range in
          for index in range { elements[index] = share * elements[index] + rest * target[index] }
        }
      }
    }
  }
}
