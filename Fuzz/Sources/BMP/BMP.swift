import Input
import Photo

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  read(data, count) { try readPhoto(Array("BM".utf8) + $0.dropFirst(2)) }
}
