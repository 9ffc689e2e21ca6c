import Data

/// Decides whether the answer of a server is a photo.
package struct PictureCheck: Sendable {
  /// The shortest side that a photo may have, in pixels.
  package var minimumSide = 64

  /// Makes the check.
  package init(minimumSide: Int = 64) {
    self.minimumSide = minimumSide
  }

  /// The result of the check.
  package enum Verdict: Sendable {
    /// A photo, and the file extension of its format.
    case photo(Image, fileExtension: String)
    /// Something else.
    case dropped(Dropped)
  }

  /// Checks the content of a file. Names and header fields do not count.
  package func verdict(on bytes: [UInt8], source: String) -> Verdict {
    let image: Image
    do {
      image = try Image(decoding: bytes, path: source)
    } catch {
      let kind = ImageFormat(of: bytes) == nil ? "no image" : "damaged"
      return .dropped(Dropped(kind: kind, detail: "found \(error.found), expected \(error.expected)"))
    }
    guard let format = ImageFormat(of: bytes) else { return .dropped(Dropped(kind: "no image")) }
    guard min(image.width, image.height) >= minimumSide else {
      return .dropped(Dropped(kind: "too small", detail: "\(image.width) x \(image.height) pixels"))
    }
    guard !image.isDrawing else { return .dropped(Dropped(kind: "icon")) }
    return .photo(image, fileExtension: format == .jpeg ? "jpg" : format.rawValue)
  }
}

extension Image {
  /// Whether the picture has as few colours as an icon, a logo or an empty page: at most 32 of the 32,768 colours that
  /// five bits for each channel can represent. The edge between two plain colours can give up to 32; photos have
  /// hundreds.
  fileprivate var isDrawing: Bool {
    var isFound = [Bool](repeating: false, count: 1 << 15)
    var count = 0
    for start in stride(from: 0, to: pixels.count, by: 3) {
      let colour = Int(pixels[start] >> 3) << 10 | Int(pixels[start + 1] >> 3) << 5 | Int(pixels[start + 2] >> 3)
      if isFound[colour] { continue }
      isFound[colour] = true
      count += 1
      if count > 32 { return false }
    }
    return true
  }
}
