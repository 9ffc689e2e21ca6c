import Tensor
import Testing

@testable import Data

/// The parts of a batch that several processes compute.
struct BatchPartTests {
  @Test func partsCoverABatchOnce() {
    for count in 1...7 {
      for examples in 0...40 {
        let ranges = (0..<count).map { BatchPart(index: $0, count: count).range(of: examples) }
        #expect(ranges.flatMap(Array.init) == Array(0..<examples))
        let sizes = ranges.map(\.count)
        #expect((sizes.max() ?? 0) - (sizes.min() ?? 0) <= 1)
      }
    }
  }

  /// Joined, the parts are the batches of one process, in the same order, with augmentation and weights.
  @Test(arguments: [1, 2, 3, 5])
  func partsJoinedAreTheWholeBatches(count: Int) throws {
    let inputs = Tensor<Float>(shape: [13, 3, 4, 4], scalars: (0..<13 * 48).map { Float($0) / 700 })
    let data = try TensorDataset(
      inputs: inputs, targets: Tensor((0..<13).map { Float($0) }), sampleWeights: (0..<13).map { Float($0) })
    var loader = try BatchLoader(data, batchSize: 4, seed: 3, augmentation: .standard)
    func batches() throws -> [Batch] {
      let stream = loader.batches(epoch: 1)
      var result: [Batch] = []
      while let batch = try stream.next() { result.append(batch) }
      return result
    }
    let whole = try batches()
    let parts = try (0..<count).map { index in
      loader.part = BatchPart(index: index, count: count)
      return try batches()
    }
    for (index, batch) in whole.enumerated() {
      let own = parts.map { $0[index] }
      #expect(Tensor(concatenating: own.map(\.inputs)).scalars == batch.inputs.scalars)
      #expect(Tensor(concatenating: own.map(\.targets)).scalars == batch.targets.scalars)
      #expect(Tensor(concatenating: own.compactMap(\.weights)).scalars == batch.weights?.scalars)
      #expect(loader.exampleCount(ofBatch: index) == batch.count)
    }
  }

  /// Every second batch of a data set and of a generator.
  @Test func everyNthBatchIsMade() throws {
    let data = try TensorDataset(
      inputs: Tensor(shape: [10, 1], scalars: (0..<10).map { Float($0) }), targets: Tensor(zeros: [10]))
    let generator = try GeneratedBatches(stepsPerEpoch: 5) { _ in
      var next = 0
      return {
        defer { next += 1 }
        let rows = [Float(2 * next), Float(2 * next + 1)]
        return Batch(inputs: Tensor(shape: [2, 1], scalars: rows), targets: Tensor(zeros: [2]))
      }
    }
    for source in [data, generator] as [any Dataset] {
      let loader = try BatchLoader(source, batchSize: 2, shuffle: false)
      let stream = loader.batches(epoch: 0, startingAt: 1, every: 2)
      var found: [[Float]] = []
      while let batch = try stream.next() { found.append(batch.inputs.scalars) }
      #expect(found == [[2, 3], [6, 7]])
    }
  }
}
