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

  /// The share of an epoch that a training spends waiting for photos which are decoded and changed anew each time, with
  /// steps of 100 ms on all cores: at most 2 %.
  func testWaitingForStreamedPhotos() throws {
    try PhotoFiles.withFolder { folder in
      let images = try ImageFolder(folder, imageSize: 64, unreadable: .skipping, storage: .streamed).images
      let step = Step(milliseconds: 100)
      let stream = try BatchLoader(images, batchSize: 32, augmentation: .standard).batches(epoch: 0)
      let time = try ContinuousClock().measure {
        while try stream.next() != nil { step.run() }
      }
      let share = stream.waitingTime / time
      print("note waiting for streamed photos: \(100 * share) % of an epoch of \(time) for \(images.count) photos")
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

/// Work that keeps all cores busy for a time when nothing else does, as a training step.
private struct Step {
  private let matrix = Tensor<Float>(repeating: 1, shape: [768, 768])
  private let products: Int

  init(milliseconds: Double) {
    let matrix = matrix
    _ = matrix.matmul(matrix)
    let time = ContinuousClock().measure { for _ in 0..<10 { _ = matrix.matmul(matrix) } }
    products = max(1, Int(milliseconds * 10 / (time / .milliseconds(1))))
  }

  func run() {
    for _ in 0..<products { _ = matrix.matmul(matrix) }
  }
}
