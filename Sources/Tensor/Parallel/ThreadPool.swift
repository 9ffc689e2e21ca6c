import CKernels
import Glibc
import Synchronization

/// The worker threads behind `parallelFor`.
///
/// One job runs at a time. Its chunks are cut into a share for each thread, the caller's first; who is done with its own
/// helps with the others, so that a slow core takes fewer chunks. Shares lie at the same places in every job: the images
/// that a thread has written stand in its core's caches when the next job reads them.
///
/// A training step starts a hundred jobs, one shortly after the other: workers look out for the next one for some time
/// before they sleep, and nobody who is awake takes a lock.
final class ThreadPool: @unchecked Sendable {
  static let shared = ThreadPool()

  /// How often a worker looks for the next job, and the caller for the last chunk: with a pause of 20 to 140 cycles
  /// between them, some 50 to 100 microseconds, about what it takes to wake a thread.
  private static let spins = 3_000
  /// With more threads, some have the same share.
  private static let mostShares = 64

  /// Whether a job is under way or the pool is reserved; a caller that finds it true runs alone.
  private let isBusy = Atomic<Bool>(false)
  /// The thread that has reserved the pool, 0 for none.
  private let owner = Atomic<UInt>(0)
  /// Whether a job of the owner is under way. The owner's alone to read and write.
  private var ownerIsSharing = false
  /// Whether a thread that is done with its share takes chunks of the others.
  private let helpsOthers = Atomic<Bool>(true)
  /// The number of jobs published so far.
  private let generation = Atomic<Int>(0)
  /// The chunks of each share that nobody has claimed. A worker that comes late finds 0 or less and goes away, whichever
  /// job it meant.
  private let unclaimed = Counters(count: ThreadPool.mostShares)
  private let unfinished = Atomic<Int>(0)
  /// How many of the workers may help.
  private let helpers = Atomic<Int>(0)
  /// The job. Written before its chunks can be claimed, and read only by who holds one of them: the caller waits for
  /// all chunks before it writes the next job.
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

  /// Keeps the pool for the calling thread while `body` runs; see ``withReservedThreads(_:)``.
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

  /// Takes the pool for one job of the calling thread, where it is free or reserved for it.
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
    // Where the system gives no more threads, the others do the work.
    let helpers = min(helpers, workerCount)
    self.chunks = chunks
    self.body = body
    shares = min(helpers + 1, Self.mostShares)
    self.helpers.store(helpers, ordering: .relaxed)
    unfinished.store(chunks, ordering: .relaxed)
    for index in 0..<shares { unclaimed[index].pointee.store(share(index).count, ordering: .releasing) }
    // A worker counts itself as a sleeper before it looks at the generation for the last time, and here the generation
    // changes before the sleepers are counted: one of both sees the other.
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

  /// The chunks of one share of the job under way.
  private func share(_ index: Int) -> Range<Int> { index * chunks / shares..<(index + 1) * chunks / shares }

  /// Runs chunks of the job under way until none is left to claim, those of one share first.
  private func work(from first: Int) {
    let shares = helpsOthers.load(ordering: .relaxed) ? Self.mostShares : 1
    for step in 0..<shares {
      let index = (first + step) % Self.mostShares
      // Whoever only looks leaves the counter in the caches of the others.
      while unclaimed[index].pointee.load(ordering: .relaxed) > 0 {
        let left = unclaimed[index].pointee.subtract(1, ordering: .acquiringAndReleasing).oldValue
        guard left > 0, let body else { break }
        body.pointee(share(index).upperBound - left)
        unfinished.subtract(1, ordering: .acquiringAndReleasing)
      }
    }
  }

  /// - Returns: whether the system gave a thread.
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

  /// Sleeps until another job than the one that was seen last has been published.
  private func sleep(after seen: Int) {
    condition.withLock {
      sleepers.add(1, ordering: .sequentiallyConsistent)
      while generation.load(ordering: .sequentiallyConsistent) == seen { condition.wait() }
      sleepers.subtract(1, ordering: .relaxed)
    }
  }
}

/// Atomic counters, each in a cache line of its own, for the life of the process.
private struct Counters: @unchecked Sendable {
  private let first: UnsafeMutablePointer<Atomic<Int>>
  private static let distance = 64 / MemoryLayout<Atomic<Int>>.stride

  init(count: Int) {
    first = .allocate(capacity: count * Self.distance)
    for index in 0..<count { self[index].initialize(to: Atomic(0)) }
  }

  subscript(index: Int) -> UnsafeMutablePointer<Atomic<Int>> { first + index * Self.distance }
}
