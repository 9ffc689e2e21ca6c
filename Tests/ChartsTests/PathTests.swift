import Charts
import Testing

@Suite struct PathTests {
  /// How many pixels' worth of ink filling `path` leaves on a 100 x 100 canvas.
  private func area(_ path: Path) throws -> Double {
    let canvas = try Canvas(width: 100, height: 100)
    canvas.fill(path, with: .black)
    let rgb = try canvas.bitmap().rgb
    return rgb.reduce(0) { $0 + (255 - Double($1)) / 255 } / 3
  }

  @Test func shapesHaveTheirArea() throws {
    let frame = Rectangle(x: 10, y: 20, width: 60, height: 40)
    let corner = 10.0 * 10 * (4 - .pi)
    // cairo's smoothing of edges errs by well under 1 % of these areas.
    let cases: [(Path, Double)] = [
      (.rectangle(frame), 2400),
      (.ellipse(in: frame), .pi * 30 * 20),
      (.circle(center: Point(50, 50), radius: 25), .pi * 25 * 25),
      (.roundedRectangle(frame, radius: 10), 2400 - corner),
      (.roundedRectangle(frame, radius: 1000), 20 * 40 + .pi * 20 * 20),
      (.roundedRectangle(frame, radius: 0), 2400),
      (.polygon([Point(0, 0), Point(100, 0), Point(0, 100)]), 5000),
      (.arc(center: Point(50, 50), radius: 30, from: 0, to: .pi), .pi * 30 * 30 / 2),
    ]
    for (index, (path, expected)) in cases.enumerated() {
      #expect(abs(try area(path) - expected) < 0.01 * expected, "shape \(index)")
    }
  }

  @Test func aSmoothCurveGoesThroughItsPoints() throws {
    let points = [Point(10, 50), Point(30, 20), Point(60, 70), Point(90, 40)]
    for closed in [false, true] {
      let canvas = try Canvas(width: 100, height: 100)
      canvas.stroke(.smooth(through: points, closed: closed), with: .black, width: 3, cap: .round)
      let bitmap = try canvas.bitmap()
      for point in points {
        #expect(bitmap[Int(point.x), Int(point.y)].red < 0.5, "\(point)")
      }
    }
  }

  @Test func pathsWithoutExtentDrawNothing() throws {
    for path in [
      Path(), .polyline([]), .smooth(through: []), .polygon([Point(50, 50)]), .circle(center: .zero, radius: 0),
    ] {
      #expect(try area(path) == 0)
    }
  }

  @Test func subpathsAddUp() throws {
    var path = Path.rectangle(Rectangle(x: 0, y: 0, width: 10, height: 10))
    path.append(.rectangle(Rectangle(x: 50, y: 50, width: 10, height: 10)))
    #expect(try area(path) == 200)
  }
}
