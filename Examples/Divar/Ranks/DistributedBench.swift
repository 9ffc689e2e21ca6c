import Foundation
import Kilim

/// Times the training steps of several processes, as `fit` makes them, on random data.
struct DistributedBench {
  let model: Model
  let distribution: Distribution
  /// The number of examples of each process in a step.
  let batchSize: Int
  let warmUp: Int
  let steps: Int

  /// The time of each step after the warm-up, in milliseconds.
  func run() throws -> [Double] {
    var generator = RandomGenerator(seed: 1)
    let count = batchSize * distribution.size
    let (shape, classes) = (model.inputShapes[0], model.outputShapes[0][0])
    let images = Tensor<Float>(uniform: Shape([4 * count] + shape), using: &generator)
    let labels = (0..<4 * count).map { _ in Float(generator.integer(below: classes)) }
    let data = try TensorDataset(inputs: images, targets: Tensor(oneHot: Tensor(labels), classCount: classes))
    let clock = StepClock(count: warmUp + steps)
    _ = try model.fit(
      data, epochs: (warmUp + steps + 3) / 4, batchSize: count, loss: .categoricalCrossEntropy, metrics: [],
      callbacks: [clock], progress: .silent, distribution: distribution)
    return Array(clock.times.dropFirst(warmUp))
  }
}

/// The times of steps, which ends a training after a number of them.
private final class StepClock: Callback {
  private let count: Int
  private(set) var times: [Double] = []
  private var begin = ContinuousClock.now

  init(count: Int) { self.count = count }

  func batchBegan(_ start: BatchStart) { begin = .now }

  func batchEnded(_ report: BatchReport) -> TrainingDecision {
    times.append((ContinuousClock.now - begin) / .milliseconds(1))
    return times.count == count ? .stop : .proceed
  }
}
