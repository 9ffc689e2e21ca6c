import Glibc
import Tensor

/// The processes that work together, as one of them sees them. Its rank is its number, from 0.
///
/// All operations are collective: every rank calls the same ones in the same order, or the others wait for it until they throw.
/// They are for one thread at a time.
public struct ProcessGroup: Sendable {
  /// The number of this process.
  public let rank: Int
  /// The number of processes.
  public let size: Int
  /// The names of the machines, by rank.
  public let hosts: [String]
  /// `nil` for a process alone.
  private let session: MPISession?

  init(rank: Int, size: Int, hosts: [String], session: MPISession?) {
    (self.rank, self.size, self.hosts, self.session) = (rank, size, hosts, session)
  }

  /// A process alone.
  public static let alone = ProcessGroup(rank: 0, size: 1, hosts: [hostName()], session: nil)

  /// The name of this machine.
  public var host: String { hosts[rank] }

  /// The elements of all ranks joined by a reduction, the same bits on each rank.
  ///
  /// Shape: that of the tensor, which is the same on all ranks. Cost: about twice the bytes of the tensor over the network.
  ///
  /// - Throws: ``DistributedError`` when a rank is late or the library fails.
  public func allReduce<Scalar: DistributedScalar>(
    _ tensor: Tensor<Scalar>, _ reduction: Reduction = .sum
  ) throws -> Tensor<Scalar> {
    guard let session else { return tensor }
    let memory = MPIMemory(tensor.scalars)
    try session.allReduce(memory, reduction)
    return Tensor(shape: tensor.shape, scalars: memory.values)
  }

  /// The tensor of one rank, on all ranks.
  ///
  /// - Parameters:
  ///   - tensor: on the root, what is sent; elsewhere, a tensor of the same shape, whose elements do not matter.
  ///   - root: the rank whose tensor it is.
  /// - Throws: ``DistributedError`` when a rank is late or the library fails.
  public func broadcast<Scalar: DistributedScalar>(
    _ tensor: Tensor<Scalar>, from root: Int = 0
  ) throws -> Tensor<Scalar> {
    require((0..<size).contains(root), "broadcast: rank \(root) is none of the \(size) ranks")
    guard let session else { return tensor }
    let memory = MPIMemory(tensor.scalars)
    try session.broadcast(memory, from: root)
    return Tensor(shape: tensor.shape, scalars: memory.values)
  }

  /// Some bytes of one rank, on all ranks. The other ranks need not know how many there are.
  ///
  /// - Throws: ``DistributedError`` when a rank is late or the library fails.
  public func broadcast(_ bytes: [UInt8], from root: Int = 0) throws -> [UInt8] {
    require((0..<size).contains(root), "broadcast: rank \(root) is none of the \(size) ranks")
    guard let session else { return bytes }
    // The first packet has the number of bytes and as many of them as fit, so that a short message is one operation.
    let head = 8
    var packet = [UInt8](repeating: 0, count: 1_024)
    if rank == root {
      let first = bytes.prefix(packet.count - head)
      packet.replaceSubrange(0..<head, with: (0..<head).map { UInt8(truncatingIfNeeded: bytes.count >> (8 * $0)) })
      packet.replaceSubrange(head..<head + first.count, with: first)
    }
    packet = try broadcast(Tensor<UInt8>(packet), from: root).scalars
    let count = (0..<head).reduce(0) { $0 | Int(packet[$1]) << (8 * $1) }
    let start = packet[head...].prefix(count)
    guard count > start.count else { return Array(start) }
    // In place, since a model and the state of its optimizer are large.
    let memory = MPIMemory(
      rank == root ? bytes : Array(start) + [UInt8](repeating: 0, count: count - start.count))
    try session.broadcast(memory, startingAt: start.count, from: root)
    return memory.values
  }

  /// Begins to add up the values of all ranks in place, and returns at once. The sums have the same bits on each rank.
  ///
  /// Such sums are independent of the other operations: each rank begins the same sums in the same order, whatever it does
  /// between them.
  ///
  /// - Parameter values: as many on each rank. The memory must stay as it is until the sum is done.
  /// - Throws: ``DistributedError`` when the library fails.
  package func beginSum(_ values: UnsafeMutableBufferPointer<Float>) throws -> PendingOperation {
    try session?.beginSum(values) ?? PendingOperation(session: nil)
  }

  /// Begins to send a piece of memory to each rank and to receive one from each, and returns at once.
  ///
  /// - Parameters:
  ///   - source: must stay as it is until the exchange is done.
  ///   - sent: for each rank, the bytes of the source that it gets.
  ///   - target: must stay until the exchange is done.
  ///   - received: for each rank, the bytes of the target that come from it.
  ///   - isReturn: which of two kinds it is. Exchanges of one kind, and sums and the first kind, begin in the same order on all
  ///     ranks.
  ///   - follow: runs on any thread when the own pieces are sent and those of all ranks are here, before the exchange is done;
  ///     in the order in which the exchanges began. It may begin others.
  /// - Throws: ``DistributedError`` when the library fails.
  package func beginExchange(
    _ source: UnsafeRawBufferPointer, _ sent: [Range<Int>], into target: UnsafeMutableRawBufferPointer,
    _ received: [Range<Int>], isReturn: Bool, then follow: @escaping @Sendable () throws -> Void
  ) throws -> PendingOperation {
    if let session {
      return try session.beginExchange(source, sent, into: target, received, isReturn: isReturn, then: follow)
    }
    target[received[0]].copyBytes(from: source[sent[0]])
    try follow()
    return PendingOperation(session: nil)
  }

  /// The rows of all ranks behind each other, in the order of the ranks.
  ///
  /// Shapes: `[N_r, …]` on rank `r`, with any `N_r`, also 0, gives `[ΣN_r, …]` on every rank.
  ///
  /// - Throws: ``DistributedError`` when a rank is late, the library fails or the rows have different shapes.
  public func allGather<Scalar: DistributedScalar>(_ tensor: Tensor<Scalar>) throws -> Tensor<Scalar> {
    require(tensor.rank >= 1, "allGather: a scalar has no rows")
    guard let session else { return tensor }
    let row = Shape(tensor.shape.dropFirst())
    try requireAgreement("\(row)", on: "shapes of the rows to gather")
    let counts = try session.gatherCounts(tensor.shape[0])
    let rows = try session.allGather(tensor.scalars, counts.map { $0 * row.elementCount })
    return Tensor(shape: Shape([counts.reduce(0, +)] + row), scalars: rows)
  }

  /// The bytes of each rank, by rank, on every rank.
  ///
  /// - Throws: ``DistributedError`` when a rank is late or the library fails.
  public func allGather(_ bytes: [UInt8]) throws -> [[UInt8]] {
    guard let session else { return [bytes] }
    let counts = try session.gatherCounts(bytes.count)
    let all = try session.allGather(bytes, counts)
    var first = 0
    return counts.map { count in
      defer { first += count }
      return Array(all[first..<first + count])
    }
  }

  /// Waits until all ranks are here.
  ///
  /// - Throws: ``DistributedError`` when a rank is late or the library fails.
  public func barrier() throws {
    try session?.barrier()
  }

  /// Compares a text on all ranks.
  ///
  /// - Parameters:
  ///   - text: what must be the same on all ranks.
  ///   - subject: what it is, for the error: `"data sets"`.
  /// - Throws: ``DistributedError/disagreement(subject:own:others:)`` on every rank if one of them has another text.
  public func requireAgreement(_ text: String, on subject: String) throws {
    let texts = try allGather(Array(text.utf8)).map { String(decoding: $0, as: UTF8.self) }
    guard let first = texts.first, texts.contains(where: { $0 != first }) else { return }
    let others = texts.indices.filter { texts[$0] != text }.map { "\(texts[$0]) on rank \($0) (\(hosts[$0]))" }
    throw DistributedError.disagreement(subject: subject, own: text, others: others)
  }

  /// Runs something that may fail on each rank, and throws on all ranks if it does on one of them, so that none waits for
  /// those that have left.
  ///
  /// - Throws: on a rank that failed, its error; on the others, ``DistributedError/otherRank(rank:host:reason:)``.
  public func together<Value>(_ body: () throws -> Value) throws -> Value {
    let own = Result { try body() }
    let reasons = try allGather(Array((own.failure.map { "\($0)" } ?? "").utf8))
    if own.failure == nil, let failed = reasons.firstIndex(where: { !$0.isEmpty }) {
      throw DistributedError.otherRank(
        rank: failed, host: hosts[failed], reason: String(decoding: reasons[failed], as: UTF8.self))
    }
    return try own.get()
  }
}

extension Result {
  /// The error; `nil` if there is none.
  fileprivate var failure: Failure? {
    if case .failure(let error) = self { error } else { nil }
  }
}

/// The name of this machine.
func hostName() -> String {
  var buffer = [CChar](repeating: 0, count: 256)
  guard gethostname(&buffer, buffer.count - 1) == 0 else { return "unknown" }
  return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
}
