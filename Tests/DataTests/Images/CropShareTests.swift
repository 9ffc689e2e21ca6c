import Foundation
import Testing

@testable import Data

/// Photos of which a part in the middle is used.
struct CropShareTests {
  private let photo = Image(width: 32, height: 16, pixels: (0..<1536).map { UInt8($0 * 7 % 256) })

  private func pixel(_ image: Image, _ row: Int, _ column: Int) -> [UInt8] {
    let start = 3 * (row * image.width + column)
    return Array(image.pixels[start..<start + 3])
  }

  /// Of 32 × 16 pixels, half of the middle square begins at row 4 and column 12.
  @Test func thePartIsInTheMiddle() {
    let nearest = Resize(.nearest, antialiased: false)
    let part = photo.resized(to: 8, nearest, framing: .cropToFill, cropShare: 0.5)
    let stretched = photo.resized(to: ImageSize(height: 8, width: 16), nearest, cropShare: 0.5)
    for row in 0..<8 {
      for column in 0..<8 {
        #expect(pixel(part, row, column) == pixel(photo, row + 4, column + 12))
        #expect(pixel(stretched, row, column) == pixel(photo, row + 4, column + 8))
      }
    }
    #expect(photo.resized(to: ImageSize(height: 16, width: 32), cropShare: 0.5) != photo)
  }

  @Test func onlyACropIsWritten() throws {
    var preprocessing = Preprocessing(imageSize: 8)
    let plain = String(decoding: try JSONEncoder().encode(preprocessing), as: UTF8.self)
    #expect(!plain.contains("cropShare"))
    preprocessing.cropShare = 0.875
    let text = try JSONEncoder().encode(preprocessing)
    #expect(try JSONDecoder().decode(Preprocessing.self, from: text) == preprocessing)
    #expect(preprocessing.differences(from: Preprocessing(imageSize: 8)) == ["share to crop to: 0.875 and 1.0"])
    for wrong in ["0", "-1", "1.5"] {
      let damaged = String(decoding: text, as: UTF8.self).replacing("0.875", with: wrong)
      #expect(throws: DecodingError.self) {
        try JSONDecoder().decode(Preprocessing.self, from: Foundation.Data(damaged.utf8))
      }
    }
  }
}
