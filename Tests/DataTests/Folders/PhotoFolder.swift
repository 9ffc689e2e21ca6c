import Data
import Foundation
import TestSupport

/// A folder of small generated photos, one colour each: photo `i` of class `c` has the gray value `20 c + i`.
final class PhotoFolder {
  let folder: TemporaryFolder
  var path: String { folder.url.path }

  init(_ counts: KeyValuePairs<String, Int>) throws {
    folder = try TemporaryFolder()
    for (number, (name, count)) in counts.enumerated() {
      try FileManager.default.createDirectory(atPath: folder.path(name), withIntermediateDirectories: false)
      for index in 0..<count {
        let pixels = [UInt8](repeating: UInt8(20 * number + index), count: 6 * 5 * 3)
        try add("\(name)/\(index).png", Image(width: 6, height: 5, pixels: pixels).png())
      }
    }
  }

  /// Writes a file, and makes the folders that its name begins with.
  func add(_ name: String, _ bytes: some Sequence<UInt8>) throws {
    let file = folder.url.appending(path: name)
    try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Foundation.Data(bytes).write(to: file)
  }

  /// The folder as Kilim reads it. The files stay until this returns.
  func read(
    imageSize: ImageSize = 4, resize: Resize = .bilinear, colours: ColourOrder = .rgb,
    unreadable: UnreadablePolicy = .throwing, storage: PhotoStorage = .automatic,
    targets: LabelMode = .oneHot
  ) throws -> ImageFolder {
    try ImageFolder(
      path, imageSize: imageSize, resize: resize, colours: colours, unreadable: unreadable, storage: storage,
      targets: targets)
  }
}
