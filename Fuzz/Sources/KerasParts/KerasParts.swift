import Input
import ModelFormats

/// The parts of a `.keras` file: the length of `config.json` in two bytes, `config.json`, `model.weights.h5`.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ data: UnsafePointer<UInt8>, _ count: Int) -> CInt {
  read(data, count) { bytes in
    guard bytes.count >= 2 else { return }
    let split = min(2 + Int(bytes[0]) + Int(bytes[1]) << 8, bytes.count)
    let archive = storedArchive([
      ("config.json", Array(bytes[2..<split])), ("model.weights.h5", Array(bytes[split...])),
    ])
    _ = try KerasFile(bytes: archive, path: "input.keras")
  }
}
