import Foundation
import Kilim

/// The original network whole, on one thread and on all.
final class ModelBenchmarks: Benchmark {
  /// A training step of 32 photos: forward, backward, Adam.
  private func trainingStep() throws -> () -> Void {
    let (model, optimizer, loss) = (try originalNetwork(), Adam(), CategoricalCrossEntropy())
    let inputs = random([32, 3, 64, 64])
    let targets = Tensor<Float>(oneHot: Tensor((0..<32).map { Float($0 % 11) }), classCount: 11)
    let (context, parameters) = (Context(.training), model.parameters)
    return {
      let value = loss(model(Variable(inputs), context), targets)
      optimizer.update(parameters, with: value.gradients())
    }
  }

  private func measureTrainingStep() throws { try benchmark(32, "images", trainingStep()) }

  private func measureInference(batch: Int) throws {
    let (model, inputs) = (try originalNetwork(), random([batch, 3, 64, 64]))
    benchmark(Double(batch), "images") { _ = model(inputs) }
  }

  func testTrainingStepBatch32() throws { try measureTrainingStep() }
  func testTrainingStepBatch32OneThread() throws { try onThreads(1) { try measureTrainingStep() } }
  func testInferenceBatch32() throws { try measureInference(batch: 32) }
  func testInferenceBatch32OneThread() throws { try onThreads(1) { try measureInference(batch: 32) } }
  func testInferenceBatch1() throws { try measureInference(batch: 1) }
  func testInferenceBatch1OneThread() throws { try onThreads(1) { try measureInference(batch: 1) } }

  /// How much faster two threads make a training step: steps in turn, the best of each.
  func testTwoThreadsAgainstOne() throws {
    let step = try trainingStep()
    var best = [1: Duration.seconds(1000), 2: .seconds(1000)]
    step()
    for _ in 0..<12 {
      for threads in [1, 2] {
        onThreads(threads) { best[threads] = min(best[threads] ?? .zero, ContinuousClock().measure(step)) }
      }
    }
    let ratio = (best[1] ?? .zero) / (best[2] ?? .zero)
    print("note a training step on two threads is \((ratio * 100).rounded() / 100) times as fast as on one")
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
