import Glibc
import Synchronization

/// Memory that tensors have given back, kept by size for the next tensor.
///
/// A training step asks for the same sizes as the step before; fresh pages from the system would cost as much as
/// the arithmetic done in them. Blocks under 64 KB come from `malloc`, which recycles those well by itself.
/// Sizes are rounded up to eighths of a power of two, and a request may take an idle block of up to twice its
/// size, so that the smaller last batch of an epoch takes hardly any memory of its own.
public final class StoragePool: Sendable {
  /// The pool of the process.
  public static let shared = StoragePool()

  /// A piece of memory and the size under which the pool keeps it.
  struct Block: @unchecked Sendable {
    let address: UnsafeMutableRawPointer
    let byteCount: Int
  }

  /// A block and the thread that gave it back.
  private struct IdleBlock {
    let block: Block
    let thread: pthread_t
  }

  private struct State {
    var idle: [Int: [IdleBlock]] = [:]
    var idleBytes = 0
    var systemBytes = 0

    /// Takes an idle block of a size: the last that the same thread gave back, if there is one, since it may stand in
    /// its core's caches, where other cores would have to fetch it from.
    mutating func take(size: Int, for thread: pthread_t) -> Block? {
      guard let blocks = idle[size], let last = blocks.indices.last else { return nil }
      let index = blocks.lastIndex { $0.thread == thread } ?? last
      idleBytes -= size
      return idle[size]?.remove(at: index).block
    }
  }

  private static let alignment = 64
  #if SANITIZED
    // Whoever reads behind the end of a block, or keeps one that was given back, is found by the system's allocator alone.
    private static let smallestPooled = Int.max
  #else
    private static let smallestPooled = 64 * 1024
  #endif
  private let state = Mutex(State())

  private init() {}

  /// The number of bytes that the pool has taken from the system and not given back, idle or in use.
  public var systemByteCount: Int { state.withLock { $0.systemBytes } }

  /// The number of bytes that wait for the next tensor.
  public var idleByteCount: Int { state.withLock { $0.idleBytes } }

  /// Gives all idle memory back to the system.
  public func releaseIdleMemory() {
    let blocks = state.withLock { state in
      let blocks = state.idle.values.flatMap { $0.map(\.block) }
      state.systemBytes -= state.idleBytes
      state.idle = [:]
      state.idleBytes = 0
      return blocks
    }
    for block in blocks { free(block.address) }
  }

  func take(byteCount: Int) -> Block {
    guard byteCount >= Self.smallestPooled else { return Self.allocate(byteCount: byteCount) }
    let rounded = Self.roundedUp(byteCount)
    let recycled = state.withLock { state -> Block? in
      var size = rounded
      while size <= 2 * rounded {
        if let block = state.take(size: size, for: pthread_self()) { return block }
        size = Self.roundedUp(size + 1)
      }
      state.systemBytes += rounded
      return nil
    }
    return recycled ?? Self.allocate(byteCount: rounded)
  }

  func giveBack(_ block: Block) {
    guard block.byteCount >= Self.smallestPooled else { return free(block.address) }
    state.withLock { state in
      state.idle[block.byteCount, default: []].append(IdleBlock(block: block, thread: pthread_self()))
      state.idleBytes += block.byteCount
    }
  }

  /// The next size of the form (8 + k) * 2^e, k < 8: at most an eighth of a block is wasted.
  private static func roundedUp(_ byteCount: Int) -> Int {
    let step = 1 << (Int.bitWidth - byteCount.leadingZeroBitCount - 4)
    return byteCount.roundedUp(to: step)
  }

  private static func allocate(byteCount: Int) -> Block {
    var address: UnsafeMutableRawPointer?
    guard posix_memalign(&address, alignment, max(byteCount, 1)) == 0, let address else {
      stop("Tensor: no memory for \(byteCount) bytes")
    }
    return Block(address: address, byteCount: byteCount)
  }
}
