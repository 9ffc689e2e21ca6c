import Tensor

extension Variable {
  /// What a recurrence keeps of its states; see ``recurrence(over:from:weights:goesBackwards:keeping:step:)``.
  public struct RecurrentResult: OptionSet, Sendable {
    /// The bits.
    public let rawValue: Int
    /// Makes a set from its bits.
    public init(rawValue: Int) { self.rawValue = rawValue }

    /// The first state after each step, and not after the last one alone.
    public static var sequence: RecurrentResult { RecurrentResult(rawValue: 1) }
    /// The other states after the last step too.
    public static var states: RecurrentResult { RecurrentResult(rawValue: 2) }
  }

  /// Applies `step` to the input of each time and the states that it returned before.
  ///
  /// Shapes: inputs `[N, T, K]`, S states of `[N, U]`; the result is `[N, L + M, U]`: the first state after each of L = T
  /// steps, in the order of the steps, or after the last alone, L = 1; then the M = S - 1 other states after the last step,
  /// or M = 0. The tape of each step is kept, and walked back from the last step to the first: the cost of the backward pass
  /// grows with T, and not with its square as where each step takes a slice of one variable.
  ///
  /// - Parameters:
  ///   - inputs: what the steps get, a time each.
  ///   - states: what the first step gets.
  ///   - weights: variables that all steps use.
  ///   - goesBackwards: whether the first step is that of the last time.
  ///   - kept: what the result holds.
  ///   - step: the states after a step, from the input of its time, `[N, K]`, the states before, and the weights. Stops if it
  ///     uses another variable that needs a gradient.
  public static func recurrence(
    over inputs: Variable, from states: [Variable], weights: [Variable] = [], goesBackwards: Bool = false,
    keeping kept: RecurrentResult = [],
    step: (_ input: Variable, _ states: [Variable], _ weights: [Variable]) -> [Variable]
  ) -> Variable {
    require(
      inputs.shape.rank == 3 && !states.isEmpty,
      "recurrence: inputs [N, T, K] and a state are needed, found \(inputs.shape) and \(counted(states.count, "state"))"
    )
    let length = inputs.shape[1]
    let needsGradient = ([inputs] + states + weights).contains(where: \.needsGradient)
    func leaf(_ value: Tensor<Scalar>) -> Variable { needsGradient ? Variable(tracking: value) : Variable(value) }

    let times = goesBackwards ? Array((0..<length).reversed()) : Array(0..<length)
    let sharedWeights = weights.map { leaf($0.value) }
    let tape = RecurrentTape<Scalar>()
    var current = states.map(\.value)
    var outputs: [Tensor<Scalar>] = []
    for time in times {
      let (input, before) = (leaf(inputs.value.select(time, axis: 1)), current.map(leaf))
      let after = step(input, before, sharedWeights)
      require(
        after.map(\.shape) == states.map(\.shape),
        "recurrence: a step made states \(after.map(\.shape)) of \(states.map(\.shape))")
      requireArguments(needsGradient || !after.contains(where: \.needsGradient))
      current = after.map(\.value)
      if needsGradient { tape.steps.append((input, before, after)) }
      if kept.contains(.sequence) { outputs.append(current[0]) }
    }
    if !kept.contains(.sequence) { outputs.append(current[0]) }
    let sequenceLength = outputs.count
    if kept.contains(.states) { outputs += current.dropFirst() }
    let result =
      outputs.isEmpty
      ? Tensor<Scalar>(zeros: [states[0].shape[0], 0, states[0].shape[1]]) : Tensor(stacking: outputs, axis: 1)

    return Variable(result, from: [inputs] + states + weights) { [shape = inputs.shape] gradient in
      var carried = states.indices.map { index in
        index == 0 && !kept.contains(.sequence)
          ? gradient.select(0, axis: 1)
          : index > 0 && kept.contains(.states)
            ? gradient.select(sequenceLength + index - 1, axis: 1) : Tensor<Scalar>(zeros: states[index].shape)
      }
      var inputGradient = Tensor<Scalar>(zeros: shape)
      var weightGradients = weights.map { Tensor<Scalar>(zeros: $0.shape) }
      for (number, time) in times.enumerated().reversed() {
        guard let (input, before, after) = tape.steps.popLast() else { break }
        if kept.contains(.sequence) { carried[0] += gradient.select(number, axis: 1) }
        let products = zip(after, carried).map { ($0 * Variable($1)).sum() }
        let total = products.dropFirst().reduce(products[0], +)
        guard total.needsGradient else {
          // A step that depends on nothing: neither does what is behind it depend on the steps before.
          carried = states.map { Tensor(zeros: $0.shape) }
          continue
        }
        let gradients = total.gradients()
        requireArguments(gradients.count == ([input] + before + sharedWeights).count { gradients[$0] != nil })
        if let gradient = gradients[input] {
          inputGradient.replaceSlice(time..<time + 1, axis: 1, with: gradient.expandingShape(at: 1))
        }
        for (index, weight) in sharedWeights.enumerated() {
          if let gradient = gradients[weight] { weightGradients[index] += gradient }
        }
        carried = before.map { gradients[$0] ?? Tensor(zeros: $0.shape) }
      }
      return [inputGradient] + carried + weightGradients
    }
  }

  /// The indices of one axis in the opposite order. The gradient is turned round as well.
  public func reversed(axis: Int) -> Variable {
    Variable(value.reversed(axis: axis), from: (self, { $0.reversed(axis: axis) }))
  }
}

/// Stops unless a step of a recurrence uses only what it is given: another variable would get no gradient.
private func requireArguments(_ areAll: Bool) {
  require(
    areAll,
    "recurrence: a step uses a variable that needs a gradient and is not among its arguments; pass it in weights")
}

/// What the steps of a recurrence keep for the way back, which frees it step by step.
private final class RecurrentTape<Scalar: FloatingScalar> {
  var steps: [(input: Variable<Scalar>, before: [Variable<Scalar>], after: [Variable<Scalar>])] = []
}
