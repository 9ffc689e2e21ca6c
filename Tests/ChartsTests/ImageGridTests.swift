import Charts
import Foundation
import Testing

@Suite struct ImageGridTests {
  private func bitmap(_ color: [UInt8], width: Int = 64, height: Int = 64) -> Bitmap {
    Bitmap(width: width, height: height, rgb: (0..<width * height).flatMap { _ in color })
  }

  private func svg(_ grid: ImageGrid, size: Canvas.Size? = nil) throws -> String {
    let canvas = try Canvas(.svg, size: size ?? grid.preferredSize)
    grid.draw(on: canvas, in: canvas.bounds)
    return String(decoding: try canvas.encoded(), as: UTF8.self)
  }

  @Test func captionsNameBothLabels() throws {
    let svg = try svg(
      ImageGrid(
        title: "Samples",
        samples: [
          .init(image: bitmap([1, 2, 3]), expected: "cat", predicted: "cat", probability: 0.974),
          .init(image: bitmap([1, 2, 3]), expected: "dog", predicted: "horse"),
          .init(image: bitmap([1, 2, 3]), expected: "dog", predicted: "an animal that is not known to anybody"),
        ]))
    for word in ["Samples", "\ncat\n", "true: cat", "97%", "\nhorse\n", "true: dog", "an anim"] {
      #expect(svg.contains(word), "\(word)")
    }
    #expect(!svg.contains("known to anybody"), "long labels are cut")
  }

  @Test func picturesAreEnlargedSharply() throws {
    let checkers = Bitmap(width: 2, height: 2, rgb: [255, 0, 0, 0, 255, 0, 0, 0, 255, 255, 255, 0])
    let grid = ImageGrid(samples: [.init(image: checkers, expected: "a", predicted: "a")])
    let size = grid.preferredSize
    let canvas = try Canvas(width: Int(size.width), height: Int(size.height))
    grid.draw(on: canvas, in: canvas.bounds)
    let picture = try canvas.bitmap()
    for (color, count) in [(Color.red, 64 * 64), (.green, 64 * 64), (.blue, 64 * 64), (Color(hex: 0xFFFF00), 64 * 64)] {
      let pixels = (0..<picture.width * picture.height).filter {
        picture[$0 % picture.width, $0 / picture.width] == color
      }
      #expect(pixels.count == count)
    }
  }

  @Test func rightIsGreenAndWrongIsRed() throws {
    for (predicted, hex) in [("cat", 0x1A7F45 as UInt32), ("dog", 0xC8321E)] {
      let grid = ImageGrid(samples: [.init(image: bitmap([0, 0, 0]), expected: "cat", predicted: predicted)])
      let canvas = try Canvas(width: 300, height: 200)
      grid.draw(on: canvas, in: canvas.bounds)
      let picture = try canvas.bitmap()
      // The frame reaches two pixels out from the margin of 16.
      #expect(picture[60, 15] == Color(hex: hex) && picture[15, 60] == Color(hex: hex) && picture[13, 60] == .white)
    }
  }

  @Test func gridsOfAnyShapeAreDrawn() throws {
    #expect(try svg(ImageGrid(samples: [])).contains("no pictures"))
    let images = [
      bitmap([9, 9, 9], width: 1, height: 1), bitmap([9, 9, 9], width: 300, height: 2),
      bitmap([9, 9, 9], width: 2, height: 300),
    ]
    for count in [1, 2, 7, 200] {
      for columns in [nil, 0, 1, 5, 1000] {
        let samples = (0..<count).map {
          ImageGrid.Sample(image: images[$0 % 3], expected: "", predicted: "x", probability: .nan)
        }
        let grid = ImageGrid(samples: samples, columns: columns)
        #expect(try svg(grid, size: Canvas.Size(width: 400, height: 300)).hasSuffix("</svg>\n"))
      }
    }
  }

  @Test func bytesThatDoNotFitThePictureStop() async {
    await #expect(processExitsWith: .failure) {
      _ = Bitmap(width: 2, height: 2, rgb: [0, 0, 0])
    }
  }
}
