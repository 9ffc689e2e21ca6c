import Input
import ModelFormats

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  read(data, count) { _ = try NPZ(bytes: $0, path: "input.npz") }
}
