import Autograd
import Optim
import Serialization
import Tensor

/// The state of an optimizer as Keras keeps it in `/optimizer/vars`: the number of steps, the learning rate where it is
/// a number, then the slots of all parameters in Keras's layout.
struct KerasOptimizerState {
  let optimizer: any KerasOptimizer
  /// The model's variables in Keras's order; those that are not trained have no slots.
  private let trained: [(variable: KerasVariable, parameter: Parameter)]

  init(_ optimizer: any KerasOptimizer, of variables: [KerasVariable]) {
    self.optimizer = optimizer
    trained = variables.compactMap { variable in variable.parameter.map { (variable, $0) } }
  }

  /// Whether the learning rate has a variable of its own: a schedule has none.
  private var holdsLearningRate: Bool {
    if case .constant = optimizer.learningRate { true } else { false }
  }

  /// The place of each slot among the variables: index of the parameter, and name of the slot. What belongs to no rule,
  /// averages and accumulated gradients, comes first.
  private var slotOrder: [(parameter: Int, slot: String)] {
    (commonSlots.map { [$0] } + optimizer.kerasSlotGroups).flatMap { group in
      trained.indices.flatMap { parameter in group.map { (parameter, $0) } }
    }
  }

  private var commonSlots: [String] { optimizer.storedSlotNames.filter { !optimizer.slotNames.contains($0) } }

  /// The variables behind the number of steps.
  func variables() -> [Tensor<Float>] {
    let rate = holdsLearningRate ? [Tensor(scalar: Float(optimizer.learningRate.rate(at: 0)))] : []
    let slots = optimizer.slots(of: trained.map(\.parameter))
    return rate
      + slotOrder.compactMap { place in
        slots[place.parameter][place.slot].map(trained[place.parameter].variable.toKeras)
      } + optimizer.kerasScalars.map { Tensor(scalar: $0) }
  }

  /// Takes up the state of a file.
  ///
  /// - Parameters:
  ///   - stepCount: the first variable.
  ///   - variables: those behind it.
  /// - Throws: the problem when the variables are not those that this optimizer keeps for this model.
  func restore(stepCount: Int, variables: [Tensor<Float>]) throws(ModelFileError.Problem) {
    let order = slotOrder
    // tf.keras kept no learning rate beside the configuration.
    let count = order.count + optimizer.kerasScalars.count
    let hasRate = variables.count == count + 1 && holdsLearningRate
    // Before the first step Keras keeps the learning rate alone, or nothing.
    if stepCount == 0, variables.count <= 1, variables.allSatisfy({ $0.shape == [] }) { return }
    guard hasRate || variables.count == count else {
      throw .mismatch(found: "\(variables.count + 1) optimizer variables", expected: "\(count + 2)")
    }
    var rest = Array(variables.dropFirst(hasRate ? 1 : 0))
    // Single numbers follow from the number of steps. Keras 3.6 and before has them in front of the slots of the rule.
    let early = commonSlots.count * trained.count
    if !optimizer.kerasScalars.isEmpty, early < order.count, rest[early].shape == [],
      trained[order[early].parameter].parameter.value.shape != []
    {
      rest.remove(at: early)
    }
    var slots = [[String: Tensor<Float>]](repeating: [:], count: trained.count)
    for (place, values) in zip(order, rest) {
      let (variable, parameter) = trained[place.parameter]
      guard values.count == parameter.value.count else {
        throw .mismatch(found: "a slot of shape \(values.shape)", expected: "one like \(parameter.value.shape)")
      }
      slots[place.parameter][place.slot] = variable.fromKeras(values)
    }
    if hasRate, let rate = variables.first?.scalars.first {
      guard rate >= 0, rate.isFinite else { throw .damaged("a learning rate of \(rate)") }
      // The shortest number that is the same `Float`: 0.001, not 0.0010000000474974513.
      optimizer.learningRate = .constant(Double("\(rate)") ?? Double(rate))
    }
    do {
      try optimizer.restore(stepCount: stepCount, slots: slots, of: trained.map(\.parameter))
    } catch {
      throw .damaged(error.description)
    }
  }
}
