import Autograd
import Optim
import Tensor
import TestSupport
import Testing

struct OptimizerTests {
  /// A parameter and the gradients that hold one for it.
  private func pair(_ value: [Float], _ gradient: [Float]) -> (Parameter, Gradients<Float>) {
    let parameter = Parameter(Tensor(value))
    var gradients = Gradients<Float>()
    gradients[parameter] = Tensor(gradient)
    return (parameter, gradients)
  }

  @Test func reportsParametersWithoutGradient() {
    let used = Parameter(Tensor<Float>([1, 2]))
    let unused = Parameter(Tensor<Float>([3]))
    let gradients = (used.variable * used.variable).sum().gradients()
    let optimizer = SGD(learningRate: 0.5, momentum: 0.9, weightDecay: 0.1)
    let withoutGradient = optimizer.update([unused, used], with: gradients)
    #expect(withoutGradient.count == 1 && withoutGradient[0] === unused)
    #expect(unused.value.scalars == [3])
    #expect(used.value.scalars != [1, 2])
    #expect(optimizer.update([used], with: gradients).isEmpty)
    #expect(optimizer.stepCount == 2)
  }

  @Test func changesAParameterListedTwiceOnce() {
    let (parameter, gradients) = pair([1, 2], [1, -1])
    SGD(learningRate: 0.5).update([parameter, parameter], with: gradients)
    #expect(parameter.value.scalars == [0.5, 2.5])
  }

  @Test func stateBelongsToTheParameterNotToItsPlace() {
    let (first, gradients) = pair([0], [1])
    let second = Parameter(Tensor<Float>([0]))
    let optimizer = SGD(learningRate: 1.0, momentum: 0.5)
    optimizer.update([first], with: gradients)
    optimizer.update([second, first], with: gradients)
    #expect(first.value.scalars == [-2.5])
  }

  @Test func learningRateMayChangeBetweenSteps() {
    let (parameter, gradients) = pair([0], [1])
    let optimizer = SGD(learningRate: 1.0)
    optimizer.update([parameter], with: gradients)
    optimizer.learningRate = 0.25
    optimizer.update([parameter], with: gradients)
    #expect(parameter.value.scalars == [-1.25])
  }

  @Test func takesGradientsOfAnyLayout() {
    let parameter = Parameter(Tensor<Float>(zeros: [2, 3]))
    var gradients = Gradients<Float>()
    gradients[parameter] = Tensor<Float>(countingTo: 6).reshaped(to: [3, 2]).transposed()
    SGD(learningRate: 1.0).update([parameter], with: gradients)
    #expect(parameter.value.scalars == [0, -2, -4, -1, -3, -5])
  }

  @Test func leavesCopiesOfTheValueAlone() {
    let (parameter, gradients) = pair([1], [1])
    let copy = parameter.value
    SGD(learningRate: 1.0).update([parameter], with: gradients)
    #expect(copy.scalars == [1])
    #expect(parameter.value.scalars == [0])
  }

  @Test func acceptsEmptyParameters() {
    let (parameter, gradients) = pair([], [])
    #expect(Adam(clipping: .norm(1)).update([parameter], with: gradients).isEmpty)
  }

  @Test func aRuleOfOnesOwnGetsEverythingElse() {
    let (parameter, gradients) = pair([1, 1], [5, -5])
    let optimizer = SignDescent()
    optimizer.update([parameter], with: gradients)
    optimizer.update([parameter], with: gradients)
    #expect(parameter.value.scalars == [0.5, 1.5])
    #expect(optimizer.stepCount == 2)
  }

  /// More elements than one chunk has.
  @Test(arguments: [GradientClipping.globalNorm(3), .norm(2), .value(0.5)])
  func bitsDoNotDependOnTheThreadCount(clipping: GradientClipping) {
    func train(threads: Int) -> [Tensor<Float>] {
      Threads.count = threads
      var generator = RandomGenerator(seed: 3)
      let parameters = [100_003, 40_000].map { Parameter(Tensor(normal: [$0], using: &generator)) }
      let optimizer = Adam(weightDecay: 0.01, clipping: clipping)
      for _ in 0..<3 {
        var gradients = Gradients<Float>()
        for parameter in parameters {
          gradients[parameter] = Tensor(normal: parameter.value.shape, using: &generator)
        }
        optimizer.update(parameters, with: gradients)
      }
      return parameters.map(\.value)
    }
    let before = Threads.count
    defer { Threads.count = before }
    #expect(train(threads: 1) == train(threads: 3))
  }

  @Test func minimizesABowl() {
    for optimizer in [SGD(learningRate: 0.05, momentum: 0.8), Adam(learningRate: 0.1), RMSprop(learningRate: 0.01)]
      as [any Optimizer]
    {
      let parameter = Parameter(Tensor<Float>([3, -2]))
      for _ in 0..<500 {
        let loss = (parameter.variable - 1).squared().sum()
        optimizer.update([parameter], with: loss.gradients())
      }
      for value in parameter.value.scalars { #expect(abs(value - 1) < 0.02, "\(type(of: optimizer))") }
    }
  }

  @Test func stopsAtAGradientOfAnotherShape() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let parameter = Parameter(Tensor<Float>(zeros: [2, 3]))
      var gradients = Gradients<Float>()
      gradients[parameter] = Tensor(zeros: [3, 2])
      SGD().update([parameter], with: gradients)
    }
    expectMessage("update: the gradient is [3, 2], its parameter [2, 3]", in: result)
  }
}

/// Steps of one length along the sign of the gradient.
private final class SignDescent: Optimizer {
  var learningRate: LearningRateSchedule = 0.25
  var state = OptimizerState()
  let slotNames: [String] = []

  func updateElements(_ range: Range<Int>, in step: ParameterStep) {
    for index in range {
      step.move(index, by: step.gradient(at: index) > 0 ? -step.learningRate : step.learningRate)
    }
  }
}
