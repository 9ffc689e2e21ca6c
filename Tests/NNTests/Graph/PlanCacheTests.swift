import Autograd
import Tensor
import TestSupport
import Testing

@testable import NN

/// A model keeps few plans, however it is called.
struct PlanCacheTests {
  private func model() throws -> Sequential {
    try Sequential(input: [3, 16, 16], seed: 4) {
      Conv2D(8, kernelSize: 3, padding: .same, activation: .relu)
      BatchNorm()
      GlobalAveragePool2D()
      Dense(2)
    }
  }

  /// Every answer to whether dropout drops, normalization uses the batch and gradients are recorded.
  private var contexts: [Context] {
    (0..<8).map { Context(appliesDropout: $0 & 1 > 0, usesBatchStatistics: $0 & 2 > 0, recordsGradients: $0 & 4 > 0) }
  }

  /// Layers that are frozen and freed again make the former plans useless, also in a program that records no gradients.
  @Test(arguments: [false, true])
  func plansOfFormerAnswersAreDropped(recordsGradients: Bool) throws {
    let (model, cache) = (try model(), PlanCache())
    for round in 0..<100 {
      model.isTrainable = round % 2 == 0
      for context in contexts where recordsGradients || !context.recordsGradients {
        for needsGradient in [true, false] {
          let kind = CallKind(context, inputsNeedGradient: needsGradient)
          _ = cache.plan(for: kind) { Plan(model, kind) }
          #expect(cache.count <= 16)
        }
      }
    }
  }

  /// One plan serves inputs of every size, and gives what the layers give one by one.
  @Test func onePlanServesEverySize() throws {
    let (model, cache) = (try model(), PlanCache())
    for size in 4..<104 {
      let x: Tensor<Float> = sample([1, 3, size, size % 7 + 4], seed: UInt64(size))
      let kind = CallKind(Context(.inference), inputsNeedGradient: false)
      let planned = cache.plan(for: kind) { Plan(model, kind) }.run([Variable(x)], Context(.inference), in: model)
      let expected = model.layers.reduce(Variable(x)) { $1($0, Context(.inference)) }
      #expect(deviation(planned[0].value, from: expected.value) < 1e-5)
    }
    #expect(cache.count == 1)
  }

  /// A plan that a task holds while another one freezes the normalization still drops.
  @Test func aFrozenNormalizationDrops() throws {
    let norm = BatchNorm()
    _ = try Sequential(input: [4], layers: [norm])
    norm.isTrainable = false
    let (x, context) = (Variable(sample([8, 4]) as Tensor<Float>), Context(.training, seed: 3))
    let mask = try #require(Dropout(0.5).mask(for: x.value, context))
    let expected = norm(x.masked(by: mask.kept, scale: mask.scale), context)
    #expect(norm.normalize(x, dropping: mask, context).value == expected.value)
  }
}
