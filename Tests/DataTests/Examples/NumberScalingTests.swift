import Data
import Tensor
import Testing

@Suite struct NumberScalingTests {
  struct Expected: Decodable {
    let rows: [[Float]]
    let mean, deviation: [Double]
    let standardized: [[Double]]
  }

  @Test func equalsScikitLearn() throws {
    let expected = try readFixture("scaler.json", as: Expected.self)
    let rows = Tensor(shape: [expected.rows.count, 4], scalars: expected.rows.flatMap(\.self))
    let scaling = NumberScaling(rows: rows)
    // Each is the nearest number in single precision.
    #expect(scaling.mean == expected.mean.map { Float($0) })
    for (found, wanted) in zip(scaling.deviation, expected.deviation) {
      #expect(abs(Double(found) - wanted) <= 1e-7 * wanted)
    }
    // x - mean has an error of an ulp of x, 6e-5 for numbers near 1000; it is divided by the deviation.
    for (row, wanted) in zip(0..., expected.standardized) {
      let found = scaling.standardized(rows.select(row)).scalars
      for column in 0..<4 {
        #expect(abs(Double(found[column]) - wanted[column]) <= 1.3e-4 / expected.deviation[column])
      }
    }
    let back = scaling.restored(scaling.standardized(rows))
    #expect(zip(back.scalars, rows.scalars).allSatisfy { abs($0 - $1) <= 2.5e-4 })
  }
}
