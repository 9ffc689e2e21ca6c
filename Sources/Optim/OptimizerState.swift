import Autograd
import Tensor

/// What an optimizer keeps from step to step: the number of steps, and for each parameter its slots, its own steps, its
/// average and the gradients that wait for a step.
public struct OptimizerState {
  /// What is kept for one parameter.
  struct Kept {
    /// Kept alive, since its identity is the key.
    let parameter: Parameter
    /// One tensor of the parameter's shape for each slot, along a new first axis.
    var slots: Tensor<Float>
    /// The number of steps in which the parameter had a gradient.
    var stepCount = 0
    /// The running average of the values.
    var average: Tensor<Float>?
    /// The sum of the gradients since the last step; `nil` where there was none.
    var accumulated: Tensor<Float>?
  }

  /// The number of calls of `update`.
  public internal(set) var stepCount = 0
  private var kept: [ObjectIdentifier: Kept] = [:]

  /// Makes the state before the first step.
  public init() {}

  /// Hands over what is kept for a parameter, `nil` when it has made no step.
  mutating func take(_ parameter: Parameter) -> Kept? {
    kept.removeValue(forKey: ObjectIdentifier(parameter))
  }

  mutating func put(_ kept: Kept) {
    self.kept[ObjectIdentifier(kept.parameter)] = kept
  }

  subscript(parameter: Parameter) -> Kept? { kept[ObjectIdentifier(parameter)] }
}

extension Optimizer {
  /// The names of all that ``slots(of:)`` returns: the slots of the rule, then `average` and `gradient_accumulator` where
  /// the options ask for them.
  public var storedSlotNames: [String] {
    slotNames + (options.average == nil ? [] : [averageName])
      + (options.gradientAccumulationSteps > 1 ? [accumulatorName] : [])
  }

  /// The slots of the given parameters by name, in the order of the parameters; the first values for a parameter without
  /// steps.
  ///
  /// With `stepCount` and `stepCounts(of:)` this is all that a checkpoint needs, besides the parameters' own values. The
  /// tensors are views, not copies.
  public func slots(of parameters: [Parameter]) -> [[String: Tensor<Float>]] {
    parameters.map { parameter in
      let value = parameter.value
      let kept = state[parameter] ?? firstKept(parameter, shape: value.shape)
      var slots = Dictionary(uniqueKeysWithValues: slotNames.enumerated().map { ($1, kept.slots.select($0)) })
      if options.average != nil { slots[averageName] = kept.average ?? value }
      if options.gradientAccumulationSteps > 1 {
        slots[accumulatorName] = kept.accumulated ?? Tensor(zeros: value.shape)
      }
      return slots
    }
  }

  /// The number of steps in which each of the given parameters had a gradient, in the order of the parameters.
  public func stepCounts(of parameters: [Parameter]) -> [Int] {
    parameters.map { state[$0]?.stepCount ?? 0 }
  }

  /// Restores the state that `stepCount`, `slots(of:)` and `stepCounts(of:)` returned, for parameters in the same order.
  ///
  /// - Parameters:
  ///   - stepCount: the number of calls of `update`.
  ///   - slots: the slots of each parameter by name.
  ///   - parameters: the parameters.
  ///   - stepCounts: the number of steps of each parameter; by default `stepCount` for each of them.
  /// - Throws: `OptimizerStateError` when the state is of another optimizer or of other parameters. Nothing is
  ///   changed then.
  public func restore(
    stepCount: Int, slots: [[String: Tensor<Float>]], of parameters: [Parameter], stepCounts: [Int]? = nil
  ) throws(OptimizerStateError) {
    guard stepCount >= 0 else { throw .stepCount(found: stepCount) }
    let stepCounts = stepCounts ?? parameters.map { _ in stepCount / options.gradientAccumulationSteps }
    guard stepCounts.count == parameters.count else {
      throw .parameterCount(found: stepCounts.count, expected: parameters.count)
    }
    guard slots.count == parameters.count else {
      throw .parameterCount(found: slots.count, expected: parameters.count)
    }
    let names = storedSlotNames
    var restored = OptimizerState()
    restored.stepCount = stepCount
    for (index, (parameter, slots)) in zip(parameters, slots).enumerated() {
      let shape = parameter.value.shape
      guard (0...stepCount).contains(stepCounts[index]) else {
        throw .parameterStepCount(parameter: index, found: stepCounts[index], all: stepCount)
      }
      guard Set(slots.keys) == Set(names) else {
        throw .slotNames(parameter: index, found: slots.keys.sorted(), expected: names)
      }
      var kept = firstKept(parameter, shape: shape)
      kept.stepCount = stepCounts[index]
      for (number, name) in names.enumerated() {
        guard let slot = slots[name], slot.shape == shape else {
          throw .shape(parameter: index, slot: name, found: slots[name]?.shape ?? [], expected: shape)
        }
        switch name {
        case averageName: kept.average = slot
        // A sum of zeros is the same as no sum.
        case accumulatorName: kept.accumulated = slot.scalars.allSatisfy { $0 == 0 } ? nil : slot
        default: kept.slots.replaceSlice(number...number, axis: 0, with: slot)
        }
      }
      restored.put(kept)
    }
    state = restored
  }

  /// Takes what is kept for a parameter out of the state; the first values where nothing is kept.
  ///
  /// - Parameter shape: of the parameter, where its value cannot be read.
  func takeKept(_ parameter: Parameter, shape: Shape? = nil) -> OptimizerState.Kept {
    state.take(parameter) ?? firstKept(parameter, shape: shape ?? parameter.value.shape)
  }

  private func firstKept(_ parameter: Parameter, shape: Shape) -> OptimizerState.Kept {
    var slots = Tensor<Float>(zeros: Shape([slotNames.count] + shape))
    for (number, name) in slotNames.enumerated() {
      let value = firstValue(ofSlot: name)
      if value != 0 { slots.replaceSlice(number...number, axis: 0, with: Tensor(repeating: value, shape: shape)) }
    }
    return OptimizerState.Kept(parameter: parameter, slots: slots)
  }
}

/// Keras's names for the slots that belong to no rule.
private let averageName = "average"
private let accumulatorName = "gradient_accumulator"

/// Why the state of an optimizer cannot be restored.
public enum OptimizerStateError: Error, Equatable, CustomStringConvertible {
  /// The number of steps is negative.
  case stepCount(found: Int)
  /// The number of steps of one parameter is negative or larger than that of all steps.
  case parameterStepCount(parameter: Int, found: Int, all: Int)
  /// The state belongs to another number of parameters.
  case parameterCount(found: Int, expected: Int)
  /// The slots of a parameter are not those that the optimizer keeps.
  case slotNames(parameter: Int, found: [String], expected: [String])
  /// A slot has another shape than its parameter.
  case shape(parameter: Int, slot: String, found: Shape, expected: Shape)

  /// What was found and what was expected.
  public var description: String {
    switch self {
    case .stepCount(let found):
      "optimizer state: the number of steps is \(found)"
    case .parameterStepCount(let parameter, let found, let all):
      "optimizer state: parameter \(parameter) has made \(found) of \(all) steps"
    case .parameterCount(let found, let expected):
      "optimizer state: it holds \(found) parameters, the model has \(expected)"
    case .slotNames(let parameter, let found, let expected):
      "optimizer state: parameter \(parameter) has the slots \(found), the optimizer keeps \(expected)"
    case .shape(let parameter, let slot, let found, let expected):
      "optimizer state: slot \(slot) of parameter \(parameter) has shape \(found), the parameter \(expected)"
    }
  }
}
