import Autograd
import Tensor
import TestSupport
import Testing

struct GradientsTests {
  @Test func usesAddUp() {
    let x = Variable(tracking: Tensor<Double>([2, 3]))
    let y = x * x
    let gradients = (y * x + y + x + 1).sum().gradients()
    #expect(gradients[x]?.scalars == [17, 34])  // 3x² + 2x + 1
  }

  /// Two paths of different lengths to one node: it must wait for both.
  @Test func longAndShortPathsMeet() {
    expectGradients(at: samples([3])) { v in
      let shared = v[0].tanh()
      var long = shared
      for _ in 0..<5 { long = (long * 1.1).sigmoid() }
      return long * shared + shared.exp()
    }
  }

  @Test func onlyWhatWasReachedHasAGradient() {
    let (x, y) = (Variable(tracking: Tensor<Double>([1])), Variable(tracking: Tensor<Double>([2])))
    let product = x * y
    let gradients = product.sum().gradients()
    #expect(gradients[x]?.scalars == [2])
    #expect(gradients[Variable(tracking: Tensor<Double>([1]))] == nil)
    #expect(gradients[x.detached()] == nil)
    #expect(gradients[product] == nil)
  }

  @Test func aVariableIsItsOwnGradientsRoot() {
    let x = Variable(tracking: Tensor<Double>(scalar: 5))
    #expect(x.gradients()[x]?.scalar == 1)
  }

  @Test func aScalarMayHaveAnyRank() {
    let x = Variable(tracking: Tensor<Double>(shape: [1, 1], scalars: [3]))
    #expect((x * x).gradients()[x] == Tensor(shape: [1, 1], scalars: [6]))
  }

  @Test func backwardTwiceStops() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let x = Variable(tracking: Tensor<Double>([1, 2]))
      let loss = (x * x).sum()
      _ = loss.gradients()
      _ = loss.gradients()
    }
    expectMessage("gradients: the tape was walked back from here before", in: result)
  }

  @Test func backwardThroughASharedPartTwiceStops() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let x = Variable(tracking: Tensor<Double>([1, 2]))
      let shared = x.exp()
      _ = shared.sum().gradients()
      _ = (shared * 2).sum().gradients()
    }
    expectMessage("gradients: the tape was walked back from here before", in: result)
  }

  @Test func nonScalarStops() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = (Variable(tracking: Tensor<Double>([1, 2])) * 2).gradients()
    }
    expectMessage("gradients: a scalar is needed, the variable has shape [2]", in: result)
  }

  @Test func constantStops() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = Variable(Tensor<Double>([1, 2])).sum().gradients()
    }
    expectMessage(
      "gradients: the variable depends on no variable or parameter that needs a gradient. The usual reasons: the model was "
        + "called without Context(.training)", in: result)
  }
}

extension GradientsTests {
  @Test func gradientsAreListedAddedAndScaled() {
    let (first, second, third) = (
      Parameter(Tensor<Float>([1, 2])), Parameter(Tensor<Float>([3])), Parameter(Tensor<Float>([4]))
    )
    let a = (first.variable.squared().sum() + second.variable.sum()).gradients()
    let b = (second.variable * third.variable).sum().gradients()
    #expect(Set(a.parameters.map(ObjectIdentifier.init)) == [ObjectIdentifier(first), ObjectIdentifier(second)])
    let sum = a + b
    #expect(sum.count == 3 && !sum.isEmpty)
    #expect(sum[first]?.scalars == [2, 4] && sum[second]?.scalars == [5] && sum[third]?.scalars == [3])
    let half = sum.scaled(by: 0.5)
    #expect(half[first]?.scalars == [1, 2] && half[second]?.scalars == [2.5])
    // The operands keep theirs.
    #expect(a.count == 2 && a[second]?.scalars == [1] && b[second]?.scalars == [4])
  }

  @Test func aGradientIsSetAndTakenAway() {
    let parameter = Parameter(Tensor<Float>([1]))
    var gradients = Gradients<Float>()
    #expect(gradients.isEmpty)
    gradients[parameter] = nil
    gradients[parameter] = Tensor([2])
    gradients[parameter] = Tensor([3])
    #expect(gradients.parameters.count == 1 && gradients[parameter]?.scalars == [3])
    gradients[parameter] = nil
    #expect(gradients.isEmpty && gradients.parameters.isEmpty && gradients[parameter] == nil)
    var other = Gradients<Float>()
    other[parameter] = Tensor([5])
    #expect((gradients + other)[parameter]?.scalars == [5])
    #expect((Gradients<Float>() + other).scaled(by: 2)[parameter]?.scalars == [10])
  }

  @Test func gradientsOfVariablesAreAddedToo() {
    let x = Variable(tracking: Tensor<Double>([2]))
    let sum = (x * x).sum().gradients() + x.sum().gradients()
    #expect(sum[x]?.scalars == [5])
  }

  @Test func gradientsOfOtherShapesStop() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      let parameter = Parameter(Tensor<Float>([1]))
      var (a, b) = (Gradients<Float>(), Gradients<Float>())
      a[parameter] = Tensor([1, 2])
      b[parameter] = Tensor([1])
      _ = a + b
    }
    expectMessage("Gradients: gradients of shapes [2] and [1] are added", in: result)
  }
}

extension GradientsTests {
  /// The gradient of a parameter that is used twice comes when its last use was walked, before that of earlier ones.
  @Test func aParameterIsReadyWithItsLastUse() throws {
    let (first, shared, last) = (Parameter(Tensor([2])), Parameter(Tensor([3])), Parameter(Tensor([5])))
    let y = first.variable * shared.variable
    let result = (y * shared.variable * last.variable).sum()
    var ready: [(Parameter, Tensor<Float>)] = []
    let gradients = result.gradients { ready.append(($0, $1)) }
    #expect(ready.map { $0.0 === last ? "last" : $0.0 === shared ? "shared" : "first" } == ["last", "first", "shared"])
    for (parameter, gradient) in ready { #expect(gradients[parameter] == gradient) }
    #expect(ready.map { $0.1.scalars } == [[18], [45], [60]])
  }
}
