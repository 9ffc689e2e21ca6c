import DivarCollector
import Foundation
import Testing

@Suite struct JSONValueTests {
  @Test func comesBackUnchanged() throws {
    let text =
      #"{"a":[1,-2.50,1670095098402530,12345678901234567890,0.1,1e3,true,false,null],"b":{"":"é\"\\\u200f\n"},"c":[],"d":{}}"#
    let value = try JSONValue(parsing: text.utf8)
    #expect(try JSONValue(parsing: value.text.utf8) == value)
    #expect(value.text.contains("1670095098402530,12345678901234567890,0.1,"))
    #expect(value["a"].array[6] == true && value["a"].array[0] == 1)
    #expect(value["b"][""].string == "é\"\\\u{200f}\n")
  }

  @Test func absentThingsAreNull() {
    let value: JSONValue = ["a": ["b": 3]]
    #expect(value["a"]["b"].integer == 3)
    #expect(value["x"]["y"] == .null && value["a"]["b"]["c"] == .null)
    #expect(value["a"].array.isEmpty && value["a"].string == nil && value["a"].boolean == nil)
    #expect(value.has("a") && !value.has("b") && !value["a"]["b"].has("c"))
    #expect((JSONValue.number(1.5)).integer == nil)
  }

  @Test(arguments: ["", "{", "<html>", "{\"a\":}", String(repeating: "[", count: 100_000)])
  func refusesWhatIsNoJSON(_ text: String) {
    #expect(throws: DecodingError.self) { try JSONValue(parsing: text.utf8) }
  }
}
