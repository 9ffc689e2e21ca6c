import Data
import Input
import Photo

/// HEIC and AVIF: the box at the beginning stays one that names them.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  read(data, count) { bytes in
    let isKnown = [.avif, .heic].contains(ImageFormat(of: bytes))
    try readPhoto(isKnown ? bytes : bytes.prefix(4) + Array("ftypavif".utf8) + bytes.dropFirst(12))
  }
}
