import Autograd
import Tensor
import TestSupport
import Testing

/// The gated recurrences as one operation, held to the same steps one by one in `Double`.
struct GatedRecurrenceTests {
  /// Sizes below, at and above those of vectors and parts of a batch.
  struct Sizes: Sendable, CustomStringConvertible {
    let count, length, units: Int
    var description: String { "\(count) × \(length) × \(units)" }
  }

  static let sizes = [
    Sizes(count: 1, length: 1, units: 1), Sizes(count: 3, length: 4, units: 5), Sizes(count: 2, length: 3, units: 16),
    Sizes(count: 17, length: 3, units: 33), Sizes(count: 40, length: 6, units: 8),
  ]

  /// What a recurrence is given, with the marks of its times in a last column of the inputs.
  private struct Case {
    let inputs: Tensor<Double>
    let states: [Tensor<Double>]
    let weights: [Tensor<Double>]
    let mask: Tensor<Bool>?
    let goesBackwards: Bool

    init(_ sizes: Sizes, gates: Int, states: Int, hasMask: Bool, hasBias: Bool, goesBackwards: Bool) {
      let (n, t, u) = (sizes.count, sizes.length, sizes.units)
      func values(_ shape: Shape, _ seed: UInt64) -> Tensor<Double> {
        (sample(shape, seed: seed) as Tensor<Float>).toDouble() * 0.5
      }
      inputs = values([n, t, gates * u], 1)
      self.states = (0..<states).map { values([n, u], 2 + UInt64($0)) }
      weights = [values([u, gates * u], 5)] + (hasBias ? [values([gates * u], 6)] : [])
      mask = hasMask ? (sample([n, t], seed: 7) as Tensor<Double>) .> -1 : nil
      self.goesBackwards = goesBackwards
    }

    /// The recurrence in steps of `Double`, and its gradients.
    func expected(
      _ kept: Variable<Double>.RecurrentResult, _ upstream: Tensor<Double>,
      _ step: @escaping (Variable<Double>, [Variable<Double>], [Variable<Double>]) -> [Variable<Double>]
    ) -> (result: Tensor<Double>, gradients: [Tensor<Double>]) {
      let width = inputs.shape[2]
      let marks = Tensor<Double>(ones: [inputs.shape[0], inputs.shape[1], 1])
      let marked = mask.map { marks.masked(by: $0.expandingShape(at: 2)) } ?? marks
      let variables = ([inputs] + states + weights).map { Variable(tracking: $0) }
      let (first, others) = (Array(variables[1..<1 + states.count]), Array(variables[(1 + states.count)...]))
      let result = Variable.recurrence(
        over: Variable(concatenating: [variables[0], Variable(marked)], axis: 2), from: first, weights: others,
        goesBackwards: goesBackwards, keeping: kept
      ) { input, before, weights in
        let mark = input.slice(width..<width + 1, axis: 1)
        let after = step(input.slice(0..<width, axis: 1), before, weights)
        return zip(before, after).map { $0 * (1 - mark) + $1 * mark }
      }
      let gradients = (result * Variable(upstream)).sum().gradients()
      return (result.value, variables.map { gradients[$0] ?? Tensor(zeros: $0.shape) })
    }

    /// The same as one operation of `Float`.
    func found(
      _ upstream: Tensor<Double>,
      _ operation: (Variable<Float>, [Variable<Float>], [Variable<Float>], Tensor<Bool>?) -> Variable<Float>
    ) -> (result: Tensor<Float>, gradients: [Tensor<Float>]) {
      let variables = ([inputs] + states + weights).map { Variable(tracking: $0.toFloat()) }
      let result = operation(
        variables[0], Array(variables[1..<1 + states.count]), Array(variables[(1 + states.count)...]), mask)
      let gradients = (result * Variable(upstream.toFloat())).sum().gradients()
      return (result.value, variables.map { gradients[$0] ?? Tensor(zeros: $0.shape) })
    }
  }

  /// Sums of up to 240 products of numbers below 2 are rounded.
  private func expectSame(
    _ found: (result: Tensor<Float>, gradients: [Tensor<Float>]),
    _ expected: (result: Tensor<Double>, gradients: [Tensor<Double>]), _ words: String
  ) {
    #expect(deviation(found.result.toDouble(), from: expected.result) < 2e-6, "\(words)")
    for (index, pair) in zip(found.gradients, expected.gradients).enumerated() {
      #expect(deviation(pair.0.toDouble(), from: pair.1) < 2e-5, "gradient \(index), \(words)")
    }
  }

  @Test(arguments: sizes) func lstmIsItsSteps(sizes: Sizes) {
    for (hasMask, goesBackwards) in [(false, false), (true, false), (false, true), (true, true)] {
      let example = Case(
        sizes, gates: 4, states: 2, hasMask: hasMask, hasBias: false, goesBackwards: goesBackwards)
      for kept in [[], .sequence, .states, [.sequence, .states]] as [Variable<Double>.RecurrentResult] {
        let length =
          (kept.contains(.sequence) ? sizes.length : 1) + (kept.contains(.states) ? 1 : 0)
        let upstream: Tensor<Double> = sample([sizes.count, length, sizes.units], seed: 9)
        let expected = example.expected(kept, upstream) { input, states, weights in
          let sums = input + states[0].matmul(weights[0])
          let gates = (0..<4).map { sums.slice($0 * sizes.units..<($0 + 1) * sizes.units, axis: 1) }
          let cell = gates[1].sigmoid() * states[1] + gates[0].sigmoid() * gates[2].tanh()
          return [gates[3].sigmoid() * cell.tanh(), cell]
        }
        let found = example.found(upstream) { inputs, states, weights, mask in
          .lstm(
            over: inputs, from: states, weight: weights[0], mask: mask, goesBackwards: goesBackwards,
            keeping: .init(rawValue: kept.rawValue))
        }
        expectSame(found, expected, "mask \(hasMask), backwards \(goesBackwards), kept \(kept.rawValue)")
      }
    }
  }

  @Test(arguments: sizes) func gruIsItsSteps(sizes: Sizes) {
    for (hasMask, goesBackwards) in [(false, false), (true, false), (false, true), (true, true)] {
      let example = Case(
        sizes, gates: 3, states: 1, hasMask: hasMask, hasBias: !goesBackwards, goesBackwards: goesBackwards)
      for kept in [[], .sequence] as [Variable<Double>.RecurrentResult] {
        let length = kept.contains(.sequence) ? sizes.length : 1
        let upstream: Tensor<Double> = sample([sizes.count, length, sizes.units], seed: 9)
        let expected = example.expected(kept, upstream) { input, states, weights in
          let product = states[0].matmul(weights[0])
          let biased = weights.count > 1 ? product + weights[1] : product
          func part(_ x: Variable<Double>, _ gate: Int) -> Variable<Double> {
            x.slice(gate * sizes.units..<(gate + 1) * sizes.units, axis: 1)
          }
          let update = (part(input, 0) + part(biased, 0)).sigmoid()
          let reset = (part(input, 1) + part(biased, 1)).sigmoid()
          let candidate = (part(input, 2) + reset * part(biased, 2)).tanh()
          return [update * states[0] + (1 - update) * candidate]
        }
        let found = example.found(upstream) { inputs, states, weights, mask in
          .gru(
            over: inputs, from: states[0], weight: weights[0], bias: weights.count > 1 ? weights[1] : nil, mask: mask,
            goesBackwards: goesBackwards, keeping: .init(rawValue: kept.rawValue))
        }
        expectSame(found, expected, "mask \(hasMask), backwards \(goesBackwards), kept \(kept.rawValue)")
      }
    }
  }

  @Test func theSameBitsOnAnyNumberOfThreads() {
    let (lstm, gru) = (
      Case(
        Sizes(count: 70, length: 5, units: 24), gates: 4, states: 2, hasMask: true, hasBias: false, goesBackwards: false
      ),
      Case(
        Sizes(count: 70, length: 5, units: 24), gates: 3, states: 1, hasMask: true, hasBias: true, goesBackwards: false)
    )
    let upstream: Tensor<Double> = sample([70, 5, 24], seed: 9)
    let results = resultsOnEveryThreadCount {
      let first = lstm.found(upstream) { inputs, states, weights, mask in
        .lstm(
          over: inputs, from: states, weight: weights[0], mask: mask, goesBackwards: false, keeping: .sequence)
      }
      let second = gru.found(upstream) { inputs, states, weights, mask in
        .gru(
          over: inputs, from: states[0], weight: weights[0], bias: weights[1], mask: mask, goesBackwards: false,
          keeping: .sequence)
      }
      return [first.result, second.result] + first.gradients + second.gradients
    }
    for result in results { #expect(result == results[0]) }
  }
}
