import Autograd
import NN
import Tensor
import TestSupport
import Testing
import Training

/// A mistake inside a loss or metric of a user's own stops with its name.
struct StopPlaceTests {
  private struct ColumnLoss: Loss {
    func perExample(predicted: Variable<Float>, expected: Tensor<Float>) -> Variable<Float> {
      (predicted - Variable(expected.sum([1]))).squared().mean([1])
    }
  }

  private struct ColumnError: Metric {
    var name: String { "column_error" }
    var value: Double { 0 }
    mutating func update(predicted: Tensor<Float>, expected: Tensor<Float>) { _ = predicted - expected.sum([1]) }
    mutating func reset() {}
  }

  @Test func aLossIsNamed() async {
    let inFit = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      try Toy.model().fit(Toy.data(), loss: ColumnLoss(), progress: .silent)
    }
    expectMessage("Fatal error: the loss ColumnLoss: -: shapes do not broadcast: [32, 2] and [32]", in: inFit)
    let alone = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = ColumnLoss()(Variable(Tensor(zeros: [3, 2])), Tensor(zeros: [3, 2]))
    }
    expectMessage("Fatal error: the loss ColumnLoss: -: shapes do not broadcast: [3, 2] and [3]", in: alone)
  }

  @Test func aMetricIsNamed() async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      _ = try Toy.model().evaluate(Toy.data(), loss: .categoricalCrossEntropy, metrics: [ColumnError()])
    }
    expectMessage("Fatal error: the metric column_error: -: shapes do not broadcast: ", in: result)
  }
}
