/// The memory of a tensor: 64-byte-aligned elements, taken from the pool and given back to it.
///
/// Writing is allowed only while a single tensor holds the storage (copy on write), which makes it safe to share.
final class Storage<Scalar: TensorScalar>: @unchecked Sendable {
  let pointer: UnsafeMutablePointer<Scalar>
  let count: Int
  private let block: StoragePool.Block

  /// Takes memory for `count` elements. Its content is undefined until written.
  init(count: Int) {
    self.count = count
    block = StoragePool.shared.take(byteCount: count * MemoryLayout<Scalar>.stride)
    pointer = block.address.bindMemory(to: Scalar.self, capacity: count)
  }

  deinit {
    StoragePool.shared.giveBack(block)
  }
}
