import Autograd
import NN
import Tensor
import TestSupport
import Testing

/// What the losses accept, and what they do at the ends of their range.
struct LossCheckTests {
  private static let all: [any Loss] = [
    .meanAbsoluteError, .meanAbsolutePercentageError, .meanSquaredLogarithmicError, .huber, .logCosh, .poisson, .hinge,
    .squaredHinge, .categoricalHinge, .klDivergence, .cosineSimilarity, .categoricalFocalCrossEntropy(),
    .binaryFocalCrossEntropy(),
  ]

  @Test(arguments: all)
  func shapesThatDifferThrow(loss: any Loss) {
    #expect(throws: TargetError.self) { try loss.check(predicted: [3, 2], expected: Tensor(zeros: [3])) }
    #expect(throws: TargetError.self) { try loss.check(predicted: [3, 1], expected: Tensor(zeros: [3])) }
    #expect(throws: Never.self) { try loss.check(predicted: [3, 2], expected: Tensor(zeros: [3, 2])) }
  }

  @Test func aClassAxisIsNeeded() {
    for loss in [.categoricalHinge, .klDivergence, .cosineSimilarity, .categoricalFocalCrossEntropy()] as [any Loss] {
      #expect(throws: TargetError.self) { try loss.check(predicted: [3], expected: Tensor(zeros: [3])) }
    }
    #expect(throws: TargetError.self) {
      try CategoricalFocalCrossEntropy(alpha: [1, 2]).check(predicted: [3, 4], expected: Tensor(zeros: [3, 4]))
    }
  }

  @Test(arguments: all)
  func nothingGivesNothing(loss: any Loss) throws {
    let predicted = Variable(tracking: Tensor<Float>(zeros: [0, 3]))
    let each = loss.perExample(predicted: predicted, expected: Tensor(zeros: [0, 3]))
    #expect(each.shape == [0])
    #expect(each.sum().gradients()[predicted]?.shape == [0, 3])
  }

  @Test func theyFollowTheirMeaning() {
    func names(_ loss: any Loss) -> [String] { loss.defaultMetrics.map(\.name) }
    #expect(
      Self.all.map { $0.outputMeaning } == [
        .values, .values, .values, .values, .values, .values, nil, nil, nil, .probabilities, .values, .probabilities,
        .binaryProbabilities,
      ])
    #expect(names(.categoricalHinge) == ["accuracy"] && names(.klDivergence) == ["accuracy"])
    #expect(names(.huber) == [] && names(.hinge) == [] && names(.cosineSimilarity) == [])
    #expect(names(.binaryFocalCrossEntropy()) == ["accuracy"])
    #expect(BinaryFocalCrossEntropy(fromLogits: true).outputMeaning == .binaryLogits)
    #expect(CategoricalFocalCrossEntropy(fromLogits: true).outputMeaning == .logits)
  }

  /// The worst mistakes teach: (1 - p)^γ is 1 there.
  @Test func saturatedFocalLossesTeach() throws {
    let logits = Variable(tracking: Tensor<Float>(shape: [1, 2], scalars: [200, 0]))
    let wrong = Tensor<Float>(shape: [1, 2], scalars: [0, 1])
    for loss in [.categoricalFocalCrossEntropy(alpha: [1]), .categoricalFocalCrossEntropy(alpha: [1], gamma: 0.5)]
      as [any Loss]
    {
      let value = loss(logits.softmax(), wrong)
      #expect(value.value.scalar == 200)
      #expect(value.gradients()[logits] == Tensor(shape: [1, 2], scalars: [1, -1]))
    }
    let one = Variable(tracking: Tensor<Float>(shape: [2, 1], scalars: [-200, 200]))
    for gamma in [0, 0.5, 2] as [Float] {
      let value = BinaryFocalCrossEntropy(gamma: gamma)(one.sigmoid(), Tensor(shape: [2, 1], scalars: [1, 1]))
      #expect(value.value.scalar == 100)
      #expect(value.gradients()[one] == Tensor(shape: [2, 1], scalars: [-0.5, 0]))
    }
  }

  @Test func largeErrorsDoNotOverflow() throws {
    let error = Variable(tracking: Tensor<Float>(shape: [2, 1], scalars: [1e30, -1e30]))
    let loss = LogCosh()(error, Tensor(zeros: [2, 1]))
    #expect(loss.value.scalar == 1e30)
    #expect(loss.gradients()[error] == Tensor(shape: [2, 1], scalars: [0.5, -0.5]))
  }

  /// A vector of zeros has no direction.
  @Test func zerosHaveNoSimilarity() throws {
    let zeros = Variable(tracking: Tensor<Float>(zeros: [1, 2]))
    let loss = CosineSimilarity()(zeros, Tensor(shape: [1, 2], scalars: [3, 4]))
    #expect(loss.value.scalar == 0)
    let gradient = try #require(loss.gradients()[zeros]).scalars
    #expect(abs(gradient[0] / -6e6 - 1) < 1e-6 && abs(gradient[1] / -8e6 - 1) < 1e-6)
  }

  @Test func numbersOutsideTheirRangeStop() async {
    await #expect(processExitsWith: .failure) { _ = Huber(delta: -1) }
    await #expect(processExitsWith: .failure) { _ = BinaryFocalCrossEntropy(gamma: -1) }
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = CategoricalFocalCrossEntropy(gamma: .nan)
    }
    expectMessage("CategoricalFocalCrossEntropy: gamma is nan, at least 0 is needed", in: result)
  }
}
