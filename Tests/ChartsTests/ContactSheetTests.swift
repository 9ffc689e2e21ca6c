import Charts
import Testing

@Suite struct ContactSheetTests {
  private func bitmap(_ color: [UInt8], width: Int = 10, height: Int = 10) -> Bitmap {
    Bitmap(width: width, height: height, rgb: (0..<width * height).flatMap { _ in color })
  }

  private func svg(_ sheet: ContactSheet, size: Canvas.Size? = nil) throws -> String {
    let canvas = try Canvas(.svg, size: size ?? sheet.preferredSize)
    sheet.draw(on: canvas, in: canvas.bounds)
    return String(decoding: try canvas.encoded(), as: UTF8.self)
  }

  @Test func namesAndRemarksStandBesideTheirRows() throws {
    let svg = try svg(
      ContactSheet(
        title: "dataset",
        rows: [
          .init(title: "cat", remark: "120 photos", images: [bitmap([9, 9, 9])]),
          .init(title: "a class with a name that is longer than its column", images: []),
        ]))
    for word in ["dataset", "\ncat\n", "120 photos", "a class with"] { #expect(svg.contains(word), "\(word)") }
    #expect(!svg.contains("than its column"), "long names are cut")
  }

  /// Rows from the top, pictures from the left, in squares of 96 with 8 between them; proportions are kept.
  @Test func picturesStandInTheirPlaces() throws {
    let sheet = ContactSheet(
      rows: [
        .init(title: "a", images: [bitmap([255, 0, 0]), bitmap([0, 255, 0], width: 20)]),
        .init(title: "b", images: [bitmap([0, 0, 255])]),
      ])
    let size = sheet.preferredSize
    let canvas = try Canvas(width: Int(size.width), height: Int(size.height))
    sheet.draw(on: canvas, in: canvas.bounds)
    let picture = try canvas.bitmap()
    let (left, top) = (16 + 150, 16)
    #expect(picture[left + 1, top + 1] == .red && picture[left + 94, top + 94] == .red)
    #expect(picture[left + 104 + 48, top + 48] == .green && picture[left + 104 + 1, top + 48] == .green)
    #expect(picture[left + 104 + 48, top + 10] != .green, "a wide picture leaves room above")
    #expect(picture[left + 48, top + 104 + 48] == .blue)
  }

  /// A program reads no pictures but those that the counts name.
  @Test(arguments: [(3, 8), (3, 90), (1000, 8), (1000, 90), (0, 0)]) func countsAreThoseOfTheSheet(
    rows: Int, columns: Int
  ) throws {
    let drawn = ContactSheet.drawnCounts(rows: rows, columns: columns)
    #expect(drawn.rows == min(rows, 100) && drawn.columns <= min(columns, 40) && (drawn.columns > 0) == (columns > 0))
    func sheet(pictures count: Int, in pictured: Int) -> ContactSheet {
      ContactSheet(
        title: "many",
        rows: (0..<rows).map { row in
          ContactSheet.Row(
            title: "\(row)", images: row < pictured ? (0..<count).map { _ in bitmap([1, 2, 3], width: 2) } : [])
        })
    }
    let (whole, needed) = (sheet(pictures: columns, in: rows), sheet(pictures: drawn.columns, in: drawn.rows))
    #expect(whole.preferredSize == needed.preferredSize)
    // The names of an SVG's parts count on from picture to picture.
    func png(_ sheet: ContactSheet) throws -> [UInt8] {
      let canvas = try Canvas(.png, size: sheet.preferredSize)
      sheet.draw(on: canvas, in: canvas.bounds)
      return try Array(canvas.encoded())
    }
    #expect(try png(whole) == png(needed))
  }

  @Test func sheetsOfAnySizeAreDrawn() throws {
    #expect(try svg(ContactSheet(rows: [])).contains("no pictures"))
    for count in [1, 3, 1000] {
      let rows = (0..<count).map { ContactSheet.Row(title: "\($0)", images: [bitmap([1, 2, 3], width: 1 + $0 % 5)]) }
      let sheet = ContactSheet(title: "many", rows: rows)
      #expect(2 * sheet.preferredSize.height <= 32_767)
      #expect(try svg(sheet, size: Canvas.Size(width: 300, height: 200)).hasSuffix("</svg>\n"))
    }
  }
}
