import Input
import Serialization

@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  read(data, count) { _ = try Safetensors(bytes: $0, path: "input.safetensors") }
}
