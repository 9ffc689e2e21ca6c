import Foundation
import Kilim

/// Photos from files to bytes at the size of the network.
final class LoadingBenchmarks: Benchmark {
  func testImageFolder400x533() throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "kilim-photos-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    let count = 60
    for name in ["a", "b"] {
      let classFolder = folder.appending(path: name)
      try FileManager.default.createDirectory(at: classFolder, withIntermediateDirectories: true)
      for number in 0..<count {
        let bytes = try photo(seed: UInt64(number)).jpeg(quality: 90)
        try Data(bytes).write(to: classFolder.appending(path: "\(number).jpg"))
      }
    }
    try benchmark(Double(2 * count), "images") { _ = try ImageFolder(folder.path, imageSize: 64) }
  }

  /// Soft shapes with a little noise, about as hard to decode as a photo.
  private func photo(seed: UInt64) -> Image {
    var generator = RandomGenerator(seed: seed)
    let waves = (0..<6).map { _ in
      (x: generator.uniform(in: -0.06..<0.06), y: generator.uniform(in: -0.06..<0.06), phase: generator.uniform() * 6)
    }
    let pixels = (0..<400 * 533).flatMap { pixel -> [UInt8] in
      let (x, y) = (Double(pixel % 400), Double(pixel / 400))
      let noise = generator.uniform(in: -12..<12)
      return (0..<3).map { channel in
        let light = waves[channel...channel + 3].reduce(0) { $0 + sin($1.x * x + $1.y * y + $1.phase) }
        return UInt8(min(max(128 + 28 * light + noise, 0), 255))
      }
    }
    return Image(width: 400, height: 533, pixels: pixels)
  }
}
