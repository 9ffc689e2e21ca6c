import Charts
import Testing

@Suite struct GeometryTests {
  private let frame = Rectangle(x: 10, y: 20, width: 30, height: 40)

  @Test func edgesAndCenterFollowFromCornerAndSize() {
    #expect(frame.maxX == 40 && frame.maxY == 60 && frame.center == Point(25, 40))
    #expect(Rectangle(center: frame.center, size: frame.size) == frame)
    #expect(frame.contains(Point(10, 60)) && !frame.contains(Point(9.9, 60)))
  }

  @Test func insetsMoveTheEdges() {
    #expect(
      frame.inset(left: 1, top: 2, right: 3, bottom: 4) == Rectangle(x: 11, y: 22, width: 26, height: 34))
    #expect(frame.inset(by: -5) == Rectangle(x: 5, y: 15, width: 40, height: 50))
    #expect(frame.inset(by: 17).width == 0, "never smaller than nothing")
  }
}
