import Tensor

/// A file of PyTorch in the form of before version 1.6, with a state dict of these tensors.
public func pyTorchFile(of tensors: [(name: String, tensor: Tensor<Float>)]) -> [UInt8] {
  func integer(_ value: Int) -> [UInt8] { [0x4A] + (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } }
  func text(_ text: String) -> [UInt8] { [0x58] + integer(text.utf8.count).dropFirst() + Array(text.utf8) }
  func global(_ module: String, _ name: String) -> [UInt8] { Array("c\(module)\n\(name)\n".utf8) }
  func tuple(_ parts: [UInt8]...) -> [UInt8] { [0x28] + parts.flatMap(\.self) + [0x74] }
  func integers(_ values: [Int]) -> [UInt8] { [0x28] + values.flatMap(integer) + [0x74] }
  func pickle(_ content: [UInt8]) -> [UInt8] { [0x80, 2] + content + [0x2E] }

  var (content, keys, storages): ([UInt8], [UInt8], [UInt8]) = ([0x7D], [0x5D], [])
  for (number, (name, tensor)) in tensors.enumerated() {
    let strides = tensor.shape.indices.map { tensor.shape[($0 + 1)...].reduce(1, *) }
    let storage =
      tuple(text("storage"), global("torch", "FloatStorage"), text("\(number)"), text("cpu"), integer(tensor.count))
      + [0x51]
    let view = tuple(storage, integer(0), integers(Array(tensor.shape)), integers(strides), [0x89], [0x7D])
    content += text(name) + global("torch._utils", "_rebuild_tensor_v2") + view + [0x52, 0x73]
    keys += text("\(number)") + [0x61]
    withUnsafeBytes(of: UInt64(tensor.count).littleEndian) { storages.append(contentsOf: $0) }
    for scalar in tensor.scalars {
      withUnsafeBytes(of: scalar.bitPattern.littleEndian) { storages.append(contentsOf: $0) }
    }
  }
  let magic: [UInt8] = [0x8A, 10, 0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19]
  return pickle(magic) + pickle(integer(1001)) + pickle([0x7D]) + pickle(content) + pickle(keys) + storages
}
