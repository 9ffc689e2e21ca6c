import Input
import ModelFormats

/// The pickle of an archive of PyTorch and its storages, each behind its length in two bytes, in an archive with true
/// checksums. The first byte says whether the highest byte of a number comes first.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  read(data, count) { bytes in
    var rest = bytes.dropFirst()
    var parts: [[UInt8]] = []
    while rest.count >= 2, parts.count < 64 {
      let length = Int(rest[rest.startIndex]) | Int(rest[rest.startIndex + 1]) << 8
      parts.append(Array(rest.dropFirst(2).prefix(length)))
      rest = rest.dropFirst(2 + length)
    }
    guard let pickle = parts.first else { return }
    let order = (bytes.first ?? 0) & 1 == 1 ? "big" : "little"
    let storages = parts.dropFirst().enumerated().map { (name: "a/data/\($0.offset)", bytes: $0.element) }
    let files = [("a/data.pkl", pickle), ("a/byteorder", Array(order.utf8))] + storages
    _ = try PyTorchFile(bytes: storedArchive(files), path: "input.pth")
  }
}
