import Autograd
import Tensor

extension RecurrentPass {
  /// The first state after each step, in the order of the steps, or after the last one, and with `returnsState` all states
  /// after the last one.
  ///
  /// - Parameters:
  ///   - states: the first states, `[N, units]`.
  ///   - mask: which times count, `[N, T]`; `nil` for all.
  ///   - zeroing: whether the output is 0 at the other times, and not the one before again.
  func outputs(
    from states: [Variable<Float>], mask: Tensor<Bool>?, zeroing: Bool, goesBackwards: Bool, returnsSequences: Bool,
    returnsState: Bool
  ) -> [Variable<Float>] {
    var kept: Variable<Float>.RecurrentResult = []
    if returnsSequences { kept.insert(.sequence) }
    if returnsState { kept.insert(.states) }
    let result = result(from: states, mask, goesBackwards: goesBackwards, keeping: kept)
    let length = returnsSequences ? input.shape[1] : 1
    func state(_ place: Int) -> Variable<Float> {
      result.slice(place..<place + 1, axis: 1).reshaped(to: [result.shape[0], result.shape[2]])
    }
    var first = returnsSequences ? result.slice(0..<length, axis: 1) : state(0)
    let last = returnsState ? (0..<states.count).map { state(length - 1 + $0) } : []
    if zeroing, let mask { first = Self.zeroed(first, by: goesBackwards ? mask.reversed(axis: 1) : mask) }
    return [first] + last
  }

  private func result(
    from states: [Variable<Float>], _ mask: Tensor<Bool>?, goesBackwards: Bool,
    keeping kept: Variable<Float>.RecurrentResult
  ) -> Variable<Float> {
    if let whole, input.shape.elementCount > 0 { return whole(states, mask, goesBackwards, kept) }
    let pass = mask.map { holdingStates(where: $0) } ?? self
    return Variable.recurrence(
      over: pass.input, from: states, weights: pass.weights, goesBackwards: goesBackwards, keeping: kept,
      step: pass.step)
  }

  /// An output with 0 at steps that the mask leaves out.
  private static func zeroed(_ output: Variable<Float>, by mask: Tensor<Bool>) -> Variable<Float> {
    if output.shape.rank == 3 { return output.masked(by: mask.repeated(axis: 2, to: output.shape)) }
    return output.masked(by: mask.select(mask.shape[1] - 1, axis: 1).repeated(axis: 1, to: output.shape))
  }

  /// The pass in which a step at a time that the mask `[N, T]` leaves out returns the states that it got.
  private func holdingStates(where mask: Tensor<Bool>) -> RecurrentPass {
    // Each step gets its part of the mask as the last of its inputs.
    let width = input.shape[2]
    let marked = Variable(concatenating: [input, Variable(mask.numbers.expandingShape(at: 2))], axis: 2)
    return RecurrentPass(input: marked, weights: weights) { [step] input, states, weights in
      let isKept = input.value.slice(width..<width + 1, axis: 1)
      let after = step(input.slice(0..<width, axis: 1), states, weights)
      return zip(states, after).map { before, after in
        let kept = isKept.broadcast(to: after.shape)
        return after.masked(by: kept .!= 0) + before.masked(by: kept .== 0)
      }
    }
  }
}
