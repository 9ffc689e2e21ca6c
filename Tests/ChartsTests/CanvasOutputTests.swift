import Charts
import Foundation
import Serialization
import Testing

@Suite struct CanvasOutputTests {
  private func draw(_ format: PictureFormat, scale: Double = 1) throws -> Canvas {
    let canvas = try Canvas(format, size: Canvas.Size(width: 60, height: 40), scale: scale)
    canvas.fill(.circle(center: Point(30, 20), radius: 10), with: .hex(0x0072B2))
    canvas.text("cats & <dogs>\nΔ", at: Point(5, 20), font: Font(size: 10), with: .black)
    return canvas
  }

  @Test func pngHasSignatureAndSize() throws {
    let bytes = try draw(.png, scale: 2).encoded()
    #expect(bytes.prefix(8) == [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A])
    // The header chunk follows at once: width and height in big-endian order.
    #expect(bytes[16..<24] == [0, 0, 0, 120, 0, 0, 0, 80])
  }

  @Test func svgHoldsTheWords() throws {
    let canvas = try draw(.svg)
    let svg = String(decoding: try canvas.encoded(), as: UTF8.self)
    #expect(svg.hasPrefix("<?xml") && svg.hasSuffix("</svg>\n"))
    #expect(svg.contains("<desc>cats &amp; &lt;dogs> Δ</desc>"))
    #expect(try canvas.encoded() == Array(svg.utf8), "asking twice gives the same")
  }

  @Test func pdfHasItsHeader() throws {
    let bytes = try draw(.pdf).encoded()
    #expect(bytes.starts(with: Array("%PDF-".utf8)))
    #expect(String(decoding: bytes.suffix(8), as: UTF8.self).contains("%%EOF"))
  }

  @Test(arguments: ["curves.gif", "curves", "png", "folder.png/curves", "curves."])
  func anUnknownExtensionIsNamed(path: String) {
    #expect(throws: DrawingError.unknownExtension(path: path)) { try PictureFormat(path: path) }
    #expect(DrawingError.unknownExtension(path: path).description.contains(path))
  }

  @Test func extensionsAreReadInAnyCase() throws {
    #expect(try PictureFormat(path: "a.b/curves.PNG") == .png)
    #expect(try PictureFormat(path: ".svg") == .svg)
    #expect(try PictureFormat(path: "x.y.pdf") == .pdf)
  }

  @Test func anotherExtensionThanTheCanvasIsRefused() throws {
    #expect(throws: DrawingError.formatMismatch(path: "a.svg", canvas: .png)) {
      try draw(.png).write(to: "a.svg")
    }
  }

  @Test func aVectorCanvasHasNoPixels() throws {
    #expect(throws: DrawingError.self) { try draw(.svg).bitmap() }
  }

  @Test func nothingCanBeDrawnOnAFinishedPicture() throws {
    let canvas = try draw(.pdf)
    _ = try canvas.encoded()
    canvas.fill(.circle(center: Point(30, 20), radius: 10), with: .red)
    #expect(throws: DrawingError.self) { try canvas.encoded() }
  }

  @Test func filesAreWritten() throws {
    let path = FileManager.default.temporaryDirectory.appending(path: "\(UUID()).png").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    let canvas = try draw(.png)
    try canvas.write(to: path)
    #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == Data(canvas.encoded()))
  }

  @Test func anUnwritablePathIsNamed() throws {
    let path = FileManager.default.temporaryDirectory.appending(path: "\(UUID())/curves.png").path
    let error = #expect(throws: FileError.self) { try draw(.png).write(to: path) }
    #expect(error?.path == path)
  }
}
