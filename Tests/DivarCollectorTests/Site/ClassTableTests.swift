import DivarCollector
import Testing

@Suite struct ClassTableTests {
  private func table(_ change: (String) -> String = { $0 }) throws -> ClassTable {
    try ClassTable(parsing: change(ClassTable.standardText), path: "my.json")
  }

  @Test func elevenClasses() throws {
    let table = try table()
    #expect(
      table.classes.map(\.name) == [
        "206", "bird", "carpet", "cat", "cellphone", "dog", "fish", "horse", "laptop", "perfume", "sheep",
      ])
    #expect(table.classes.filter { $0.query != nil }.map(\.name) == ["perfume", "sheep"])
    #expect(table.classes[0].filters?["brand_model"]?["repeated_string"]["value"].array == ["Peugeot 206"])
    #expect(try table.number(ofCity: "tehran") == "1")
    #expect(try table.classes(named: ["dog", "206"]).map(\.name) == ["206", "dog"])
  }

  @Test func unknownNamesAreNamed() throws {
    let table = try table()
    let error = #expect(throws: CollectorError.self) { try table.classes(named: ["cat", "cow"]) }
    #expect(error?.description.contains("\"cow\", expected one of: 206, bird") == true)
    #expect(throws: CollectorError.self) { try table.number(ofCity: "atlantis") }
  }

  @Test(arguments: [
    ("\"cat\", \"category\"", "\"../cat\", \"category\""), ("\"name\": \"cat\"", "\"name\": \"dog\""),
    ("https://api.divar.ir", "api"), ("\"category\": \"cat\",", ""), ("}", ""),
  ])
  func mistakesAreNamed(_ text: String, _ mistake: String) {
    let error = #expect(throws: CollectorError.self) { try table { $0.replacing(text, with: mistake) } }
    #expect(error?.description.hasPrefix("my.json: ") == true)
  }
}
