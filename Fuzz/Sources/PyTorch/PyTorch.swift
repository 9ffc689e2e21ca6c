import Input
import ModelFormats

/// Whole files of PyTorch. The old form has no checksums; ``PyTorchParts`` goes behind those of the archive.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  read(data, count) { _ = try PyTorchFile(bytes: $0, path: "input.pth") }
}
