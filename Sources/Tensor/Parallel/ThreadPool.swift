import CKernels
import Glibc
import Synchronization

/// The worker threads behind `parallelFor`.
///
/// One job runs at a time. Its chunks are divided into one share per thread; the first share belongs to the caller. A
/// thread that has finished its own share helps with the other shares, so that a slow core runs fewer chunks. The
/// shares are the same in every job of the same size: the images that a thread has written are still in the cache of
/// its core when the next job reads them.
///
/// A training step starts a hundred jobs in quick succession. So workers poll for the next job for some time before
/// they sleep, and a thread that is awake takes no lock.
final class ThreadPool: @unchecked Sendable {
  static let shared = ThreadPool()

  /// How often a worker polls for the next job, and the caller for the end of the last chunk. With a pause of 20 to 140
  /// cycles between two polls, this takes 50 to 100 microseconds: about as long as it takes to wake a thread.
  private static let spins = 3_000
  /// The largest number of shares. With more threads, some threads begin with the same share.
  private static let mostShares = 64

  /// Whether a job is running or the pool is reserved. If it is, other callers run their chunks on their own thread.
  private let isBusy = Atomic<Bool>(false)
  /// The thread that has reserved the pool, 0 for none.
  private let owner = Atomic<UInt>(0)
  /// Whether a job of the owner is running. Only the owner reads and writes it.
  private var ownerIsSharing = false
  /// Whether a thread that has finished its share takes chunks of other shares.
  private let helpsOthers = Atomic<Bool>(true)
  /// The number of jobs published so far.
  private let generation = Atomic<Int>(0)
  /// The number of unclaimed chunks of each share. A worker that comes too late finds 0 or less and does nothing, even
  /// if a new job has begun meanwhile.
  private let unclaimed = Counters(count: ThreadPool.mostShares)
  private let unfinished = Atomic<Int>(0)
  /// How many workers may take part in the job.
  private let helpers = Atomic<Int>(0)
  /// The job. It is written before its chunks can be claimed, and read only by threads that have claimed one of them.
  /// The caller waits until all chunks are done before it writes the next job.
  private var chunks = 0
  private var shares = 1
  private var body: UnsafePointer<(Int) -> Void>?

  private let sleepers = Atomic<Int>(0)
  private let condition = Condition()
  private var workerCount = 0

  func run(chunks: Int, _ body: (Int) -> Void) {
    guard chunks > 0 else { return }
    let mode = kilim_flush_denormals()
    defer { kilim_restore_floating_point_mode(mode) }
    let helpers = min(Threads.count, chunks) - 1
    guard helpers >= 1, enter() else {
      for chunk in 0..<chunks { body(chunk) }
      return
    }
    defer { leave() }
    withoutActuallyEscaping(body) { body in
      withUnsafePointer(to: body) { share(chunks: chunks, helpers: helpers, body: $0) }
    }
  }

  /// Reserves the pool for the calling thread while `body` runs; see ``withReservedThreads(_:)``.
  func reserve<Result>(_ body: () throws -> Result) rethrows -> Result {
    if isOwner { return try body() }
    while isBusy.exchange(true, ordering: .acquiring) { sched_yield() }
    owner.store(Self.thisThread, ordering: .relaxed)
    helpsOthers.store(false, ordering: .relaxed)
    defer {
      helpsOthers.store(true, ordering: .relaxed)
      owner.store(0, ordering: .relaxed)
      isBusy.store(false, ordering: .releasing)
    }
    return try body()
  }

  private static var thisThread: UInt { UInt(pthread_self()) }
  private var isOwner: Bool { owner.load(ordering: .relaxed) == Self.thisThread }

  /// Takes the pool for one job of the calling thread, if the pool is free or reserved for this thread.
  private func enter() -> Bool {
    if !isBusy.exchange(true, ordering: .acquiring) { return true }
    guard isOwner, !ownerIsSharing else { return false }
    ownerIsSharing = true
    return true
  }

  private func leave() {
    if isOwner { ownerIsSharing = false } else { isBusy.store(false, ordering: .releasing) }
  }

  /// Publishes a job, works on it and waits until its last chunk is done.
  private func share(chunks: Int, helpers: Int, body: UnsafePointer<(Int) -> Void>) {
    while workerCount < helpers, startWorker(index: workerCount) { workerCount += 1 }
    // If the system cannot start more threads, the existing ones do the work.
    let helpers = min(helpers, workerCount)
    self.chunks = chunks
    self.body = body
    shares = min(helpers + 1, Self.mostShares)
    self.helpers.store(helpers, ordering: .relaxed)
    unfinished.store(chunks, ordering: .relaxed)
    for index in 0..<shares { unclaimed[index].pointee.store(share(index).count, ordering: .releasing) }
    // No worker misses the job: a worker adds itself to the sleepers before it reads the generation for the last time,
    // and here the generation changes before the sleepers are read. So at least one of the two sees the change of the
    // other.
    generation.add(1, ordering: .sequentiallyConsistent)
    if sleepers.load(ordering: .sequentiallyConsistent) > 0 { condition.withLock { condition.wakeAll() } }
    work(from: 0)
    var spins = 0
    while unfinished.load(ordering: .acquiring) > 0 {
      kilim_pause()
      spins += 1
      if spins > Self.spins { sched_yield() }
    }
  }

  /// The chunks of one share of the running job.
  private func share(_ index: Int) -> Range<Int> { index * chunks / shares..<(index + 1) * chunks / shares }

  /// Claims and runs chunks of the running job until none is left, beginning with one share.
  private func work(from first: Int) {
    let shares = helpsOthers.load(ordering: .relaxed) ? Self.mostShares : 1
    for step in 0..<shares {
      let index = (first + step) % Self.mostShares
      // Reading before subtracting: a thread that finds no chunk does not invalidate the counter in other cores'
      // caches.
      while unclaimed[index].pointee.load(ordering: .relaxed) > 0 {
        let left = unclaimed[index].pointee.subtract(1, ordering: .acquiringAndReleasing).oldValue
        guard left > 0, let body else { break }
        body.pointee(share(index).upperBound - left)
        unfinished.subtract(1, ordering: .acquiringAndReleasing)
      }
    }
  }

  /// - Returns: whether the system could start a thread.
  private func startWorker(index: Int) -> Bool {
    let start = Unmanaged.passRetained(WorkerStart(pool: self, index: index))
    var thread = pthread_t()
    let status = pthread_create(
      &thread, nil,
      { argument in
        guard let argument else { return nil }
        let start = Unmanaged<WorkerStart>.fromOpaque(argument).takeRetainedValue()
        start.pool.workerLoop(index: start.index)
      }, start.toOpaque())
    guard status == 0 else {
      start.release()
      return false
    }
    pthread_detach(thread)
    return true
  }

  private final class WorkerStart: Sendable {
    let pool: ThreadPool
    let index: Int

    init(pool: ThreadPool, index: Int) {
      self.pool = pool
      self.index = index
    }
  }

  private func workerLoop(index: Int) -> Never {
    _ = kilim_flush_denormals()
    var seen = 0
    while true {
      var spins = 0
      while generation.load(ordering: .acquiring) == seen, spins < Self.spins {
        kilim_pause()
        spins += 1
      }
      if generation.load(ordering: .acquiring) == seen { sleep(after: seen) }
      seen = generation.load(ordering: .acquiring)
      if index < helpers.load(ordering: .relaxed) { work(from: (index + 1) % Self.mostShares) }
    }
  }

  /// Sleeps until a new job is published.
  private func sleep(after seen: Int) {
    condition.withLock {
      sleepers.add(1, ordering: .sequentiallyConsistent)
      while generation.load(ordering: .sequentiallyConsistent) == seen { condition.wait() }
      sleepers.subtract(1, ordering: .relaxed)
    }
  }
}

/// Atomic counters, each in its own cache line. They exist until the process ends.
private struct Counters: @unchecked Sendable {
  private let first: UnsafeMutablePointer<Atomic<Int>>
  private static let distance = 64 / MemoryLayout<Atomic<Int>>.stride

  init(count: Int) {
    first = .allocate(capacity: count * Self.distance)
    for index in 0..<count { self[index].initialize(to: Atomic(0)) }
  }

  subscript(index: Int) -> UnsafeMutablePointer<Atomic<Int>> { first + index * Self.distance }
}
