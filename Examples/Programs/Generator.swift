import Kilim

// Examples that a program makes, without an end: an epoch has as many batches as `stepsPerEpoch` says.
let generator = try GeneratedBatches(
  stepsPerEpoch: 20, batchSize: 32, target: String.self, targetNames: ["inside", "outside"],
  rows: { epoch in
    var random = RandomGenerator(seed: 7, stream: UInt64(epoch))
    return {
      let point = (0..<2).map { _ in Float(2 * random.uniform() - 1) }
      return (point, point[0] * point[0] + point[1] * point[1] < 0.6 ? "inside" : "outside")
    }
  })
let model = try Sequential(input: generator.inputShape) {
  Dense(16, activation: .relu)
  Dense(2, activation: .softmax)
}
let history = try model.fit(
  generator, epochs: 4, optimizer: Adam(learningRate: 0.02), loss: .categoricalCrossEntropy, progress: .silent)
print(history["accuracy"])
