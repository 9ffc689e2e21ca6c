import Tensor
import TestSupport
import Testing

/// Runs in a process of its own: the pool belongs to the whole process, which other tests use at the same time.
struct StoragePoolTests {
  @Test func repeatedWorkTakesNoFreshMemory() async {
    await #expect(processExitsWith: .success) {
      func round(_ batch: Int) {
        let x: Tensor<Float> = Tensor(repeating: 1, shape: [batch, 16, 32, 32])
        let w: Tensor<Float> = Tensor(repeating: 1, shape: [32, 16, 3, 3])
        let y = x.convolution2D(w, window: Window(3, padding: .same)).relu()
        _ = (y.maxPool2D(Window(2, stride: 2)).output + 1).sum([0, 2, 3])
        _ = y.convolution2DInputGradient(w, inputShape: x.shape, window: Window(3, padding: .same))
      }
      Threads.count = 2
      // Which chunks run at the same time varies, and with it how many buffers of columns are in use at once.
      func epoch() {
        for _ in 0..<10 { round(32) }
        round(20)
      }
      for _ in 0..<2 { epoch() }
      let taken = StoragePool.shared.systemByteCount
      for _ in 0..<2 { epoch() }
      require(StoragePool.shared.systemByteCount == taken, "a repeated round took fresh memory")
      require(StoragePool.shared.idleByteCount == taken, "memory is in use after all tensors went away")
      StoragePool.shared.releaseIdleMemory()
      require(StoragePool.shared.systemByteCount == 0 && StoragePool.shared.idleByteCount == 0, "memory was kept")
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
