import Data
import Foundation
import Serialization
import TestSupport

/// Folders of small photos of one colour each, a few pixels of which depend on their number.
struct Photos {
  let folder: TemporaryFolder

  init() throws { folder = try TemporaryFolder() }

  /// Writes so many photos of each class into the folder `name`, and reads it.
  func callAsFunction(
    _ name: String, _ classes: KeyValuePairs<String, Int>, colours: ColourOrder = .rgb, targets: LabelMode = .oneHot
  ) throws -> ImageDataset {
    for (position, (label, count)) in classes.enumerated() {
      let path = folder.path("\(name)/\(label)")
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
      for number in 0..<count {
        var pixels = [UInt8](repeating: 0, count: 8 * 8 * 3)
        for pixel in 0..<64 { pixels[3 * pixel + position % 3] = UInt8(100 + 100 * (position / 3) % 156) }
        (pixels[0], pixels[1], pixels[2]) = (UInt8(number % 256), UInt8(number / 256), UInt8(position))
        let photo = try Image(width: 8, height: 8, pixels: pixels).png()
        try writeAtomically(photo, to: "\(path)/\(number).png")
      }
    }
    return try ImageFolder(folder.path(name), imageSize: 8, colours: colours, targets: targets).images
  }
}
