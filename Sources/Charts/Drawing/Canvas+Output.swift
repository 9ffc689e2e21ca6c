import CCairo
import Foundation
import Serialization

/// Encoding and writing.
extension Canvas {
  /// The bytes of a file in the canvas's `format`. After it nothing can be drawn on an SVG or PDF canvas.
  ///
  /// - Throws: `DrawingError.cairo` if this or an earlier drawing failed.
  public func encoded() throws -> [UInt8] {
    try check("draw")
    switch format {
    case .png:
      let sink = ByteSink()
      let status = cairo_surface_write_to_png_stream(surface, ByteSink.append, sink.pointer)
      guard status == CAIRO_STATUS_SUCCESS else {
        throw DrawingError.cairo(operation: "encode PNG", reason: String(cString: cairo_status_to_string(status)))
      }
      return sink.bytes
    case .svg:
      cairo_surface_finish(surface)
      try check("finish SVG")
      return describedSVG
    case .pdf:
      cairo_surface_finish(surface)
      try check("finish PDF")
      return sink.bytes
    }
  }

  /// Writes the picture to a file, whole or not at all. The extension must name the canvas's `format`.
  ///
  /// - Throws: `DrawingError` if the drawing failed or the extension differs; `FileError` if the file cannot be written.
  public func write(to path: String) throws {
    guard try PictureFormat(path: path) == format else {
      throw DrawingError.formatMismatch(path: path, canvas: format)
    }
    try writeAtomically(encoded(), to: path, replacing: .sameKind)
  }

  /// cairo draws letters of an SVG as outlines, which a search or a screen reader cannot read. So the texts are also in the
  /// description of the picture.
  private var describedSVG: [UInt8] {
    let svg = String(decoding: sink.bytes, as: UTF8.self)
    guard !texts.isEmpty, let root = svg.range(of: "<svg"),
      let end = svg[root.upperBound...].firstIndex(of: ">")
    else { return sink.bytes }
    let words = texts.joined(separator: "\n")
      .replacingOccurrences(of: "&", with: "&amp;")
      .replacingOccurrences(of: "<", with: "&lt;")
      .replacingOccurrences(of: "]]>", with: "]]&gt;")
    return Array((svg[...end] + "\n<desc>" + words + "</desc>" + svg[svg.index(after: end)...]).utf8)
  }
}
