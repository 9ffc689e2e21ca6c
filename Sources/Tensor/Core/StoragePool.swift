import CKernels
import Glibc

/// Memory that tensors have given back, kept by size for the next tensor.
///
/// A training step asks for the same sizes as the step before; fresh pages from the system would cost as much as
/// the arithmetic done in them. Blocks under 64 KB come from `malloc`, which recycles those well by itself.
/// Sizes are rounded up to eighths of a power of two, and a request may take an idle block of up to twice its
/// size, so that the smaller last batch of an epoch takes hardly any memory of its own.
///
/// The pool gives idle memory back to the system when it would otherwise hold more than twice what was ever in use at
/// once, when an allocation would fail, and on request.
package final class StoragePool: Sendable {
  /// The pool of the process.
  package static let shared = StoragePool()

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
    /// The most bytes that were in use at once.
    var mostUsedBytes = 0

    var usedBytes: Int { systemBytes - idleBytes }

    /// Takes an idle block of a size: the last that the same thread gave back, if there is one, since it may stand in
    /// its core's caches, where other cores would have to fetch it from.
    mutating func take(size: Int, for thread: pthread_t) -> Block? {
      guard let blocks = idle[size], let last = blocks.indices.last else { return nil }
      let index = blocks.lastIndex { $0.thread == thread } ?? last
      idleBytes -= size
      mostUsedBytes = max(mostUsedBytes, usedBytes)
      return idle[size]?.remove(at: index).block
    }

    /// Counts a block that comes from the system.
    ///
    /// - Returns: the idle blocks to give back to it, where there are too many.
    mutating func addFresh(size: Int) -> [Block] {
      mostUsedBytes = max(mostUsedBytes, usedBytes + size)
      let superfluous = systemBytes + size > 2 * mostUsedBytes ? removeIdle() : []
      systemBytes += size
      return superfluous
    }

    mutating func removeIdle() -> [Block] {
      let blocks = idle.values.flatMap { $0.map(\.block) }
      systemBytes -= idleBytes
      idle = [:]
      idleBytes = 0
      return blocks
    }
  }

  private static let alignment = 64
  /// Larger requests would take a size that no machine has.
  private static let mostBytes = 1 << 60
  /// From here on the system is asked first whether it has the memory: it may promise more than it can keep, and end
  /// the process later without a word.
  private static let largeRequest = 64 << 20
  #if SANITIZED
    // Whoever reads behind the end of a block, or keeps one that was given back, is found by the system's allocator alone.
    private static let smallestPooled = Int.max
  #else
    private static let smallestPooled = 64 * 1024
  #endif
  private let state = Lock(State())

  private init() {}

  /// The number of bytes that the pool has taken from the system and not given back, idle or in use.
  package var systemByteCount: Int { state.withLock { $0.systemBytes } }

  /// The number of bytes that wait for the next tensor.
  package var idleByteCount: Int { state.withLock { $0.idleBytes } }

  /// Gives all idle memory back to the system.
  package func releaseIdleMemory() {
    for block in state.withLock({ $0.removeIdle() }) { free(block.address) }
    kilim_release_free_memory()
  }

  /// Takes a block of at least so many bytes, or `nil` where there is not enough memory.
  func take(byteCount: Int) -> Block? {
    guard byteCount <= Self.mostBytes else { return nil }
    guard byteCount >= Self.smallestPooled else { return allocate(byteCount: byteCount) }
    let rounded = Self.roundedUp(byteCount)
    var superfluous: [Block] = []
    let recycled = state.withLock { state -> Block? in
      var size = rounded
      while size <= 2 * rounded {
        if let block = state.take(size: size, for: pthread_self()) { return block }
        size = Self.roundedUp(size + 1)
      }
      superfluous = state.addFresh(size: rounded)
      return nil
    }
    for block in superfluous { free(block.address) }
    return recycled ?? allocate(byteCount: rounded)
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

  /// Takes memory from the system; where it has none, gives back what is idle and tries again.
  private func allocate(byteCount: Int) -> Block? {
    if let block = Self.systemBlock(byteCount: byteCount) { return block }
    releaseIdleMemory()
    return Self.systemBlock(byteCount: byteCount)
  }

  private static func systemBlock(byteCount: Int) -> Block? {
    guard byteCount < largeRequest || SystemMemory.hasRoom(for: byteCount) else { return nil }
    var address: UnsafeMutableRawPointer?
    guard posix_memalign(&address, alignment, max(byteCount, 1)) == 0, let address else { return nil }
    return Block(address: address, byteCount: byteCount)
  }
}
