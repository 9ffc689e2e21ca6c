import Serialization
import Tensor

extension Dataset {
  /// XXH64 over all examples and targets in their order. Goes through all of them once.
  public func checksum() throws -> UInt64 {
    let part = 256
    var hash = UInt64(count)
    for start in stride(from: 0, to: count, by: part) {
      let batch = try batch(Array(start..<min(start + part, count)))
      for tensor in [batch.inputs, batch.targets] {
        hash = tensor.withUnsafeScalars { xxh64(UnsafeRawBufferPointer($0), seed: hash) }
      }
    }
    return hash
  }
}
