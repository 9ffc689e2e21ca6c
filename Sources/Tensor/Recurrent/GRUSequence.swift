import CKernels

/// All steps of gated recurrent units over a batch of sequences, with the reset behind the product, and what their gradients need.
///
/// With the parts x of the input and p = h' u + d of the state for each gate: z = σ(x + p), r = σ(x + p), g = tanh (x + r p) and
/// h = z h' + (1 - z) g, where h' is the state before the step. Where a mask leaves a time out, it stays as it is.
///
/// Shapes: inputs `[N, T, 3 U]`, state `[N, U]`, weight `[U, 3 U]`, bias `[3 U]`. Cost: 6 N T U² operations, and twice as many for
/// the gradients.
package struct GRUSequence: Sendable {
  /// The state after each step, in the order of the steps, `[N, T, U]`.
  package let states: Tensor<Float>
  private let firstState, weight, inputs: Tensor<Float>
  /// z, r, g and the state's part of g at each time, `[N, T, 4 U]`.
  private let gates: Tensor<Float>
  private let mask: RecurrentMask
  private let goesBackwards: Bool

  /// Takes all steps. Stops if the shapes do not fit.
  ///
  /// - Parameters:
  ///   - inputs: the parts of the input for z, r and g.
  ///   - state: h' of the first step.
  ///   - weight: u.
  ///   - bias: d; `nil` for 0.
  ///   - mask: which times count, `[N, T]`; `nil` for all.
  ///   - goesBackwards: whether the first step is that of the last time.
  package init(
    inputs: Tensor<Float>, state: Tensor<Float>, weight: Tensor<Float>, bias: Tensor<Float>?, mask: Tensor<Bool>?,
    goesBackwards: Bool
  ) {
    let (count, length, units) = (inputs.shape[0], inputs.shape[1], state.shape[1])
    require(
      inputs.shape == [count, length, 3 * units] && state.shape == [count, units] && weight.shape == [units, 3 * units]
        && bias?.shape ?? [3 * units] == [3 * units] && mask?.shape ?? [count, length] == [count, length],
      "GRUSequence: inputs \(inputs.shape), state \(state.shape), weight \(weight.shape)")
    (firstState, self.weight, self.inputs) = (state.contiguous(), weight.contiguous(), inputs.contiguous())
    (self.mask, self.goesBackwards) = (RecurrentMask(mask), goesBackwards)
    gates = Tensor(unsafeUninitialized: Layout(rowMajor: [count, length, 4 * units]))
    states = Tensor(unsafeUninitialized: Layout(rowMajor: [count, length, units]))
    let bias = (bias ?? Tensor(zeros: [3 * units])).contiguous()
    RecurrentRows(count: count).forEachPart { rows in
      let products = Storage<Float>(count: rows.count * 3 * units)
      for number in 0..<length {
        for row in 0..<rows.count {
          (products.pointer + row * 3 * units).update(from: bias.elements, count: 3 * units)
        }
        var step = self.step(number, rows, products.pointer)
        let product = MatrixProduct(
          m: rows.count, n: 3 * units, k: units, .init(step.before, stride: step.beforeStride, isTransposed: false),
          .init(self.weight.elements, stride: 3 * units, isTransposed: false))
        product.store(to: products.pointer, stride: 3 * units, accumulates: true)
        Kernels.best.gruStep(&step)
      }
      extendLifetime(products)
    }
    extendLifetime((self, bias))
  }

  /// The addresses of a step for some rows.
  ///
  /// - Parameter products: the state's parts; a gradient does not look at them.
  private func step(_ number: Int, _ rows: Range<Int>, _ products: UnsafePointer<Float>) -> kilim_gru {
    let (length, units, row) = (states.shape[1], states.shape[2], rows.lowerBound)
    let time = goesBackwards ? length - 1 - number : number
    let before =
      number == 0 ? firstState.elements + row * units : states.elements + (row * length + number - 1) * units
    return kilim_gru(
      rows: rows.count, units: units, inputs: inputs.elements + (row * length + time) * 3 * units,
      inputStride: length * 3 * units, products: products, gates: gates.elements + (row * length + time) * 4 * units,
      gateStride: length * 4 * units, before: before, beforeStride: number == 0 ? units : length * units,
      state: states.elements + (row * length + number) * units, afterStride: length * units,
      mask: mask.mark(row: row, time: time), maskStride: mask.stride)
  }

  /// The gradients with respect to inputs, first state, weight and bias.
  ///
  /// - Parameters:
  ///   - states: the gradient with respect to the state after each step; `nil` for 0.
  ///   - state: that with respect to the state after the last step, beside the former.
  ///   - needsWeight: whether the gradients of weight and bias are needed; they are 0 otherwise.
  package func gradients(
    ofStates states: Tensor<Float>?, state: Tensor<Float>, needsWeight: Bool
  ) -> (inputs: Tensor<Float>, state: Tensor<Float>, weight: Tensor<Float>, bias: Tensor<Float>) {
    let (count, length, units) = (self.states.shape[0], self.states.shape[1], self.states.shape[2])
    let sums = Tensor<Float>(unsafeUninitialized: inputs.layout)
    let products = Tensor<Float>(unsafeUninitialized: inputs.layout)
    let (state, states) = (state.copied(), states?.contiguous())
    let transposed = weight.transposed().contiguous()
    RecurrentRows(count: count).forEachPart { rows in
      let own = rows.lowerBound * units
      for number in (0..<length).reversed() {
        if let states {
          addRows(
            states.elements + own * length + number * units, stride: length * units, to: state.elements + own,
            rows: rows.count, columns: units)
        }
        var step = self.step(number, rows, inputs.elements)
        let offset = UnsafePointer(step.inputs) - UnsafePointer(inputs.elements)
        var gradient = kilim_step_gradient(state: state.elements + own, cell: nil, sums: sums.elements + offset)
        Kernels.best.gruStepGradient(&step, &gradient, products.elements + offset)
        let product = MatrixProduct(
          m: rows.count, n: units, k: 3 * units,
          .init(products.elements + offset, stride: step.inputStride, isTransposed: false),
          .init(transposed.elements, stride: units, isTransposed: false))
        product.store(to: state.elements + own, stride: units, accumulates: true)
      }
    }
    extendLifetime((self, sums, products, state, states, transposed))
    guard needsWeight else { return (sums, state, Tensor(zeros: weight.shape), Tensor(zeros: [3 * units])) }
    let before = self.states.statesBefore(first: firstState, goesBackwards: goesBackwards)
    return (sums, state, before.productOfTimes(with: products), products.sum([0, 1]))
  }
}
