/// What the chunks of a PNG say beside the pixels. Check sums are left to libpng, and so is what it cannot read.
///
/// Source: W3C, "Portable Network Graphics (PNG) Specification (Third Edition)", sections 5.3 and 11.3.
struct PNGChunks {
  /// Whether the file has the form that Apple's tools give pictures in an app, which other programs cannot read.
  private(set) var isCgBI = false
  private(set) var orientation = Orientation.upright
  /// The content of the header chunk.
  private(set) var header: ArraySlice<UInt8> = []
  /// The content of the chunk with the colour profile.
  private var profileChunk: ArraySlice<UInt8> = []

  init(_ bytes: [UInt8]) {
    let file = bytes[...]
    var position = 8
    while let length = file.number(at: position, bytes: 4, .bigEndian) {
      let kind = file.part(at: position + 4, bytes: 4)
      if kind.elementsEqual("IHDR".utf8) { header = file.part(at: position + 8, bytes: length) }
      if kind.elementsEqual("CgBI".utf8) { isCgBI = true }
      if kind.elementsEqual("iCCP".utf8) { profileChunk = file.part(at: position + 8, bytes: length) }
      if kind.elementsEqual("eXIf".utf8),
        let orientation = Orientation(exif: file.part(at: position + 8, bytes: length))
      {
        self.orientation = orientation
      }
      if kind.elementsEqual("IEND".utf8) { break }
      position += length + 12
    }
  }

  /// The colour profile: behind a name, a zero and the number of the compression, compressed. `nil` if there is none, or it is
  /// damaged.
  var profile: [UInt8]? {
    guard let zero = profileChunk.firstIndex(of: 0) else { return nil }
    let packed = Array(profileChunk[zero...].dropFirst(2))
    return try? unpack(packed, .zlib, path: "PNG", limit: ColourProfile.largest)
  }
}
