import Serialization
import Testing

@testable import Charts

/// Names that are cut stay different, and keep their direction.
@Suite struct ShorteningTests {
  private let font = Font(size: 12)

  private func shorten(_ names: [String], width: Double = 70) throws -> [String] {
    let canvas = try Canvas(width: 10, height: 10)
    let labels = canvas.shorten(names, toFit: width, font: font)
    for (name, label) in zip(names, labels) { #expect(label == name || label.contains("…"), "\(label)") }
    #expect(labels.allSatisfy { canvas.measure($0, font: font).width <= width })
    return labels
  }

  @Test func differentNamesStayDifferent() throws {
    let middles = (1...4).map { "photographs of things, kind \($0), taken in the northern mountains of the country" }
    let numbers = (0..<300).map { "class number \(1000 + $0) of photos" }
    let ends = (1...12).map { "photographs of things \($0)" }
    for names in [middles, numbers, ends, middles + numbers + ends + ["cat"]] {
      let labels = try shorten(names)
      #expect(Set(labels).count == names.count, "\(labels.prefix(5))")
    }
    #expect(try zip(shorten(middles), 1...4).allSatisfy { $0.contains("\($1)") })
    // So do very long names that differ in the middle.
    let alike = ["a", "b"].map { String(repeating: "x", count: 600) + $0 + String(repeating: "y", count: 600) }
    #expect(try Set(shorten(alike)).count == 2)
    #expect(try shorten(["cat", "dog", "cat"]) == ["cat", "dog", "cat"])
  }

  /// A class has one label, whether a photo is right or wrong.
  @Test func aClassHasOneLabel() throws {
    let names = (1...3).map { "photographs of things, kind \($0), taken in the northern mountains" }
    let image = Bitmap(width: 1, height: 1, rgb: [1, 2, 3])
    let samples = [(0, 0), (0, 1), (1, 0), (2, 2)].map { expected, predicted in
      ImageGrid.Sample(image: image, expected: names[expected], predicted: names[predicted], probability: 0.5)
    }
    let grid = ImageGrid(samples: samples)
    let canvas = try Canvas(.svg, size: grid.preferredSize)
    grid.draw(on: canvas, in: canvas.bounds)
    let words = canvas.texts.filter { $0.contains("…") }.map { $0.replacing("true: ", with: "") }
    #expect(words.count == 8 && Set(words).count == 3, "\(words)")
  }

  @Test func aPartKeepsTheDirectionOfTheName() throws {
    let names = ["2020 Model 3 گربه 12", "2020 Model 3 گربه 13"].map { $0 + " with a long end" }
    for label in try shorten(names, width: 60) { #expect(BaseDirection(of: label) == .leftToRight, "\(label)") }
    #expect(BaseDirection.leftToRight.kept(in: "2020…ربه") == "\u{200E}2020…ربه")
    #expect(BaseDirection.rightToLeft.kept(in: "206…") == "\u{200F}206…")
    #expect(BaseDirection.rightToLeft.kept(in: "پژو…") == "پژو…" && BaseDirection(of: "206") == .neutral)
  }
}
