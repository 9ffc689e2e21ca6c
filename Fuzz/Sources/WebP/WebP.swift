import Input
import Photo

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  read(data, count) {
    try readPhoto(Array("RIFF".utf8) + $0.dropFirst(4).prefix(4) + Array("WEBP".utf8) + $0.dropFirst(12))
  }
}
