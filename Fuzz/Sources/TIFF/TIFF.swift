import Data
import Input
import Photo

/// TIFF and BigTIFF, in both byte orders.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  read(data, count) { try readPhoto(ImageFormat(of: $0) == .tiff ? $0 : [0x49, 0x49, 42, 0] + $0.dropFirst(4)) }
}
