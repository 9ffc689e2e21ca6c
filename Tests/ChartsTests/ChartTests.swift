import Charts
import Foundation
import Serialization
import Testing

@Suite struct ChartTests {
  private struct Square: Chart {
    let color: Color
    var preferredSize: Canvas.Size { Canvas.Size(width: 40, height: 20) }
    func draw(on canvas: Canvas, in frame: Rectangle) {
      canvas.fill(.rectangle(frame), with: color)
    }
  }

  private func withFolder(_ body: (String) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory.appending(path: "charts-\(UUID())")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: false)
    defer { try? FileManager.default.removeItem(at: folder) }
    try body(folder.path)
  }

  private func bytes(of path: String) throws -> [UInt8] {
    try [UInt8](Data(contentsOf: URL(fileURLWithPath: path)))
  }

  @Test func theExtensionChoosesTheFormat() throws {
    try withFolder { folder in
      for (name, start) in [("a.png", "\u{89}PNG"), ("a.SVG", "<?xml"), ("a.pdf", "%PDF")] {
        try Square(color: .red).write(to: "\(folder)/\(name)")
        #expect(try bytes(of: "\(folder)/\(name)").starts(with: start.unicodeScalars.map { UInt8($0.value) }))
      }
      #expect(throws: DrawingError.unknownExtension(path: "\(folder)/a.jpeg")) {
        try Square(color: .red).write(to: "\(folder)/a.jpeg")
      }
    }
  }

  @Test func sizeAndScaleSetThePixels() throws {
    try withFolder { folder in
      let path = "\(folder)/a.png"
      try Square(color: .red).write(to: path)
      #expect(try bytes(of: path)[16..<24] == [0, 0, 0, 80, 0, 0, 0, 40])
      try Square(color: .red).write(to: path, size: Canvas.Size(width: 300, height: 7), scale: 1)
      #expect(try bytes(of: path)[16..<24] == [0, 0, 1, 44, 0, 0, 0, 7])
      #expect(throws: DrawingError.self) {
        try Square(color: .red).write(to: path, size: Canvas.Size(width: 0, height: 7))
      }
      #expect(throws: DrawingError.self) { try Square(color: .red).write(to: path, scale: .infinity) }
    }
  }

  @Test func aMissingFolderIsNamed() throws {
    try withFolder { folder in
      let path = "\(folder)/missing/a.svg"
      let error = #expect(throws: FileError.self) { try Square(color: .red).write(to: path) }
      #expect(error?.path == path)
    }
  }

  @Test func aFigurePutsPanelsRowByRow() throws {
    let figure = Figure(columns: 2, panels: [Square(color: .red), Square(color: .green), Square(color: .blue)])
    #expect(figure.preferredSize == Canvas.Size(width: 80, height: 40))
    let canvas = try Canvas(width: 80, height: 40)
    figure.draw(on: canvas, in: canvas.bounds)
    let bitmap = try canvas.bitmap()
    #expect(bitmap[0, 0] == .red && bitmap[39, 19] == .red && bitmap[40, 0] == .green && bitmap[79, 19] == .green)
    #expect(bitmap[0, 20] == .blue && bitmap[39, 39] == .blue && bitmap[40, 20] == .white)
  }

  @Test func aFigureTakesAnyNumberOfPanels() throws {
    for count in 0...5 {
      for columns in [nil, 0, 1, 3, 9] {
        let panels = (0..<count).map { LineChart(title: "panel \($0)", series: []) }
        let figure = Figure(title: "all", columns: columns, panels: panels)
        let canvas = try Canvas(.svg, size: figure.preferredSize)
        figure.draw(on: canvas, in: canvas.bounds)
        let svg = String(decoding: try canvas.encoded(), as: UTF8.self)
        #expect(svg.contains("all") && (0..<count).allSatisfy { svg.contains("panel \($0)") })
      }
    }
  }
}
