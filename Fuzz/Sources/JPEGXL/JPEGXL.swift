import Data
import Input
import Photo

/// JPEG XL with a container and without.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  read(data, count) { try readPhoto(ImageFormat(of: $0) == .jpegXL ? $0 : [0xFF, 0x0A] + $0.dropFirst(2)) }
}
