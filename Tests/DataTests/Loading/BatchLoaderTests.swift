import Data
import Foundation
import Synchronization
import Tensor
import Testing

/// Examples whose input is their number; counts how often it was asked, and fails at one of them.
private final class CountingDataset: Dataset {
  struct Broken: Error, Equatable {
    let index: Int
  }
  let count: Int
  let brokenIndex: Int?
  /// Whether some batches take longer than those after them.
  let isUneven: Bool
  let batches = Mutex(0)
  var inputShape: Shape { [1] }
  var classes: [String] { [] }

  init(count: Int, brokenIndex: Int? = nil, isUneven: Bool = false) {
    self.count = count
    self.isUneven = isUneven
    self.brokenIndex = brokenIndex
  }

  func batch(_ indices: [Int]) throws -> Batch {
    batches.withLock { $0 += 1 }
    if isUneven, indices[0] % 3 == 0 { usleep(UInt32(indices[0] % 5) * 500) }
    if let brokenIndex, indices.contains(brokenIndex) { throw Broken(index: brokenIndex) }
    let values = Tensor<Float>(shape: [indices.count, 1], scalars: indices.map { Float($0) })
    return Batch(inputs: values, targets: values)
  }
}

/// Batches that take 5 ms each.
private struct SlowDataset: Dataset {
  let count: Int
  var inputShape: Shape { [1] }
  var classes: [String] { [] }

  func batch(_ indices: [Int]) -> Batch {
    Thread.sleep(forTimeInterval: 0.005)
    return Batch(inputs: Tensor(zeros: [indices.count, 1]), targets: Tensor(zeros: [indices.count]))
  }
}

@Suite struct BatchLoaderTests {
  private func collect(_ stream: BatchStream) throws -> [[Float]] {
    var result: [[Float]] = []
    while let batch = try stream.next() { result.append(batch.inputs.scalars) }
    return result
  }

  @Test func keepsTheLastPartialBatch() throws {
    let loader = try BatchLoader(CountingDataset(count: 7), batchSize: 3, shuffle: false)
    #expect(loader.batchCount == 3)
    #expect(try collect(loader.batches(epoch: 0)) == [[0, 1, 2], [3, 4, 5], [6]])
    let empty = try BatchLoader(CountingDataset(count: 0), batchSize: 3)
    #expect(try collect(empty.batches(epoch: 0)).isEmpty)
  }

  @Test func ordersBySeedAndEpochAlone() throws {
    let dataset = CountingDataset(count: 100)
    let loader = try BatchLoader(dataset, batchSize: 8, seed: 3)
    let first = try collect(loader.batches(epoch: 0))
    #expect(first.count == 13)
    #expect(first.flatMap(\.self).sorted() == (0..<100).map { Float($0) })
    #expect(try collect(loader.batches(epoch: 0)) == first)
    #expect(try collect(loader.batches(epoch: 1)) != first)
    #expect(try collect(BatchLoader(dataset, batchSize: 8, seed: 4).batches(epoch: 0)) != first)
    #expect(first.flatMap(\.self) == loader.order(epoch: 0).map { Float($0) })
  }

  @Test func throwsWhatTheDatasetThrowsAfterTheBatchesBefore() throws {
    let loader = try BatchLoader(CountingDataset(count: 100, brokenIndex: 25), batchSize: 10, shuffle: false)
    let stream = loader.batches(epoch: 0)
    #expect(try stream.next()?.inputs.scalars.first == 0)
    #expect(try stream.next()?.inputs.scalars.first == 10)
    #expect(throws: CountingDataset.Broken(index: 25)) { try stream.next() }
    #expect(try stream.next() == nil)
  }

  /// One batch more than there are workers ahead of the one taken, however long the rest is; none after the stream is
  /// let go.
  @Test(arguments: [1, 2, 7])
  func staysALittleAheadAndStopsWhenDropped(workers: Int) throws {
    let dataset = CountingDataset(count: 100_000)
    let loader = try BatchLoader(dataset, batchSize: 1, workers: workers)
    var stream: BatchStream? = loader.batches(epoch: 0)
    _ = try stream?.next()
    Thread.sleep(forTimeInterval: 0.1)
    #expect(dataset.batches.withLock(\.self) == workers + 2)
    stream = nil
    Thread.sleep(forTimeInterval: 0.1)
    #expect(dataset.batches.withLock(\.self) == workers + 2)
  }

  /// Batches that are finished in any order are given in theirs.
  @Test func givesTheSameOrderOnAnyNumberOfWorkers() throws {
    let dataset = CountingDataset(count: 997, isUneven: true)
    let orders = try [1, 2, 3, 16].map { workers in
      try collect(BatchLoader(dataset, batchSize: 3, seed: 1, workers: workers).batches(epoch: 4))
    }
    #expect(orders[0].flatMap(\.self).count == 997)
    #expect(orders.allSatisfy { $0 == orders[0] })
  }

  @Test func beginsInTheMiddle() throws {
    let loader = try BatchLoader(CountingDataset(count: 20), batchSize: 3, seed: 9)
    let whole = try collect(loader.batches(epoch: 2))
    #expect(try collect(loader.batches(epoch: 2, startingAt: 4)) == Array(whole[4...]))
    #expect(try collect(loader.batches(epoch: 2, startingAt: 7)).isEmpty)
  }

  /// A consumer that is slower than the loader does not wait; one that is faster waits about as long as the batches take.
  @Test func tellsHowLongItWasWaitedFor() throws {
    let loader = try BatchLoader(SlowDataset(count: 10), batchSize: 1, workers: 1)
    let stream = loader.batches(epoch: 0)
    while try stream.next() != nil {}
    #expect(stream.waitingTime >= .milliseconds(10 * 5) - .milliseconds(1))

    let patient = loader.batches(epoch: 0)
    Thread.sleep(forTimeInterval: 0.1)
    _ = try patient.next()
    #expect(patient.waitingTime < .milliseconds(50))
  }

  @Test func refusesEmptyBatches() {
    for size in [0, -1] {
      #expect(throws: DatasetError.batchSize(size)) { try BatchLoader(CountingDataset(count: 3), batchSize: size) }
      #expect(throws: DatasetError.workers(size)) {
        try BatchLoader(CountingDataset(count: 3), batchSize: 2, workers: size)
      }
    }
  }

  @Test func givesTheSameBitsOnAnyNumberOfThreads() throws {
    let images = try PhotoFolder(["a": 9, "b": 8]).read(imageSize: 16).images
    let every = Augmentation(
      horizontalFlip: true, verticalFlip: true, crop: 0.4, shift: 0.1, rotation: 20, zoom: 0.2, shear: 15,
      brightness: 0.3, contrast: 0.3, saturation: 0.5, hue: 0.1, erasing: 0.5)
    let before = Threads.count
    defer { Threads.count = before }
    var runs: [[[Float]]] = []
    for threads in [1, 2, 5] {
      Threads.count = threads
      let stream = try BatchLoader(images, batchSize: 4, seed: 5, augmentation: every).batches(epoch: 2)
      var batches: [[Float]] = []
      while let batch = try stream.next() {
        parallelFor(chunks: 16) { _ in }
        batches.append(batch.inputs.scalars)
      }
      runs.append(batches)
    }
    #expect(runs[0] == runs[1] && runs[1] == runs[2])
  }

  /// Photos are changed as values from 0 to 1, whatever the scale and the order of channels that the model wants.
  @Test func changesPhotosBeforeTheyAreScaled() throws {
    let photos = try PhotoFolder(["a": 3, "b": 3])
    let source = try Image(contentsOfFile: fixture("resize-source.png"))
    try photos.add("b/real.png", source.png())
    func inputs(_ colours: ColourOrder, scale: Float, _ normalization: Normalization?) throws -> [Float] {
      let images = try ImageFolder(
        photos.path,
        preprocessing: Preprocessing(
          imageSize: 8, colours: colours, scale: scale, normalization: normalization)
      ).images
      let changes = EpochChanges(
        Augmentation(
          horizontalFlip: true, shift: 0.2, brightness: 0.5, contrast: 0.5, saturation: 0.5, hue: 0.2, erasing: 1),
        seed: 3, epoch: 1)
      return try images.batch([6, 0], changedBy: changes).inputs.scalars
    }
    let plain = try inputs(.rgb, scale: 1 / 255, nil)
    #expect(plain.allSatisfy { (0...1).contains($0) })
    let bytes = try inputs(.rgb, scale: 1, nil)
    #expect(zip(plain, bytes).allSatisfy { abs($0 * 255 - $1) < 1e-4 })
    let normalized = try inputs(.rgb, scale: 1 / 255, .imageNet)
    for (index, value) in normalized.enumerated() {
      let channel = index / 64 % 3
      let expected = (plain[index] - Normalization.imageNet.mean[channel]) / Normalization.imageNet.deviation[channel]
      #expect(abs(value - expected) < 1e-5)
    }
  }

  @Test func changesOnlyInputsAndAnewInEachEpoch() throws {
    let images = try PhotoFolder(["a": 3, "b": 3]).read(imageSize: 8).images
    let plain = try BatchLoader(images, batchSize: 6, shuffle: false)
    let loader = try BatchLoader(images, batchSize: 6, shuffle: false, augmentation: .standard)
    let original = try #require(try plain.batches(epoch: 0).next())
    let first = try #require(try loader.batches(epoch: 0).next())
    let second = try #require(try loader.batches(epoch: 1).next())
    #expect(first.targets == original.targets)
    #expect(first.inputs != original.inputs && first.inputs != second.inputs)
  }
}
