import CKernels

/// All steps of an LSTM over a batch of sequences, and what their gradients need.
///
/// With the sums i, f, g, o = x + h' u of each gate: c = σ(f) c' + σ(i) tanh g, h = σ(o) tanh c, where h' and c' are the state and
/// the cell before the step. Where a mask leaves a time out, they stay as they are.
///
/// Shapes: inputs `[N, T, 4 U]`, state and cell `[N, U]`, weight `[U, 4 U]`. Cost: 8 N T U² operations, and twice as many for the
/// gradients.
package struct LSTMSequence: Sendable {
  /// State and cell after each step, in the order of the steps, `[N, T, U]`.
  package let states, cells: Tensor<Float>
  private let firstState, firstCell, weight: Tensor<Float>
  /// What the gates let through at each time, `[N, T, 4 U]`.
  private let gates: Tensor<Float>
  private let mask: RecurrentMask
  private let goesBackwards: Bool

  /// Takes all steps. Stops if the shapes do not fit.
  ///
  /// - Parameters:
  ///   - inputs: the parts of the input for the gates i, f, g and o.
  ///   - state: h' of the first step.
  ///   - cell: c' of the first step.
  ///   - weight: u.
  ///   - mask: which times count, `[N, T]`; `nil` for all.
  ///   - goesBackwards: whether the first step is that of the last time.
  package init(
    inputs: Tensor<Float>, state: Tensor<Float>, cell: Tensor<Float>, weight: Tensor<Float>, mask: Tensor<Bool>?,
    goesBackwards: Bool
  ) {
    let (count, length, units) = (inputs.shape[0], inputs.shape[1], state.shape[1])
    require(
      inputs.shape == [count, length, 4 * units] && state.shape == [count, units] && cell.shape == state.shape
        && weight.shape == [units, 4 * units] && mask?.shape ?? [count, length] == [count, length],
      "LSTMSequence: inputs \(inputs.shape), state \(state.shape), cell \(cell.shape), weight \(weight.shape)")
    (firstState, firstCell, self.weight) = (state.contiguous(), cell.contiguous(), weight.contiguous())
    (self.mask, self.goesBackwards) = (RecurrentMask(mask), goesBackwards)
    gates = inputs.copied()
    states = Tensor(unsafeUninitialized: Layout(rowMajor: [count, length, units]))
    cells = Tensor(unsafeUninitialized: Layout(rowMajor: [count, length, units]))
    RecurrentRows(count: count).forEachPart { rows in
      for number in 0..<length {
        var step = self.step(number, rows)
        let product = MatrixProduct(
          m: rows.count, n: 4 * units, k: units,
          .init(step.stateBefore, stride: step.beforeStride, isTransposed: false),
          .init(self.weight.elements, stride: 4 * units, isTransposed: false))
        product.store(to: step.gates, stride: step.gateStride, accumulates: true)
        Kernels.best.lstmStep(&step)
      }
    }
    extendLifetime(self)
  }

  /// The addresses of a step for some rows.
  private func step(_ number: Int, _ rows: Range<Int>) -> kilim_lstm {
    let (length, units, row) = (states.shape[1], states.shape[2], rows.lowerBound)
    let time = goesBackwards ? length - 1 - number : number
    let after = (row * length + number) * units
    let before = number == 0 ? row * units : after - units
    return kilim_lstm(
      rows: rows.count, units: units, gates: gates.elements + (row * length + time) * 4 * units,
      gateStride: length * 4 * units, stateBefore: (number == 0 ? firstState : states).elements + before,
      cellBefore: (number == 0 ? firstCell : cells).elements + before,
      beforeStride: number == 0 ? units : length * units, state: states.elements + after, cell: cells.elements + after,
      afterStride: length * units, mask: mask.mark(row: row, time: time), maskStride: mask.stride)
  }

  /// The gradients with respect to inputs, first state, first cell and weight.
  ///
  /// - Parameters:
  ///   - states: the gradient with respect to the state after each step; `nil` for 0.
  ///   - state: that with respect to the state after the last step, beside the former.
  ///   - cell: that with respect to the cell after the last step.
  ///   - needsWeight: whether the gradient of the weight is needed; it is 0 otherwise.
  package func gradients(
    ofStates states: Tensor<Float>?, state: Tensor<Float>, cell: Tensor<Float>, needsWeight: Bool
  ) -> (inputs: Tensor<Float>, state: Tensor<Float>, cell: Tensor<Float>, weight: Tensor<Float>) {
    let (count, length, units) = (self.states.shape[0], self.states.shape[1], self.states.shape[2])
    let sums = Tensor<Float>(unsafeUninitialized: gates.layout)
    let (state, cell, states) = (state.copied(), cell.copied(), states?.contiguous())
    let transposed = weight.transposed().contiguous()
    RecurrentRows(count: count).forEachPart { rows in
      let own = rows.lowerBound * units
      for number in (0..<length).reversed() {
        if let states {
          addRows(
            states.elements + own * length + number * units, stride: length * units, to: state.elements + own,
            rows: rows.count, columns: units)
        }
        var step = self.step(number, rows)
        let place = sums.elements + (step.gates - gates.elements)
        var gradient = kilim_step_gradient(state: state.elements + own, cell: cell.elements + own, sums: place)
        Kernels.best.lstmStepGradient(&step, &gradient)
        let product = MatrixProduct(
          m: rows.count, n: units, k: 4 * units, .init(place, stride: step.gateStride, isTransposed: false),
          .init(transposed.elements, stride: units, isTransposed: false))
        product.store(to: state.elements + own, stride: units, accumulates: true)
      }
    }
    extendLifetime((self, sums, state, cell, states, transposed))
    guard needsWeight else { return (sums, state, cell, Tensor(zeros: weight.shape)) }
    let before = self.states.statesBefore(first: firstState, goesBackwards: goesBackwards)
    return (sums, state, cell, before.productOfTimes(with: sums))
  }
}
