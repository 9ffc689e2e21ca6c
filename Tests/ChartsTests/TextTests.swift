import Charts
import Foundation
import Testing

#if canImport(FoundationXML)
  import FoundationXML
#endif

/// Texts in any script, and texts that no font can show.
@Suite struct TextTests {
  private let font = Font(size: 40)

  /// The highest ink of each column, in pixels above the baseline, from the first inked column to the last.
  private func profile(of text: String) throws -> [Int] {
    let baseline = 70
    let canvas = try Canvas(width: 400, height: 100)
    canvas.text(text, at: Point(20, Double(baseline)), font: font, with: .black)
    let bitmap = try canvas.bitmap()
    let heights = (0..<400).map { x in (0..<baseline).first { bitmap[x, $0].red < 0.5 }.map { baseline - $0 } ?? 0 }
    let first = try #require(heights.firstIndex { $0 > 0 })
    let last = try #require(heights.lastIndex { $0 > 0 })
    return Array(heights[first...last])
  }

  // An alef is a tall stroke, a sin has low teeth.
  @Test func persianRunsFromRightToLeft() throws {
    let profile = try profile(of: "اس")
    let ends = (left: profile.prefix(6).max() ?? 0, right: profile.suffix(6).max() ?? 0)
    #expect(ends.right > 25 && ends.left < 20, "the first letter stands at the right: \(ends)")
    let latin = try self.profile(of: "la")
    #expect((latin.prefix(6).max() ?? 0) > (latin.suffix(6).max() ?? 0), "Latin letters still run to the right")
  }

  @Test func persianInsideLatinKeepsItsOrder() throws {
    // The stroke of the alef stands to the right of the sin, both to the right of the Latin word.
    let profile = try profile(of: "xx اس")
    #expect((profile.suffix(6).max() ?? 0) > 25 && (profile.prefix(20).max() ?? 99) < 25)
  }

  @Test func lettersJoin() throws {
    let canvas = try Canvas(width: 10, height: 10)
    func width(_ text: String) -> Double { canvas.measure(text, font: font).width }
    for word in ["سگ", "گربه", "موبایل"] {
      let isolated = word.map { width(String($0)) }.reduce(0, +)
      #expect(width(word) < 0.95 * isolated, "\(word): joined letters are narrower than letters of their own")
    }
    #expect(abs(width("cat") - "cat".map { width(String($0)) }.reduce(0, +)) < 1)
  }

  @Test func everyFormatMeasuresTheSame() throws {
    for text in ["Kilim 206", "پژو ۲۰۶", "سگ dog"] {
      let widths = try [PictureFormat.png, .svg, .pdf].map { format in
        let canvas = try Canvas(format, size: Canvas.Size(width: 100, height: 100), scale: 3)
        canvas.text("before", at: Point(50, 50), font: Font(size: 7), with: .black, angle: 1)
        return canvas.measure(text, font: font)
      }
      #expect(Set(widths).count == 1, "\(widths)")
    }
  }

  // Measures must not depend on what was drawn before, or at which scale.
  @Test func drawingLeavesNoTraceInTheMetrics() throws {
    let fresh = try Canvas(width: 10, height: 10).measure("Hg", font: font)
    for scale in [1.0, 2, 5] {
      let canvas = try Canvas(.png, size: Canvas.Size(width: 50, height: 50), scale: scale)
      canvas.text("x", at: Point(10, 10), font: Font(size: 9), with: .black, angle: -.pi / 4)
      #expect(canvas.measure("Hg", font: font) == fresh)
    }
    // DejaVu Sans has an ascent of 0.93 and a descent of 0.24 em; other fonts lie near.
    #expect(fresh.ascent > 30 && fresh.ascent < 50 && fresh.descent > 5 && fresh.descent < 20)
  }

  @Test func theSameTextGivesTheSameBytes() throws {
    func bytes() throws -> [UInt8] {
      let canvas = try Canvas(width: 200, height: 60)
      canvas.text("سگ 206 پژو", at: Point(10, 40), font: font, with: .black)
      return try canvas.encoded()
    }
    #expect(try bytes() == bytes())
  }

  @Test(arguments: [
    ("a\u{0}b", "a\\u{0}b"), ("\u{1B}[31mred", "\\u{1B}[31mred"), ("line\nbreak\ttab", "line break tab"),
    ("\u{FFFE}x\u{FFFF}", "\u{FFFD}x\u{FFFD}"), ("\u{202E}turned", "\u{202E}turned"), ("a\u{2028}b", "a b"),
    ("\u{10FFFF}", "\u{FFFD}"), ("<&>\"]]>", "<&>\"]]>"), ("\u{301}\u{301}", "\u{301}\u{301}"), ("%s%n", "%s%n"),
  ])
  func oddTextIsDrawn(text: String, drawn: String) throws {
    for format in PictureFormat.allCases {
      let canvas = try Canvas(format, size: Canvas.Size(width: 200, height: 50))
      canvas.text(text, at: Point(10, 30), font: Font(size: 12), with: .black)
      let bytes = try canvas.encoded()
      guard format == .svg else { continue }
      let reader = DescriptionReader()
      let parser = XMLParser(data: Data(bytes))
      parser.delegate = reader
      #expect(parser.parse(), "the SVG is XML")
      #expect(reader.text.unicodeScalars.elementsEqual(drawn.unicodeScalars))
    }
  }

  @Test func veryLongTextIsCut() throws {
    let canvas = try Canvas(width: 100, height: 50)
    let long = String(repeating: "سگ dog ", count: 200_000)
    canvas.text(long, at: Point(10, 30), font: Font(size: 12), with: .black)
    #expect(canvas.measure(long, font: font) == canvas.measure(String(long.prefix(4096)), font: font))
    _ = try canvas.encoded()
  }

  /// Collects the text of the element `desc`.
  private final class DescriptionReader: NSObject, XMLParserDelegate {
    private var isInside = false
    private(set) var text = ""

    func parser(
      _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
      attributes: [String: String] = [:]
    ) {
      isInside = name == "desc"
    }

    func parser(_ parser: XMLParser, didEndElement name: String, namespaceURI: String?, qualifiedName: String?) {
      isInside = false
    }

    func parser(_ parser: XMLParser, foundCharacters characters: String) {
      if isInside { text += characters }
    }
  }
}
