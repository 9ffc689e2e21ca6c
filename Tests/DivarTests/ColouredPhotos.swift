import Data
import Foundation
import Tensor
import TestSupport

extension TemporaryFolder {
  /// Makes a folder of photos of noise, those of each class around a colour of their own.
  ///
  /// - Parameters:
  ///   - name: the folder.
  ///   - classes: the red, green and blue of each class, from 0 to 255.
  ///   - count: the number of photos of each class.
  func makeColouredPhotos(_ name: String, _ classes: KeyValuePairs<String, [Double]>, count: Int) throws {
    for (index, (className, colour)) in classes.enumerated() {
      let classFolder = url.appending(path: "\(name)/\(className)")
      try FileManager.default.createDirectory(at: classFolder, withIntermediateDirectories: true)
      for number in 0..<count {
        let photo = try colouredPhoto(colour, seed: UInt64(1000 * index + number))
        try Foundation.Data(photo).write(to: classFolder.appending(path: "\(number).png"))
      }
    }
  }

  /// The bytes of a photo of noise around a colour.
  func colouredPhoto(_ colour: [Double], seed: UInt64) throws -> [UInt8] {
    var generator = RandomGenerator(seed: seed)
    // The colour of a whole photo varies too.
    let shift = generator.uniform(in: -20..<20)
    let pixels = (0..<16 * 16 * 3).map { index in
      UInt8(min(max(colour[index % 3] + shift + generator.uniform(in: -70..<70), 0), 255))
    }
    return try Image(width: 16, height: 16, pixels: pixels).png()
  }
}
