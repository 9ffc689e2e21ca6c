import Glibc
import Tensor
import TestSupport
import Testing

/// Memory that cannot be had is one line that says what was asked for, and an exit code: no trap, no report of one.
struct OutOfMemoryTests {
  private func expectLine(_ message: String, in result: ExitTest.Result?) {
    expectMessage("error: out of memory: " + message, in: result)
    let output = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
    #expect(!output.contains("Fatal error") && !output.contains("Crash"), "\(output.prefix(400))")
  }

  @Test func sizesBeyondTheMachine() async {
    let result = await #expect(processExitsWith: .exitCode(EXIT_FAILURE), observing: [\.standardErrorContent]) {
      _ = Tensor<Float>(zeros: [1 << 20, 1 << 24])
    }
    expectLine("a Tensor<Float> of shape [1048576, 16777216] needs 70368744177664 bytes", in: result)
  }

  @Test func sizesBeyondWholeNumbers() async {
    let elements = await #expect(processExitsWith: .exitCode(EXIT_FAILURE), observing: [\.standardErrorContent]) {
      _ = Tensor<Float>(zeros: [1 << 40, 1 << 30])
    }
    expectLine("a tensor of shape [1099511627776, 1073741824] has 1.1805916207174113e+21 elements", in: elements)

    let bytes = await #expect(processExitsWith: .exitCode(EXIT_FAILURE), observing: [\.standardErrorContent]) {
      _ = Tensor<Double>(uninitialized: 1 << 61)
    }
    expectLine("a Tensor<Double> of shape [2305843009213693952] needs 1.8446744073709552e+19 bytes", in: bytes)

    let most = await #expect(processExitsWith: .exitCode(EXIT_FAILURE), observing: [\.standardErrorContent]) {
      _ = Tensor<UInt8>(uninitialized: .max)
    }
    expectLine("a Tensor<UInt8> of shape [9223372036854775807] needs 9223372036854775807 bytes", in: most)
  }

  @Test func countsThatCannotBeRepresented() {
    #expect(([1 << 40, 1 << 30] as Shape).elementCountIfRepresentable == nil)
    #expect(([1 << 40, 1 << 30, 0] as Shape).elementCountIfRepresentable == 0)
    #expect(([1 << 40, 1 << 22] as Shape).elementCountIfRepresentable == 1 << 62)
    #expect(([] as Shape).elementCountIfRepresentable == 1)
  }

  @Test func resultsOfOperations() async {
    let product = await #expect(processExitsWith: .exitCode(EXIT_FAILURE), observing: [\.standardErrorContent]) {
      _ = Tensor<Float>(zeros: [1 << 22, 1]).matmul(Tensor(zeros: [1, 1 << 22]))
    }
    expectLine("a Tensor<Float> of shape [4194304, 4194304] needs 70368744177664 bytes", in: product)

    let image = await #expect(processExitsWith: .exitCode(EXIT_FAILURE), observing: [\.standardErrorContent]) {
      let side = 1 << 21
      let padding = Padding.explicit(top: side, bottom: 0, left: side, right: 0)
      _ = Tensor<Float>(zeros: [1, 1, 1, 1]).convolution2D(
        Tensor(zeros: [4, 1, 1, 1]), window: Window(1, padding: padding))
    }
    expectLine("a Tensor<Float> of shape [1, 4, 2097153, 2097153] needs", in: image)
  }

  /// 300 MB are idle, and 400 MB are asked for where 600 MB are all that there is.
  @Test func idleMemoryIsReleasedBeforeAnAllocationFails() async {
    await #expect(processExitsWith: .success) {
      let megabyte = 1 << 20
      func use(_ count: Int) { require(Tensor<UInt8>(repeating: 1, shape: [count * megabyte]).count > 0, "used") }
      withAddressSpace(limitedToFurther: 600 * megabyte) {
        use(300)
        require(StoragePool.shared.idleByteCount >= 300 * megabyte, "the memory is kept")
        require((SystemMemory.available ?? 0) > 500 * megabyte, "what is idle is available")
        use(400)
        require(StoragePool.shared.systemByteCount < 500 * megabyte, "the idle memory was given back")
      }
    }
  }

  /// Work in larger and larger pieces: 100 MB in use at once, and never as many again in vain.
  @Test func thePoolHoldsAtMostTwiceWhatWasInUse() async {
    await #expect(processExitsWith: .success) {
      let megabyte = 1 << 20
      for (count, size) in [(64, 1), (21, 3), (8, 8), (3, 21), (1, 64), (64, 1), (8, 8)] {
        let tensors = (0..<count).map { _ in Tensor<UInt8>(unsafeUninitialized: [size * megabyte]) { _ in } }
        require(tensors.count == count, "the tensors are alive")
        let held = StoragePool.shared.systemByteCount
        require(held <= 2 * 72 * megabyte, "\(held) bytes are held")
      }
      SystemMemory.releaseIdle()
      require(StoragePool.shared.systemByteCount == 0, "all was given back")
    }
  }
}

extension Tensor {
  /// Memory that nobody writes to.
  fileprivate init(uninitialized count: Int) {
    self.init(unsafeUninitialized: [count]) { _ in }
  }
}
