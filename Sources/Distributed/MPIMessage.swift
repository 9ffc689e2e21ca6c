/// A number that travels between two ranks. Its memory is freed once it has: until then MPI may use it.
final class MPIMessage {
  private let memory = UnsafeMutablePointer<Int64>.allocate(capacity: 1)
  private let request = MPIRequest()

  private init(_ number: Int64) {
    memory.initialize(to: number)
  }

  /// Begins to send a number to a rank; `nil` if MPI refuses.
  static func send(_ number: Int64, to rank: Int, tag: Int32, _ library: MPILibrary, _ group: MPILibrary.Handle)
    -> MPIMessage?
  {
    let message = MPIMessage(number)
    let status = library.send(
      message.memory, 8, library.values.uint8, Int32(rank), tag, group, message.request.pointer)
    return status == 0 ? message : nil
  }

  /// Begins to receive a number from a rank, or from any; `nil` if MPI refuses.
  static func receive(from rank: Int?, tag: Int32, _ library: MPILibrary, _ group: MPILibrary.Handle) -> MPIMessage? {
    let message = MPIMessage(-1)
    let status = library.receive(
      message.memory, 8, library.values.uint8, rank.map { Int32($0) } ?? library.values.anySource, tag, group,
      message.request.pointer)
    return status == 0 ? message : nil
  }

  /// The number, if it has travelled.
  func arrived(_ library: MPILibrary) -> Int64? {
    guard request.advance(library) == 0, request.isDone else { return nil }
    return memory.pointee
  }

  /// Gives up waiting for it.
  func cancel(_ library: MPILibrary) {
    guard !request.isDone, library.cancel(request.pointer) == 0 else { return }
    _ = request.advance(library)
  }

  deinit {
    if request.isDone { memory.deallocate() }
  }
}
