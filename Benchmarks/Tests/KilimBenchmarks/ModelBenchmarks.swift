import Foundation
import Kilim

/// The original network whole.
final class ModelBenchmarks: Benchmark {
  func testTrainingStepBatch32() throws {
    let (model, optimizer, loss) = (try originalNetwork(), Adam(), CategoricalCrossEntropy())
    let inputs = random([32, 3, 64, 64])
    let targets = Tensor<Float>(oneHot: Tensor((0..<32).map { Float($0 % 11) }), classCount: 11)
    let context = Context(.training)
    benchmark(32, "images") {
      let value = loss(model(Variable(inputs), context), targets)
      optimizer.update(model.parameters, with: value.gradients())
    }
  }

  func testInferenceBatch32() throws {
    let (model, inputs) = (try originalNetwork(), random([32, 3, 64, 64]))
    benchmark(32, "images") { _ = model(inputs) }
  }

  func testInferenceBatch1() throws {
    let (model, inputs) = (try originalNetwork(), random([1, 3, 64, 64]))
    benchmark(1, "images") { _ = model(inputs) }
  }

  /// 7 MB of weights and 15 MB of the optimizer's state.
  private func trained() throws -> KerasFile {
    let (model, optimizer) = (try originalNetwork(), Adam())
    let loss = CategoricalCrossEntropy()
    let value = loss(
      model(Variable(random([2, 3, 64, 64])), Context(.training)), Tensor(oneHot: Tensor([0, 1]), classCount: 11))
    optimizer.update(model.parameters, with: value.gradients())
    return KerasFile(model: model, training: KerasTraining(optimizer: optimizer, loss: loss))
  }

  func testSaveWithTraining() throws {
    let file = try trained()
    let path = NSTemporaryDirectory() + "kilim-benchmark.keras"
    defer { unlink(path) }
    try benchmark(1, "files") { try file.write(to: path) }
  }

  func testLoadWithTraining() throws {
    let path = NSTemporaryDirectory() + "kilim-benchmark.keras"
    defer { unlink(path) }
    try trained().write(to: path)
    try benchmark(1, "files") { _ = try KerasFile(contentsOf: path) }
  }
}
