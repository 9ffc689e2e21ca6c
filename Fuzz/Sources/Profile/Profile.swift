import Data
import Input

/// The bytes are an ICC profile, in a JPEG of colours, or in a gray or a CMYK one: the first byte chooses.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  read(data, count) { bytes in
    let content = Array("ICC_PROFILE\0".utf8) + [1, 1] + bytes.dropFirst().prefix(65_000)
    let length = content.count + 2
    let photo = photos[Int(bytes.first ?? 0) % photos.count]
    let segment: [UInt8] = [0xFF, 0xE2, UInt8(length >> 8), UInt8(length & 0xFF)]
    _ = try Image(decoding: [0xFF, 0xD8] + segment + content + photo.dropFirst(2), profiles: .converting)
  }
}

/// Pictures of 8 x 8 pixels with 3, 1 and 4 components: baseline JPEGs in which every coefficient is 0.
private let photos: [[UInt8]] = [3, 1, 4].map { (components: Int) in
  let table: [UInt8] = [0xFF, 0xDB, 0, 67, 0] + [UInt8](repeating: 1, count: 64)
  var frame: [UInt8] = [0xFF, 0xC0, 0, UInt8(8 + 3 * components), 8, 0, 8, 0, 8, UInt8(components)]
  var scan: [UInt8] = [0xFF, 0xDA, 0, UInt8(6 + 2 * components), UInt8(components)]
  for component in 1...UInt8(components) {
    frame += [component, 0x11, 0]
    scan += [component, 0]
  }
  // One code of one bit in each table: the difference 0, and the end of a block.
  let codes: [UInt8] = [1] + [UInt8](repeating: 0, count: 15) + [0]
  let tables = [0xFF, 0xC4, 0, 20, 0] + codes + [0xFF, 0xC4, 0, 20, 0x10] + codes
  return [0xFF, 0xD8] + table + frame + tables + scan + [0, 63, 0, 0, 0xFF, 0xD9]
}
