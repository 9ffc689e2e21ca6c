import Data
import Foundation
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

  /// A model file keeps them as JSON.
  @Test(arguments: [
    #"{"mean":[0,0],"deviation":[1,1,1]}"#, #"{"mean":[0],"deviation":[0]}"#, #"{"mean":[0],"deviation":[-1]}"#,
    #"{"mean":[1e39],"deviation":[1]}"#, #"{"mean":[0],"deviation":[1e39]}"#, #"{"mean":[0]}"#,
  ])
  func damagedScalingsAreRefused(_ text: String) {
    #expect(throws: DecodingError.self) {
      try JSONDecoder().decode(NumberScaling.self, from: Foundation.Data(text.utf8))
    }
    let meaning = #"{"numbers":{"names":["a","b"],"scaling":"# + text + "}}"
    #expect(throws: DecodingError.self) {
      try JSONDecoder().decode(TargetMeaning.self, from: Foundation.Data(meaning.utf8))
    }
  }

  @Test func meaningsAreReadAsTheyAreWritten() throws {
    let scaling = NumberScaling(rows: Tensor(shape: [3, 2], scalars: [0, 5, 20, 5, 7, 5]))
    for meaning in [
      TargetMeaning.oneClass(names: ["a", "b"]), .severalClasses(names: []), .unknown,
      .numbers(names: ["a", "b"], scaling: scaling), .numbers(names: ["a"], scaling: nil),
    ] {
      #expect(try JSONDecoder().decode(TargetMeaning.self, from: JSONEncoder().encode(meaning)) == meaning)
    }
    let written = #"{"numbers":{"names":["a"],"scaling":{"deviation":[2],"mean":[1]}}}"#
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    let read = try JSONDecoder().decode(TargetMeaning.self, from: Foundation.Data(written.utf8))
    #expect(try String(decoding: encoder.encode(read), as: UTF8.self) == written)
    for damaged in [
      "{}", #"{"unknown":{},"oneClass":{"names":[]}}"#, written.replacing(#"["a"]"#, with: #"["a","b"]"#),
    ] {
      #expect(throws: DecodingError.self) {
        try JSONDecoder().decode(TargetMeaning.self, from: Foundation.Data(damaged.utf8))
      }
    }
  }
}
