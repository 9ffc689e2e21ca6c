import Glibc
import Synchronization
import Tensor
import TestSupport
import Testing

/// Runs in processes of their own: the pool belongs to the whole process, which other tests use at the same time.
struct StoragePoolTests {
  /// On one thread: with more, how many buffers of columns are in use at once is a matter of timing, and a thread that
  /// helps for the first time in a later round rightly takes memory to work in.
  @Test func repeatedWorkTakesNoFreshMemory() async {
    await #expect(processExitsWith: .success) {
      func round(_ batch: Int) {
        let x: Tensor<Float> = Tensor(repeating: 1, shape: [batch, 16, 32, 32])
        let w: Tensor<Float> = Tensor(repeating: 1, shape: [32, 16, 3, 3])
        let y = x.convolution2D(w, window: Window(3, padding: .same)).relu()
        _ = (y.maxPool2D(Window(2, stride: 2)).output + 1).sum([0, 2, 3])
        _ = y.convolution2DInputGradient(w, inputShape: x.shape, window: Window(3, padding: .same))
      }
      Threads.count = 1
      for batch in [32, 20] { round(batch) }
      let taken = StoragePool.shared.systemByteCount
      require(taken > 0, "the work took no memory from the pool")
      for _ in 0..<3 {
        for batch in [32, 32, 20] { round(batch) }
      }
      require(StoragePool.shared.systemByteCount == taken, "a repeated round took fresh memory")
      require(StoragePool.shared.idleByteCount == taken, "memory is in use after all tensors went away")
      StoragePool.shared.releaseIdleMemory()
      require(StoragePool.shared.systemByteCount == 0 && StoragePool.shared.idleByteCount == 0, "memory was kept")
    }
  }

  /// Each thread waits with its memory for the other one, so that both are always at work at once.
  @Test func threadsTakeWhatTheyGaveBack() async {
    await #expect(processExitsWith: .success) {
      Threads.count = 2
      for round in 1...100 {
        let working = Atomic<Int>(0)
        parallelFor(chunks: 2) { _ in
          let buffer = Tensor<UInt8>(zeros: [1 << 20])
          working.add(1, ordering: .relaxed)
          while working.load(ordering: .relaxed) < 2 { sched_yield() }
          require(buffer.count == 1 << 20, "the tensor is alive")
        }
        require(StoragePool.shared.systemByteCount == 2 << 20, "round \(round): a megabyte for each thread was taken")
        require(StoragePool.shared.idleByteCount == 2 << 20, "round \(round): both were given back")
      }
    }
  }

  @Test func countsWhatIsInUse() async {
    await #expect(processExitsWith: .success) {
      let x = Tensor<UInt8>(zeros: [1 << 20])
      require(StoragePool.shared.systemByteCount == 1 << 20, "a megabyte was taken")
      require(StoragePool.shared.idleByteCount == 0, "and is in use")
      require(x.count == 1 << 20, "the tensor is alive")
    }
  }
}
