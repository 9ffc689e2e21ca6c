import Tensor

// The steps of the usual gated recurrences as one operation: in `recurrence`, each step makes a dozen variables.

extension Variable<Float> {
  /// The steps of an LSTM with the usual functions; the result is that of ``recurrence(over:from:weights:goesBackwards:keeping:step:)``.
  ///
  /// Shapes: inputs `[N, T, 4 U]`, states `[N, U]`, weight `[U, 4 U]`. See `LSTMSequence`, which is kept.
  ///
  /// - Parameters:
  ///   - inputs: the parts of the input for the gates i, f, g and o. At least one time and one example.
  ///   - states: the first state and the first cell.
  ///   - weight: that of the state.
  ///   - mask: which times count, `[N, T]`; `nil` for all.
  ///   - goesBackwards: whether the first step is that of the last time.
  ///   - kept: what the result holds.
  package static func lstm(
    over inputs: Variable, from states: [Variable], weight: Variable, mask: Tensor<Bool>?, goesBackwards: Bool,
    keeping kept: RecurrentResult
  ) -> Variable {
    let sequence = LSTMSequence(
      inputs: inputs.value, state: states[0].value, cell: states[1].value, weight: weight.value, mask: mask,
      goesBackwards: goesBackwards)
    let result = kept.result(of: sequence.states, others: [sequence.cells])
    return Variable(result, from: [inputs, states[0], states[1], weight]) { gradient in
      let parts = kept.parts(of: gradient, length: inputs.shape[1])
      let gradients = sequence.gradients(
        ofStates: parts.states, state: parts.last, cell: parts.other, needsWeight: weight.needsGradient)
      return [gradients.inputs, gradients.state, gradients.cell, gradients.weight]
    }
  }

  /// The steps of gated recurrent units with the usual functions and the reset behind the product; the result is that of
  /// ``recurrence(over:from:weights:goesBackwards:keeping:step:)``.
  ///
  /// Shapes: inputs `[N, T, 3 U]`, state `[N, U]`, weight `[U, 3 U]`, bias `[3 U]`. See `GRUSequence`, which is kept.
  ///
  /// - Parameters:
  ///   - inputs: the parts of the input for z, r and g. At least one time and one example.
  ///   - state: the first state.
  ///   - weight: that of the state.
  ///   - bias: that of the state; `nil` for none.
  ///   - mask: which times count, `[N, T]`; `nil` for all.
  ///   - goesBackwards: whether the first step is that of the last time.
  ///   - kept: what the result holds.
  package static func gru(
    over inputs: Variable, from state: Variable, weight: Variable, bias: Variable?, mask: Tensor<Bool>?,
    goesBackwards: Bool, keeping kept: RecurrentResult
  ) -> Variable {
    let sequence = GRUSequence(
      inputs: inputs.value, state: state.value, weight: weight.value, bias: bias?.value, mask: mask,
      goesBackwards: goesBackwards)
    let result = kept.result(of: sequence.states, others: [])
    let variables = [inputs, state, weight] + (bias.map { [$0] } ?? [])
    return Variable(result, from: variables) { gradient in
      let parts = kept.parts(of: gradient, length: inputs.shape[1])
      let gradients = sequence.gradients(
        ofStates: parts.states, state: parts.last,
        needsWeight: weight.needsGradient || bias?.needsGradient ?? false)
      let weights = [gradients.weight] + (bias == nil ? [] : [gradients.bias])
      return [gradients.inputs, gradients.state] + weights
    }
  }
}

extension Variable<Float>.RecurrentResult {
  /// The result of a recurrence.
  ///
  /// - Parameters:
  ///   - states: the first state after each step, `[N, T, U]`.
  ///   - others: the other states after each step.
  fileprivate func result(of states: Tensor<Float>, others: [Tensor<Float>]) -> Tensor<Float> {
    let last = states.shape[1] - 1
    let first = contains(.sequence) ? states : states.slice(last..<last + 1, axis: 1)
    guard contains(.states), !others.isEmpty else { return first }
    return Tensor(concatenating: [first] + others.map { $0.slice(last..<last + 1, axis: 1) }, axis: 1)
  }

  /// The parts of the gradient of a result: of the first state after each step, or of that after the last step alone, and of
  /// the other state after the last step.
  fileprivate func parts(
    of gradient: Tensor<Float>, length: Int
  ) -> (states: Tensor<Float>?, last: Tensor<Float>, other: Tensor<Float>) {
    let zeros = Tensor<Float>(zeros: [gradient.shape[0], gradient.shape[2]])
    let places = contains(.sequence) ? length : 1
    let other = gradient.shape[1] > places ? gradient.select(places, axis: 1) : zeros
    return contains(.sequence)
      ? (gradient.slice(0..<length, axis: 1), zeros, other) : (nil, gradient.select(0, axis: 1), other)
  }
}
