import Foundation
import Kilim

/// Folders of photos to load, and what loading them does to the memory of the process.
enum PhotoFiles {
  /// Calls `body` with the folder that `KILIM_PHOTOS` names, otherwise with one of 120 drawn photos of 400 × 533.
  static func withFolder(_ body: (String) throws -> Void) throws {
    if let folder = ProcessInfo.processInfo.environment["KILIM_PHOTOS"] { return try body(folder) }
    let folder = FileManager.default.temporaryDirectory.appending(path: "kilim-photos-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    for name in ["a", "b"] {
      let classFolder = folder.appending(path: name)
      try FileManager.default.createDirectory(at: classFolder, withIntermediateDirectories: true)
      for number in 0..<60 {
        let bytes = try photo(seed: UInt64(number)).jpeg(quality: 90)
        try Data(bytes).write(to: classFolder.appending(path: "\(number).jpg"))
      }
    }
    try body(folder.path)
  }

  /// A folder of `count` small files, made of hard links to thumbnails of photos.
  static func linked(_ folder: String, count: Int) throws -> String {
    let links = FileManager.default.temporaryDirectory.appending(path: "kilim-links-\(UUID().uuidString)")
    let images = try ImageFolder(folder, imageSize: 64, unreadable: .skipping).images
    for name in ["a", "b"] {
      let classFolder = links.appending(path: name)
      try FileManager.default.createDirectory(at: classFolder, withIntermediateDirectories: true)
      // A file system allows some tens of thousands of links to one file.
      let thumbnails = try (0..<10).map { number in
        let file = classFolder.appending(path: "\(number).jpg")
        try Data(images.image(at: number * images.count / 10).jpeg()).write(to: file)
        return file
      }
      for number in thumbnails.count..<count / 2 {
        try FileManager.default.linkItem(
          at: thumbnails[number % 10], to: classFolder.appending(path: "\(number).jpg"))
      }
    }
    return links.path
  }

  /// The largest number of bytes that the process has had in memory since ``forgetPeakMemory()``.
  static func peakMemory() throws -> Int {
    let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
    let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM") } ?? ""
    return (line.split(whereSeparator: \.isWhitespace).compactMap { Int($0) }.first ?? 0) * 1024
  }

  /// Lets the peak begin anew at what is in memory now (`man proc_pid_clear_refs`).
  static func forgetPeakMemory() throws {
    try "5".write(toFile: "/proc/self/clear_refs", atomically: false, encoding: .utf8)
  }

  /// Soft shapes with a little noise, about as hard to decode as a photo.
  private static func photo(seed: UInt64) -> Image {
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
