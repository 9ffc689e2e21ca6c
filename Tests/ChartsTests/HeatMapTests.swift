import Charts
import Testing

/// Maps of networks that have diverged: drawing them must not stop the program.
@Suite struct HeatMapTests {
  @Test func numbersAreShares() {
    #expect(HeatMap(width: 3, height: 1, values: [-1, 2, 4]).shares == [0, 0.5, 1])
    #expect(HeatMap(width: 3, height: 1, values: [1, 2, 4], top: 2).shares == [0.5, 1, 1])
    #expect(HeatMap(width: 2, height: 1, values: [0, -3]).shares == [0, 0])
  }

  @Test func numbersThatAreNotFiniteAreDrawn() throws {
    let map = HeatMap(width: 4, height: 1, values: [.nan, 1, .infinity, -.infinity])
    #expect(map.shares[0] == 0 && map.shares[2] == 1 && map.shares[3] == 0)
    #expect(Bitmap(map)[2, 0] == Color(hex: 0xFCFFA4))
    let photo = Bitmap(width: 4, height: 1, rgb: [UInt8](repeating: 100, count: 12))
    let covered = photo.covered(by: map, in: Rectangle(x: 0, y: 0, width: 4, height: 1))
    #expect(covered[2, 0] != covered[3, 0])
  }

  @Test(arguments: [Double.nan, .infinity]) func aTopThatIsNotFiniteIsTheLargestNumber(_ top: Double) {
    #expect(HeatMap(width: 3, height: 1, values: [0, 1, 2], top: top).shares == [0, 0.5, 1])
  }
}
