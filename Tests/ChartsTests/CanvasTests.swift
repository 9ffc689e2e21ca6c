import Charts
import Foundation
import Testing

@Suite struct CanvasTests {
  @Test func aSquareLiesWhereItMust() throws {
    let canvas = try Canvas(width: 30, height: 20)
    canvas.fill(.rectangle(Rectangle(x: 5, y: 4, width: 10, height: 8)), with: .hex(0x3366CC))
    let bitmap = try canvas.bitmap()
    #expect(bitmap.width == 30 && bitmap.height == 20 && bitmap.rgb.count == 3 * 30 * 20)
    for y in 0..<20 {
      for x in 0..<30 {
        let inside = (5..<15).contains(x) && (4..<12).contains(y)
        #expect(bitmap[x, y] == (inside ? .hex(0x3366CC) : .white), "(\(x), \(y))")
      }
    }
  }

  @Test func halfOpaqueInkMixesWithTheGround() throws {
    let canvas = try Canvas(width: 2, height: 1, background: .clear)
    canvas.fill(.rectangle(Rectangle(x: 0, y: 0, width: 1, height: 1)), with: Color.black.withAlpha(0.5))
    // cairo rounds an opacity of 0.5 to 128 of 255, which leaves 127 of white.
    #expect(try canvas.bitmap().rgb == [127, 127, 127, 255, 255, 255])
    #expect(try canvas.bitmap(over: .black).rgb == [0, 0, 0, 0, 0, 0])
  }

  @Test func strokesHaveTheirWidth() throws {
    let canvas = try Canvas(width: 10, height: 10)
    canvas.stroke(.line(from: Point(0, 5), to: Point(10, 5)), with: .red, width: 4)
    let bitmap = try canvas.bitmap()
    let column = (0..<10).map { bitmap[5, $0] == .red }
    #expect(column == [false, false, false, true, true, true, true, false, false, false])
  }

  @Test func dashesLeaveGaps() throws {
    let canvas = try Canvas(width: 12, height: 1)
    canvas.stroke(.line(from: Point(0, 0.5), to: Point(12, 0.5)), with: .black, dash: [3, 1])
    let bitmap = try canvas.bitmap()
    #expect((0..<12).filter { bitmap[$0, 0] == .white } == [3, 7, 11])
  }

  @Test func stateEndsWithItsClosure() throws {
    let canvas = try Canvas(width: 20, height: 20)
    let dot = Path.rectangle(Rectangle(x: 0, y: 0, width: 2, height: 2))
    canvas.withState {
      canvas.clip(to: .rectangle(Rectangle(x: 0, y: 0, width: 20, height: 11)))
      canvas.translate(x: 10, y: 10)
      canvas.rotate(by: .pi / 2)
      canvas.scale(x: 2, y: 3)
      canvas.fill(dot, with: .green)
    }
    canvas.fill(dot, with: .blue)
    let bitmap = try canvas.bitmap()
    // Turned a quarter clockwise, the 4 x 6 rectangle reaches 6 to the left and 4 down, of which the clip leaves one row.
    let green = (0..<400).filter { bitmap[$0 % 20, $0 / 20] == .green }
    #expect(green == (4..<10).map { 200 + $0 })
    #expect(bitmap[0, 0] == .blue && bitmap[1, 1] == .blue && bitmap[2, 2] == .white)
  }

  @Test func aFadedGroupDoesNotShineThroughItself() throws {
    let canvas = try Canvas(width: 3, height: 1)
    canvas.withAlpha(0.5) {
      canvas.fill(.rectangle(Rectangle(x: 0, y: 0, width: 2, height: 1)), with: .black)
      canvas.fill(.rectangle(Rectangle(x: 1, y: 0, width: 2, height: 1)), with: .black)
    }
    let bitmap = try canvas.bitmap()
    #expect(bitmap[0, 0] == bitmap[1, 0] && bitmap[1, 0] == bitmap[2, 0])
    #expect((126...129).contains(bitmap.rgb[0]))
  }

  @Test func gradientsRunFromEndToEnd() throws {
    let canvas = try Canvas(width: 101, height: 1)
    canvas.fill(.rectangle(canvas.bounds), with: LinearGradient(from: .zero, to: Point(101, 0), .black, .white))
    let linear = try canvas.bitmap()
    // The middle of pixel x has the grey (x + 0.5) / 101, which cairo interpolates in steps of about 1/255.
    for x in 0..<101 {
      #expect(abs(linear[x, 0].red - (Double(x) + 0.5) / 101) < 2 / 255, "\(x)")
    }

    let round = try Canvas(width: 21, height: 21)
    round.fill(
      .rectangle(round.bounds), with: RadialGradient(center: Point(10.5, 10.5), radius: 10, .red, .blue))
    let radial = try round.bitmap()
    #expect(radial[10, 10].red > 0.95 && radial[0, 0] == .blue)
    #expect(radial[10, 5] == radial[5, 10] && radial[10, 5] == radial[15, 10])
  }

  @Test func textStandsAtItsAnchor() throws {
    let font = Font(size: 20, weight: .bold)
    for (horizontal, expected) in [(TextAnchor.Horizontal.left, 100.0), (.center, 50), (.right, 0)] {
      let canvas = try Canvas(width: 200, height: 40)
      let extents = canvas.measure("HHHH", font: font)
      canvas.text(
        "HHHH", at: Point(100, 30), font: font, with: .black, anchor: TextAnchor(horizontal, .baseline))
      let ink = try inkBounds(of: canvas.bitmap())
      let left = 100 - extents.width * (100 - expected) / 100
      #expect(abs(ink.x - left) < 3 && abs(ink.maxX - left - extents.width) < 3)
      #expect(abs(ink.maxY - 30) <= 1 && abs(ink.height - extents.digitHeight) < 2)
    }
  }

  @Test func turnedTextRunsUpwards() throws {
    let canvas = try Canvas(width: 100, height: 100)
    let font = Font(size: 12)
    let extents = canvas.measure("upwards", font: font)
    canvas.text("upwards", at: Point(50, 90), font: font, with: .black, angle: -.pi / 2)
    let ink = try inkBounds(of: canvas.bitmap())
    #expect(abs(ink.maxY - 90) < 2 && abs(ink.y - (90 - extents.width)) < 3)
    #expect(ink.x > 50 - extents.ascent - 1 && ink.maxX < 50 + extents.descent + 1)
  }

  @Test func imagesFillTheirFrame() throws {
    let pair = Bitmap(width: 2, height: 1, rgb: [255, 0, 0, 0, 0, 255])
    let frame = Rectangle(x: 2, y: 3, width: 8, height: 4)
    let sharp = try Canvas(width: 12, height: 10)
    sharp.draw(pair, in: frame, interpolation: .nearest)
    let bitmap = try sharp.bitmap()
    for y in 0..<10 {
      for x in 0..<12 {
        let color: Color = !frame.contains(Point(Double(x) + 0.5, Double(y) + 0.5)) ? .white : x < 6 ? .red : .blue
        #expect(bitmap[x, y] == color, "(\(x), \(y))")
      }
    }
    let soft = try Canvas(width: 12, height: 10)
    soft.draw(pair, in: frame)
    let blended = try soft.bitmap()
    #expect(blended[2, 3] == .red && blended[9, 6] == .blue && blended[6, 4] != .red && blended[6, 4] != .blue)
  }

  @Test func anImageOfTheSameSizeComesBackUnchanged() throws {
    let image = Bitmap(width: 16, height: 16, rgb: (0..<768).map { UInt8($0 * 37 % 256) })
    let canvas = try Canvas(width: 16, height: 16)
    canvas.draw(image, in: canvas.bounds, interpolation: .nearest)
    #expect(try canvas.bitmap() == image)
  }

  @Test func aMistakeInTheDrawingIsThrown() throws {
    let canvas = try Canvas(width: 10, height: 10)
    canvas.scale(x: 0, y: 1)
    #expect(throws: DrawingError.self) { try canvas.bitmap() }
    #expect(throws: DrawingError.self) { try canvas.encoded() }
  }

  @Test(arguments: [(0, 5), (5, -1), (40_000, 5)])
  func anImpossibleSizeIsThrown(width: Int, height: Int) throws {
    #expect(throws: DrawingError.invalidSize(width: Double(width), height: Double(height))) {
      try Canvas(width: width, height: height)
    }
    #expect(throws: DrawingError.self) { try Canvas(.svg, size: Canvas.Size(width: .nan, height: 5)) }
  }

  private func inkBounds(of bitmap: Bitmap) throws -> Rectangle {
    let dark = (0..<bitmap.width * bitmap.height)
      .map { (x: $0 % bitmap.width, y: $0 / bitmap.width) }
      .filter { bitmap[$0.x, $0.y].red < 0.5 }
    let x = try #require(dark.map(\.x).min())
    let y = try #require(dark.map(\.y).min())
    let maxX = try #require(dark.map(\.x).max())
    let maxY = try #require(dark.map(\.y).max())
    return Rectangle(
      x: Double(x), y: Double(y), width: Double(maxX + 1 - x), height: Double(maxY + 1 - y))
  }
}
