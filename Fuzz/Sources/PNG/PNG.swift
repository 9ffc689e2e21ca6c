import Input
import Photo

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  read(data, count) { try readPhoto([0x89, 0x50, 0x4e, 0x47] + $0.dropFirst(4)) }
}
