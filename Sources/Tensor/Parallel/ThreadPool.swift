import CKernels
import Glibc
import Synchronization

/// The worker threads behind `parallelFor`.
///
/// One job runs at a time. Its chunks are claimed one by one from an atomic counter by the caller and the workers, so
/// that a slow core takes fewer of them. Workers look out for the next job for some ten microseconds before they sleep: a
/// training step starts a hundred jobs, one shortly after the other.
final class ThreadPool: @unchecked Sendable {
  static let shared = ThreadPool()

  /// One `parallelFor`: the body, the next chunk to claim and the number of chunks not yet done.
  private final class Job: @unchecked Sendable {
    /// Stands in the frame of the caller, who waits until all chunks are done: a worker may read it while it holds a
    /// chunk, and at no other time. (The closure itself cannot be kept: a worker that wakes late would let it escape.)
    let body: UnsafePointer<(Int) -> Void>
    let chunks: Int
    let workers: Int
    let next = Atomic<Int>(0)
    let unfinished: Atomic<Int>

    init(chunks: Int, workers: Int, body: UnsafePointer<(Int) -> Void>) {
      self.body = body
      self.chunks = chunks
      self.workers = workers
      unfinished = Atomic(chunks)
    }

    /// Runs chunks until none is left to claim.
    func work() {
      while true {
        let chunk = next.add(1, ordering: .relaxed).oldValue
        guard chunk < chunks else { return }
        body.pointee(chunk)
        unfinished.subtract(1, ordering: .acquiringAndReleasing)
      }
    }
  }

  private static let spins = 20_000

  /// Whether a job is under way; whoever finds it true runs alone.
  private let isBusy = Atomic<Bool>(false)
  private let condition = Condition()
  /// The number of jobs published so far, and the latest of them. Written under `condition`.
  private let generation = Atomic<Int>(0)
  private var job: Job?
  private var workerCount = 0

  func run(chunks: Int, _ body: (Int) -> Void) {
    guard chunks > 0 else { return }
    let mode = kilim_flush_denormals()
    defer { kilim_restore_floating_point_mode(mode) }
    let helpers = min(Threads.count, chunks) - 1
    guard helpers >= 1, !isBusy.exchange(true, ordering: .acquiring) else {
      for chunk in 0..<chunks { body(chunk) }
      return
    }
    defer { isBusy.store(false, ordering: .releasing) }
    withoutActuallyEscaping(body) { body in
      withUnsafePointer(to: body) { share(Job(chunks: chunks, workers: helpers, body: $0)) }
    }
  }

  /// Publishes a job, works on it and waits until its last chunk is done.
  private func share(_ job: Job) {
    condition.withLock {
      while workerCount < job.workers {
        startWorker(index: workerCount)
        workerCount += 1
      }
      self.job = job
      generation.add(1, ordering: .releasing)
      condition.wakeAll()
    }
    job.work()
    var spins = 0
    while job.unfinished.load(ordering: .acquiring) > 0 {
      spins += 1
      if spins > Self.spins { sched_yield() }
    }
    condition.withLock { self.job = nil }
  }

  private func startWorker(index: Int) {
    let start = Unmanaged.passRetained(WorkerStart(pool: self, index: index))
    var thread = pthread_t()
    let status = pthread_create(
      &thread, nil,
      { argument in
        guard let argument else { return nil }
        let start = Unmanaged<WorkerStart>.fromOpaque(argument).takeRetainedValue()
        start.pool.workerLoop(index: start.index)
      }, start.toOpaque())
    require(status == 0, "parallelFor: the system gives no thread (error \(status))")
    pthread_detach(thread)
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
      while generation.load(ordering: .acquiring) == seen, spins < Self.spins { spins += 1 }
      let job: Job? = condition.withLock {
        while generation.load(ordering: .relaxed) == seen { condition.wait() }
        seen = generation.load(ordering: .relaxed)
        return self.job
      }
      if let job, index < job.workers { job.work() }
    }
  }
}
