import Autograd
import Tensor
import TestSupport
import Testing

struct RecurrenceTests {
  /// A step with two states and two weights, in which everything depends on everything.
  private static func step(
    _ input: Variable<Double>, _ states: [Variable<Double>], _ weights: [Variable<Double>]
  ) -> [Variable<Double>] {
    let cell = (input + states[0].matmul(weights[0])).sigmoid() * states[1] + input * weights[1]
    return [cell.tanh() * (states[0] + 1), cell]
  }

  @Test(arguments: [[], .sequence, .states, [.sequence, .states]] as [Variable<Double>.RecurrentResult])
  func gradients(kept: Variable<Double>.RecurrentResult) {
    for goesBackwards in [false, true] {
      for length in [1, 4] {
        expectGradients(at: samples([2, length, 3], [2, 3], [2, 3], [3, 3], [3])) {
          .recurrence(
            over: $0[0], from: [$0[1], $0[2]], weights: [$0[3], $0[4]], goesBackwards: goesBackwards, keeping: kept,
            step: Self.step)
        }
      }
    }
  }

  /// The same as steps on one tape.
  @Test func isTheStepsOneByOne() {
    let point = samples([2, 3, 3], [2, 3], [2, 3], [3, 3], [3])
    let variables = point.map { Variable($0) }
    let result = Variable.recurrence(
      over: variables[0], from: [variables[1], variables[2]], weights: [variables[3], variables[4]],
      goesBackwards: true, keeping: [.sequence, .states], step: Self.step)
    #expect(result.shape == [2, 4, 3])
    var states = [variables[1], variables[2]]
    for (number, time) in [2, 1, 0].enumerated() {
      let input = variables[0].slice(time..<time + 1, axis: 1).reshaped(to: [2, 3])
      states = Self.step(input, states, [variables[3], variables[4]])
      #expect(result.value.select(number, axis: 1) == states[0].value)
    }
    #expect(result.value.select(3, axis: 1) == states[1].value)
    #expect(!result.needsGradient)
  }

  /// An input that no gradient reaches gets zeros, also through steps that do not use it.
  @Test func unusedInputs() {
    let (x, state) = (Variable(tracking: samples([2, 3, 1])[0]), Variable(tracking: samples([2, 1])[0]))
    let y = Variable.recurrence(over: x, from: [state], keeping: .sequence) { _, states, _ in [states[0] * 2] }
    let gradients = y.sum().gradients()
    #expect(gradients[x] == Tensor(zeros: [2, 3, 1]))
    #expect(gradients[state] == Tensor(repeating: 14, shape: [2, 1]))
  }

  /// The last state is a constant where the last input is negative: no gradient reaches the steps before, by the chain rule and
  /// by differences alike.
  @Test func stepsThatDependOnNothing() {
    let x = Variable(tracking: Tensor<Double>(shape: [1, 2, 1], scalars: [3, -1]))
    let (state, weight) = (
      Variable(tracking: Tensor<Double>(ones: [1, 1])), Variable(tracking: Tensor<Double>(ones: [1]))
    )
    func last(_ x: Variable<Double>, _ state: Variable<Double>, _ weight: Variable<Double>) -> Variable<Double> {
      .recurrence(over: x, from: [state], weights: [weight]) { input, states, weights in
        input.value.scalars[0] < 0 ? [Variable(Tensor(ones: [1, 1]))] : [input * states[0] * weights[0]]
      }
    }
    let gradients = last(x, state, weight).sum().gradients()
    #expect(gradients[x] == Tensor(zeros: [1, 2, 1]))
    #expect(gradients[state] == Tensor(zeros: [1, 1]) && gradients[weight] == Tensor(zeros: [1]))
    expectGradients(at: [x.value, state.value, weight.value]) { last($0[0], $0[1], $0[2]) }
  }

  /// Its gradient would be lost.
  @Test func stopsWhereAStepUsesAnotherVariable() async {
    let message = "recurrence: a step uses a variable that needs a gradient and is not among its arguments"
    let behind = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let (x, weight) = (Variable(tracking: Tensor<Double>(ones: [1, 2, 1])), Variable(tracking: Tensor<Double>([3])))
      let state = Variable(Tensor<Double>(ones: [1, 1]))
      let y = Variable.recurrence(over: x, from: [state]) { input, states, _ in [input * states[0] * weight] }
      _ = y.sum().gradients()
    }
    expectMessage(message, in: behind)
    let ahead = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let (x, weight) = (Variable(Tensor<Double>(ones: [1, 2, 1])), Variable(tracking: Tensor<Double>([3])))
      _ = Variable.recurrence(over: x, from: [x.sum([1])]) { input, states, _ in [input * states[0] * weight] }
    }
    expectMessage(message, in: ahead)
  }

  @Test func noStepsAndNoExamples() {
    for (count, length) in [(2, 0), (0, 3)] {
      let x = Variable(tracking: Tensor<Double>(zeros: [count, length, 2]))
      let state = Variable(tracking: Tensor<Double>(ones: [count, 2]))
      for kept in [[], .sequence] as [Variable<Double>.RecurrentResult] {
        let y = Variable.recurrence(over: x, from: [state], keeping: kept) { input, states, _ in [input + states[0]] }
        #expect(y.shape == [count, kept.isEmpty ? 1 : length, 2])
        #expect(y.sum().gradients()[x] == Tensor(zeros: x.shape))
      }
    }
  }

  @Test(arguments: [0, 1, -1])
  func reversed(axis: Int) {
    expectGradients(at: samples([3, 2, 4])) { $0[0].reversed(axis: axis) }
    let x = samples([3, 2, 4])[0]
    #expect(x.reversed(axis: axis).reversed(axis: axis) == x)
    #expect(x.reversed(axis: 0).select(0) == x.select(2))
  }
}
