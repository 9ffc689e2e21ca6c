import Autograd
import Tensor

/// What an optimizer keeps from step to step: their number, and the slots of the parameters.
public struct OptimizerState {
  /// The number of steps made.
  public internal(set) var stepCount = 0
  /// Slots stand along the first axis of one tensor. The parameters are kept as their identities are the keys.
  private var slots: [ObjectIdentifier: (parameter: Parameter, values: Tensor<Float>)] = [:]

  /// Makes the state before the first step.
  public init() {}

  /// Hands over the slots of a parameter, `nil` when it has made no step.
  mutating func takeSlots(of parameter: Parameter) -> Tensor<Float>? {
    slots.removeValue(forKey: ObjectIdentifier(parameter))?.values
  }

  mutating func putSlots(_ values: Tensor<Float>, of parameter: Parameter) {
    slots[ObjectIdentifier(parameter)] = (parameter, values)
  }

  func slots(of parameter: Parameter) -> Tensor<Float>? {
    slots[ObjectIdentifier(parameter)]?.values
  }
}

extension Optimizer {
  /// The slots of the given parameters by name, in the order of the parameters; zeros for one that has made no step.
  ///
  /// With `stepCount` this is all that a checkpoint needs, beside the parameters' own values. Views, not copies.
  public func slots(of parameters: [Parameter]) -> [[String: Tensor<Float>]] {
    let names = slotNames
    return parameters.map { parameter in
      let kept = state.slots(of: parameter) ?? Tensor(zeros: Shape([names.count] + parameter.value.shape))
      return Dictionary(uniqueKeysWithValues: names.enumerated().map { ($1, kept.select($0)) })
    }
  }

  /// Takes up the state that `stepCount` and `slots(of:)` gave before, for parameters in the same order.
  ///
  /// - Throws: `OptimizerStateError` when the state is of another optimizer or of other parameters. Nothing is
  ///   changed then.
  public func restore(
    stepCount: Int, slots: [[String: Tensor<Float>]], of parameters: [Parameter]
  ) throws(OptimizerStateError) {
    guard stepCount >= 0 else { throw .stepCount(found: stepCount) }
    guard slots.count == parameters.count else {
      throw .parameterCount(found: slots.count, expected: parameters.count)
    }
    let names = slotNames
    var restored = OptimizerState()
    restored.stepCount = stepCount
    for (index, (parameter, slots)) in zip(parameters, slots).enumerated() {
      let shape = parameter.value.shape
      var values = Tensor<Float>(zeros: Shape([names.count] + shape))
      guard Set(slots.keys) == Set(names) else {
        throw .slotNames(parameter: index, found: slots.keys.sorted(), expected: names)
      }
      for (number, name) in names.enumerated() {
        guard let slot = slots[name], slot.shape == shape else {
          throw .shape(parameter: index, slot: name, found: slots[name]?.shape ?? [], expected: shape)
        }
        values.replaceSlice(number...number, axis: 0, with: slot)
      }
      restored.putSlots(values, of: parameter)
    }
    state = restored
  }
}

/// Why the state of an optimizer could not be taken up.
public enum OptimizerStateError: Error, Equatable, CustomStringConvertible {
  /// The number of steps is negative.
  case stepCount(found: Int)
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
    case .parameterCount(let found, let expected):
      "optimizer state: it holds \(found) parameters, the model has \(expected)"
    case .slotNames(let parameter, let found, let expected):
      "optimizer state: parameter \(parameter) has the slots \(found), the optimizer keeps \(expected)"
    case .shape(let parameter, let slot, let found, let expected):
      "optimizer state: slot \(slot) of parameter \(parameter) has shape \(found), the parameter \(expected)"
    }
  }
}
