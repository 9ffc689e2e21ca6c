import Tensor

// The operations that all ranks do together.

extension MPISession {
  /// One operation takes at most so many elements, since MPI counts them in 32 bits.
  private static let largestCount = 1 << 30

  func allReduce<Scalar: DistributedScalar>(_ memory: MPIMemory<Scalar>, _ reduction: Reduction) throws {
    for piece in pieces(of: memory.buffer) {
      try wait(for: "all-reduce of \(counted(memory.buffer.count, "element"))", keeping: [memory]) { library, request in
        library.allReduce(
          UnsafeRawPointer(bitPattern: library.values.inPlace), piece.baseAddress, Int32(piece.count),
          Scalar.distributedType.handle(in: library.values), reduction.handle(in: library.values),
          library.values.world, request)
      }
    }
  }

  /// Begins a sum, which goes on in the background.
  ///
  /// - Parameter target: what is summed up, in place. It must stay until the sum is done.
  func beginSum(_ target: UnsafeMutableBufferPointer<Float>) throws -> PendingOperation {
    pulse?.beginOperation()
    let operation = try progress.begin(
      "the sum of \(counted(target.count, "element"))", inBackground: true,
      pieces(of: target).map { piece in
        { [background] library, request in
          library.allReduce(
            UnsafeRawPointer(bitPattern: library.values.inPlace), piece.baseAddress, Int32(piece.count),
            library.values.float, library.values.sum, background, request)
        }
      })
    return PendingOperation(session: self, operation: operation)
  }

  /// Begins an exchange, which goes on in the background.
  func beginExchange(
    _ source: UnsafeRawBufferPointer, _ sent: [Range<Int>], into target: UnsafeMutableRawBufferPointer,
    _ received: [Range<Int>], isReturn: Bool, then follow: @escaping @Sendable () throws -> Void
  ) throws -> PendingOperation {
    let name = "the exchange of \(counted(source.count, "byte"))"
    guard max(source.count, target.count) <= Int(Int32.max) else {
      throw DistributedError.failed(
        operation: name, rank: rank, host: hosts[rank], reason: "these are more bytes than MPI counts")
    }
    // A return begins when the exchange before it is done, at another time on each rank.
    if !isReturn { pulse?.beginOperation() }
    let group = isReturn ? returning : background
    var requests: [(MPILibrary, UnsafeMutableRawPointer) -> MPILibrary.Status] = []
    for other in 0..<size where !received[other].isEmpty {
      let place = UnsafeMutableRawBufferPointer(rebasing: target[received[other]])
      requests.append {
        $0.receive(place.baseAddress, Int32(place.count), $0.values.uint8, Int32(other), 0, group, $1)
      }
    }
    for other in 0..<size where !sent[other].isEmpty {
      let piece = UnsafeRawBufferPointer(rebasing: source[sent[other]])
      requests.append { $0.send(piece.baseAddress, Int32(piece.count), $0.values.uint8, Int32(other), 0, group, $1) }
    }
    let operation = try progress.begin(name, inBackground: true, requests, then: follow)
    return PendingOperation(session: self, operation: operation)
  }

  /// - Parameter first: where the elements begin that are sent.
  func broadcast<Scalar: DistributedScalar>(_ memory: MPIMemory<Scalar>, startingAt first: Int = 0, from root: Int)
    throws
  {
    let target = UnsafeMutableBufferPointer(rebasing: memory.buffer[first...])
    for piece in pieces(of: target) {
      try wait(for: "broadcast of \(counted(target.count, "element"))", keeping: [memory]) { library, request in
        library.broadcast(
          piece.baseAddress, Int32(piece.count), Scalar.distributedType.handle(in: library.values), Int32(root),
          library.values.world, request)
      }
    }
  }

  /// The number of each rank.
  func gatherCounts(_ count: Int) throws -> [Int] {
    // Two halves, since numbers travel in 32 bits.
    let own = [Int32(truncatingIfNeeded: count & 0x7FFF_FFFF), Int32(truncatingIfNeeded: count >> 31)]
    let all = try gather(MPIMemory(own), Array(repeating: 2, count: size))
    return (0..<size).map { Int(all[2 * $0]) | Int(all[2 * $0 + 1]) << 31 }
  }

  /// The elements of each rank behind each other; `counts` says how many each has.
  func allGather<Scalar: DistributedScalar>(_ source: [Scalar], _ counts: [Int]) throws -> [Scalar] {
    guard counts.reduce(0, +) <= Int(Int32.max) else {
      throw DistributedError.failed(
        operation: "gathering", rank: rank, host: hosts[rank],
        reason: "\(counts.reduce(0, +)) elements are more than MPI counts")
    }
    return try gather(MPIMemory(source), counts)
  }

  func barrier() throws {
    try wait(for: "a barrier") { $0.barrier($0.values.world, $1) }
  }

  private func gather<Scalar: DistributedScalar>(_ source: MPIMemory<Scalar>, _ counts: [Int]) throws -> [Scalar] {
    let places = counts.indices.map { counts[..<$0].reduce(0, +) }
    let table = MPIMemory((counts + places).map { Int32($0) })
    let all = MPIMemory<Scalar>(count: counts.reduce(0, +))
    let type = Scalar.distributedType.handle(in: library.values)
    // The memory of the table: a number of elements for each rank, then their places.
    guard let sizes = table.buffer.baseAddress else { return [] }
    try wait(for: "gathering of \(counted(all.buffer.count, "element"))", keeping: [source, table, all]) {
      library, request in
      library.allGather(
        source.buffer.baseAddress, Int32(source.buffer.count), type, all.buffer.baseAddress, sizes,
        sizes + counts.count, type, library.values.world, request)
    }
    return all.values
  }

  /// At least one, so that also an operation without elements takes place.
  private func pieces<Scalar>(of buffer: UnsafeMutableBufferPointer<Scalar>) -> [UnsafeMutableBufferPointer<Scalar>] {
    stride(from: 0, to: max(buffer.count, 1), by: Self.largestCount).map { first in
      UnsafeMutableBufferPointer(rebasing: buffer[first..<min(first + Self.largestCount, buffer.count)])
    }
  }
}
