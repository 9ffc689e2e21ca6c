import Data
import Foundation
import Tensor
import TestSupport
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
  let batches = Lock(0)
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

/// Calls `body` until it returns true, however long other work delays that.
private func wait(until body: () throws -> Bool) rethrows {
  while try !body() { usleep(200) }
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

  /// The loader makes one batch more than there are workers ahead of the one taken, never more, and none after the stream
  /// is let go.
  @Test(arguments: [1, 2, 7])
  func staysALittleAheadAndStopsWhenDropped(workers: Int) throws {
    var dataset: CountingDataset? = CountingDataset(count: 100_000)
    weak let remaining = dataset
    func made() -> Int { remaining?.batches.withLock(\.self) ?? 0 }
    var stream: BatchStream? = try dataset.map { try BatchLoader($0, batchSize: 1, workers: workers).batches(epoch: 0) }
    dataset = nil
    for taken in 1...20 {
      _ = try stream?.next()
      wait { made() >= taken + workers + 1 }
      #expect(made() == taken + workers + 1)
    }
    stream = nil
    // The data set goes away with the last thread that makes batches of it.
    wait { remaining == nil }
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

  /// With a clock that goes on when a batch is made, by three seconds, and stands still otherwise.
  @Test func tellsHowLongItWasWaitedFor() throws {
    let time = Lock(ContinuousClock.now)
    let (mayMake, isMade) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
    func now() -> ContinuousClock.Instant { time.withLock(\.self) }
    let stream = BatchStream(count: 3, workers: 1, now: now) { index in
      mayMake.wait()
      time.withLock { $0 += .seconds(3) }
      isMade.signal()
      return Batch(inputs: Tensor([Float(index)]), targets: Tensor([Float(index)]))
    }
    // Made before anybody waits for them.
    for _ in 0..<2 { mayMake.signal() }
    for _ in 0..<2 { isMade.wait() }
    for index in 0..<2 { #expect(try stream.next()?.inputs.scalars == [Float(index)]) }
    #expect(stream.waitingTime == .zero)
    mayMake.signal()
  }

  /// With a clock that lets a batch be made when `next` begins to wait for it.
  @Test func countsTheTimeOfABatchThatIsNotReady() throws {
    let clock = Lock((time: ContinuousClock.now, reads: 0))
    let mayMake = DispatchSemaphore(value: 0)
    func now() -> ContinuousClock.Instant {
      let (time, reads) = clock.withLock { clock in
        clock.reads += 1
        return clock
      }
      // The first reading of every two is at the beginning of `next`.
      if reads % 2 == 1 { mayMake.signal() }
      return time
    }
    let stream = BatchStream(count: 3, workers: 1, now: now) { index in
      mayMake.wait()
      clock.withLock { $0.time += .seconds(3) }
      return Batch(inputs: Tensor([Float(index)]), targets: Tensor([Float(index)]))
    }
    for index in 0..<3 {
      #expect(try stream.next()?.inputs.scalars == [Float(index)])
      #expect(stream.waitingTime == .seconds(3 * (index + 1)))
    }
    #expect(try stream.next() == nil)
    #expect(stream.waitingTime == .seconds(9))
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
    let runs = try resultsOnEveryThreadCount {
      let stream = try BatchLoader(images, batchSize: 4, seed: 5, augmentation: every).batches(epoch: 2)
      var batches: [[Float]] = []
      while let batch = try stream.next() {
        parallelFor(chunks: 16) { _ in }
        batches.append(batch.inputs.scalars)
      }
      return batches
    }
    #expect(runs.allSatisfy { $0 == runs[0] })
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

  /// Where the inputs are not photos with values from 0 to 1, changes would give something else than a changed photo.
  @Test(
    arguments: [
      ([2, 6], 0.5, Augmentation(horizontalFlip: true), "inputs of shape [6], expected photos of shape [C, H, W]"),
      ([2, 1, 4, 4], 0.5, Augmentation(hue: 0.1), "inputs of shape [1, 4, 4], expected photos of shape [3, H, W]"),
      ([2, 3, 4, 4], 255, Augmentation(brightness: 0.1), "a value of 255.0, expected photos with values from 0 to 1"),
      ([2, 3, 4, 4], -1, Augmentation(erasing: 1), "a value of -1.0, expected photos with values from 0 to 1"),
      ([2, 3, 4, 4], .nan, .standard, "a value of nan, expected photos with values from 0 to 1"),
    ] as [(Shape, Float, Augmentation, String)])
  func inputsThatAreNoPhotosAreNotChanged(shape: Shape, value: Float, augmentation: Augmentation, reason: String) throws
  {
    let data = try TensorDataset(inputs: Tensor(repeating: value, shape: shape), targets: Tensor(zeros: [2]))
    let batches = try BatchLoader(data, batchSize: 2, augmentation: augmentation).batches(epoch: 0)
    let error = #expect(throws: DatasetError.self) { try batches.next() }
    #expect(error?.description == "augmentation: found \(reason)")
  }

  @Test func grayPhotosAndOtherValuesCanBeMoved() throws {
    let cases: [(Shape, Float, Augmentation)] = [
      ([2, 1, 4, 4], 0.5, Augmentation(rotation: 10, brightness: 0.2)),
      ([2, 3, 4, 4], 255, Augmentation(horizontalFlip: true, shift: 0.2)),
    ]
    for (shape, value, augmentation) in cases {
      let data = try TensorDataset(inputs: Tensor(repeating: value, shape: shape), targets: Tensor(zeros: [2]))
      let batch = try BatchLoader(data, batchSize: 2, augmentation: augmentation).batches(epoch: 0).next()
      #expect(batch?.inputs.shape == shape)
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
