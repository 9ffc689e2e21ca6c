/// A request of MPI and its status. Their memory is freed once it is done: until then MPI may write to it.
///
/// `@unchecked Sendable` since it is used inside the lock of ``MPIProgress`` alone.
final class MPIRequest: @unchecked Sendable {
  let pointer = UnsafeMutableRawPointer.allocate(byteCount: 8, alignment: 8)
  private let status = UnsafeMutableRawPointer.allocate(byteCount: 64, alignment: 8)
  private(set) var isDone = false

  init() {
    pointer.initializeMemory(as: UInt64.self, to: 0)
  }

  /// Looks once whether it is done. MPI moves data meanwhile.
  ///
  /// - Returns: the status of MPI.
  func advance(_ library: MPILibrary) -> MPILibrary.Status {
    guard !isDone else { return 0 }
    var done: Int32 = 0
    let result = library.test(pointer, &done, status)
    isDone = result == 0 && done != 0
    return result
  }

  deinit {
    guard isDone else { return }
    pointer.deallocate()
    status.deallocate()
  }
}
