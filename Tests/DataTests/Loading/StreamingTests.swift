import Data
import Foundation
import TestSupport
import Testing

@Suite struct StreamingTests {
  /// 5,000 photos that would take 240 MB in memory, a thousand times the size of a batch: an epoch of them may not take
  /// more than a few batches beyond what a tenth of them took. `Benchmarks` holds the same with 100,000.
  @Test func takesConstantMemory() async throws {
    await #expect(processExitsWith: .success) {
      let photos = try PhotoFolder(["a": 5, "b": 5])
      defer { extendLifetime(photos) }
      for number in 0..<2500 {
        for name in ["a", "b"] {
          try FileManager.default.linkItem(
            atPath: photos.path + "/\(name)/\(number % 5).png", toPath: photos.path + "/\(name)/link\(number).png")
        }
      }
      let images = try photos.read(imageSize: 128, storage: .streamed).images
      try goThrough(images.selecting(Array(0..<500)))
      let before = try peakMemory()
      try goThrough(images)
      let growth = try peakMemory() - before
      require(growth < 20 << 20, "the peak grew by \(growth) bytes")
    }
  }
}

private func goThrough(_ images: ImageDataset) throws {
  let stream = try BatchLoader(images, batchSize: 8, augmentation: .standard).batches(epoch: 0)
  var count = 0
  while let batch = try stream.next() { count += batch.count }
  require(count == images.count, "\(count) of \(images.count) photos came")
}

private func require(_ condition: Bool, _ message: String) {
  guard condition else { fatalError(message) }
}

/// The largest number of bytes that the process has ever had in memory.
private func peakMemory() throws -> Int {
  let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
  let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("VmHWM") })
  return try #require(line.split(whereSeparator: \.isWhitespace).compactMap { Int($0) }.first) * 1024
}
