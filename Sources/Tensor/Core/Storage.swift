/// The memory of a tensor: 64-byte-aligned elements. It comes from the pool and returns to it.
///
/// It may be written only while a single tensor refers to it (copy on write), so it can be shared safely.
final class Storage<Scalar: TensorScalar>: @unchecked Sendable {
  let pointer: UnsafeMutablePointer<Scalar>
  let count: Int
  private let block: StoragePool.Block

  /// Takes memory for `count` elements. Its content is undefined until it is written. Ends the process if there is not
  /// enough memory.
  init(count: Int, for use: @autoclosure () -> String = "an operation") {
    let (byteCount, overflows) = count.multipliedReportingOverflow(by: MemoryLayout<Scalar>.stride)
    guard !overflows, let block = StoragePool.shared.take(byteCount: byteCount) else {
      let bytes = overflows ? "\(Double(count) * Double(MemoryLayout<Scalar>.stride))" : "\(byteCount)"
      stopOutOfMemory("\(use()) needs \(bytes) bytes")
    }
    self.count = count
    self.block = block
    pointer = block.address.bindMemory(to: Scalar.self, capacity: count)
  }

  /// Takes memory for the elements of a tensor.
  convenience init(shape: Shape) {
    self.init(count: shape.elementCount, for: "a Tensor<\(Scalar.self)> of shape \(shape)")
  }

  deinit {
    StoragePool.shared.giveBack(block)
  }
}
