import Input
import ModelFormats
import NN

/// Whole `.keras` files. Most changes fail at a checksum of the archive; ``KerasParts`` goes behind it.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  read(data, count) { _ = try Model(keras: $0, path: "input.keras") }
}
