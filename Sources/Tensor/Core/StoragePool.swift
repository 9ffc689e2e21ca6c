import CKernels
import Glibc

/// Keeps the memory of tensors that are gone, by size, for the next tensors.
///
/// A training step needs blocks of the same sizes as the step before. New pages from the system would cost as much time
/// as the arithmetic on them. Blocks below 64 KB come from `malloc`, which reuses small blocks well by itself. Sizes
/// are rounded up to eighths of a power of two. A request may get an idle block of up to twice its size, so that the
/// smaller last batch of an epoch needs hardly any additional memory.
///
/// The pool returns idle memory to the system if it would otherwise hold more than twice the largest amount ever in use
/// at once, if an allocation would fail, and on request.
package final class StoragePool: Sendable {
  /// The pool of the process.
  package static let shared = StoragePool()

  /// A block of memory and its size in the pool.
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
    /// The largest number of bytes that were in use at once.
    var mostUsedBytes = 0

    var usedBytes: Int { systemBytes - idleBytes }

    /// Takes an idle block of a size. Prefers the last one that the same thread gave back, which may still be in the
    /// cache of its core.
    mutating func take(size: Int, for thread: pthread_t) -> Block? {
      guard let blocks = idle[size], let last = blocks.indices.last else { return nil }
      let index = blocks.lastIndex { $0.thread == thread } ?? last
      idleBytes -= size
      mostUsedBytes = max(mostUsedBytes, usedBytes)
      return idle[size]?.remove(at: index).block
    }

    /// Counts a new block from the system.
    ///
    /// - Returns: the idle blocks to return to the system, if the pool holds too much memory.
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
  /// The size of a huge page on x86-64, and on ARM with pages of 4 KB.
  private static let hugePage = 2 << 20
  /// Larger requests fail at once: no machine has so much memory.
  private static let mostBytes = 1 << 60
  /// For requests of at least this size, the available memory is checked first. Linux may grant more memory than it
  /// has, and later kill the process without a message.
  private static let largeRequest = 64 << 20
  #if SANITIZED
    // A sanitizer finds reads after the end of a block, and uses of a freed block, only with the system's allocator.
    private static let smallestPooled = Int.max
  #else
    private static let smallestPooled = 64 * 1024
  #endif
  private let state = Lock(State())

  private init() {}

  /// The number of bytes that the pool holds, idle or in use.
  package var systemByteCount: Int { state.withLock { $0.systemBytes } }

  /// The number of idle bytes.
  package var idleByteCount: Int { state.withLock { $0.idleBytes } }

  /// Gives all idle memory back to the system.
  package func releaseIdleMemory() {
    for block in state.withLock({ $0.removeIdle() }) { free(block.address) }
    kilim_release_free_memory()
  }

  /// Takes a block of at least `byteCount` bytes; `nil` if there is not enough memory.
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

  /// Allocates memory. If that fails, returns idle memory to the system and tries again.
  private func allocate(byteCount: Int) -> Block? {
    if let block = Self.systemBlock(byteCount: byteCount) { return block }
    releaseIdleMemory()
    return Self.systemBlock(byteCount: byteCount)
  }

  private static func systemBlock(byteCount: Int) -> Block? {
    guard byteCount < largeRequest || SystemMemory.hasRoom(for: byteCount) else { return nil }
    let isLarge = byteCount >= 2 * hugePage
    var address: UnsafeMutableRawPointer?
    guard posix_memalign(&address, isLarge ? hugePage : alignment, max(byteCount, 1)) == 0, let address else {
      return nil
    }
    // One page of 2 MB instead of 512 small ones: the system fills it at once, and the processor finds it in one entry of its
    // table of pages. Where the system has none, this changes nothing. The rest of the block stays in small pages, so that no
    // memory is taken that was not asked for.
    if isLarge { madvise(address, byteCount / hugePage * hugePage, MADV_HUGEPAGE) }
    return Block(address: address, byteCount: byteCount)
  }
}
