import Foundation
import Kilim
import XCTest

/// Photos from files to batches at the size of the network: drawn ones, or those of the folder `KILIM_PHOTOS`.
final class LoadingBenchmarks: Benchmark {
  func testDecodeIntoMemory() throws {
    try PhotoFiles.withFolder { folder in
      let count = try ImageFolder(folder, imageSize: 64, unreadable: .skipping).images.count
      try benchmark(Double(count), "images") {
        _ = try ImageFolder(folder, imageSize: 64, unreadable: .skipping, storage: .memory)
      }
    }
  }

  func testEpochFromMemory() throws { try measureEpoch(.memory) }

  func testEpochStreamed() throws { try measureEpoch(.streamed) }

  func testEpochFromWarmCache() throws {
    let cache = FileManager.default.temporaryDirectory.appending(path: "kilim-cache-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: cache) }
    try measureEpoch(.cache(path: cache.path))
  }

  private func measureEpoch(_ storage: PhotoStorage) throws {
    try PhotoFiles.withFolder { folder in
      let images = try ImageFolder(folder, imageSize: 64, unreadable: .skipping, storage: storage).images
      try benchmark(Double(images.count), "images") { try goThrough(images) }
    }
  }

  func testWaitingForPhotosInMemory() throws { try measureWaiting(.memory, augmentation: nil) }

  func testWaitingForStreamedPhotos() throws { try measureWaiting(.streamed, augmentation: .standard) }

  /// The share of an epoch that training the original network on all cores spends waiting for photos: below 2 %. A small
  /// folder is gone through several times in one epoch, as each begins with waiting for its first batch.
  private func measureWaiting(_ storage: PhotoStorage, augmentation: Augmentation?) throws {
    try PhotoFiles.withFolder { folder in
      let all = try ImageFolder(folder, imageSize: 64, unreadable: .skipping, storage: storage).images
      let images = all.selecting((0..<max(all.count, 1600)).map { $0 % all.count })
      let (model, optimizer, loss) = (
        try originalNetwork(classCount: all.classes.count), Adam(), CategoricalCrossEntropy()
      )
      let context = Context(.training)
      func train(_ batch: Batch) {
        let value = loss(model(Variable(batch.inputs), context), batch.targets)
        optimizer.update(model.parameters, with: value.gradients())
      }
      try train(images.batch(Array(0..<32)))
      let stream = try BatchLoader(images, batchSize: 32, augmentation: augmentation).batches(epoch: 0)
      let time = try ContinuousClock().measure {
        while let batch = try stream.next() { train(batch) }
      }
      let share = stream.waitingTime / time
      print(
        "note waiting with photos \(storage): \(100 * share) % of an epoch of \(time) with \(images.count) photos")
      XCTAssertLessThan(share, 0.02)
    }
  }

  /// Going through 100,000 files takes no more memory than going through 10,000.
  func testMemoryOf100000Files() throws {
    try PhotoFiles.withFolder { folder in
      let links = try PhotoFiles.linked(folder, count: 100_000)
      defer { try? FileManager.default.removeItem(atPath: links) }
      let images = try ImageFolder(links, imageSize: 64, storage: .streamed).images
      try goThrough(images.selecting(Array(0..<10_000)))
      try PhotoFiles.forgetPeakMemory()
      let before = try PhotoFiles.peakMemory()
      try goThrough(images)
      let peak = try PhotoFiles.peakMemory()
      print(
        "note \(images.count) files: peak of \(peak >> 20) MiB, \((peak - before) >> 20) more than before the epoch")
      XCTAssertLessThan(peak - before, 32 << 20)
    }
  }

  private func goThrough(_ images: ImageDataset) throws {
    let stream = try BatchLoader(images, batchSize: 32).batches(epoch: 0)
    var count = 0
    while let batch = try stream.next() { count += batch.count }
    XCTAssertEqual(count, images.count)
  }
}
