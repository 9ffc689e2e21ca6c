import Serialization
import Tensor

/// What a file of PyTorch holds: a pickle, and the storages that it refers to.
struct PyTorchContent {
  /// What the pickle describes.
  let root: PickleValue
  /// Where the parts of the values are.
  let heap: PickleHeap
  /// Whether the first byte of each number is the highest.
  let isBigEndian: Bool
  /// The bytes of a storage, as a part of others.
  let storage: (PyTorchStorage) throws -> (bytes: [UInt8], range: Range<Int>)

  /// How many times larger than the file its tensors may be: bytes become four times as large, and several tensors may
  /// share a storage.
  private static let largestExpansion = 16
  /// Tensors that take no more are read from the smallest file.
  private static let expansionFloor = 1 << 20

  /// The tensors of a state dict, in its order. Each storage is read once.
  ///
  /// - Throws: `ModelFileError` with the name of a tensor.
  func tensors(
    _ entries: [(name: String, tensor: Int)], path: String, fileByteCount: Int
  ) throws -> [Tensor<Float>] {
    var limit = max(
      Self.expansionFloor, fileByteCount.multipliedReportingOverflow(by: Self.largestExpansion).partialValue)
    limit /= MemoryLayout<Float>.size
    for (name, tensor) in entries {
      limit -= min(heap.tensors[tensor].count, limit + 1)
      guard limit >= 0 else {
        throw ModelFileError(
          path: path, place: "tensor \"\(name)\"",
          problem: .damaged("with it, the tensors are more than \(Self.largestExpansion) times as large as the file"))
      }
    }
    var found = [Tensor<Float>?](repeating: nil, count: entries.count)
    let groups = Dictionary(grouping: entries.indices) { heap.tensors[entries[$0].tensor].storage.key }
    for group in groups.values {
      let source = try storage(heap.tensors[entries[group[0]].tensor].storage)
      for index in group {
        let view = heap.tensors[entries[index].tensor]
        guard view.storage.byteCount == source.range.count else {
          throw ModelFileError(
            path: path, place: "tensor \"\(entries[index].name)\"",
            problem: .mismatch(
              found: "a storage of \(counted(source.range.count, "byte"))",
              expected: "\(counted(view.storage.count, "number")) of \(view.scalar)"))
        }
        found[index] = source.bytes.withUnsafeBytes {
          view.tensor(from: UnsafeRawBufferPointer(rebasing: $0[source.range]), isBigEndian: isBigEndian)
        }
      }
    }
    return found.compactMap(\.self)
  }
}
