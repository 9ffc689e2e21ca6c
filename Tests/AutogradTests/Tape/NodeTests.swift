import Autograd
import Tensor
import Testing

/// How long tapes are walked back and dropped, and what they keep. In processes of their own: an overflow of the stack
/// would end all tests, and other tests would change the count of the memory.
struct NodeTests {
  @Test func aDeepTapeIsWalkedBack() async {
    await #expect(processExitsWith: .success) {
      let x = Variable(tracking: Tensor<Double>(scalar: 1))
      var y = x
      for _ in 0..<100_000 { y = y + x }
      #expect(y.gradients()[x]?.scalar == 100_001)
    }
  }

  @Test func aDeepTapeIsDropped() async {
    await #expect(processExitsWith: .success) {
      let x = Variable(tracking: Tensor<Double>(scalar: 1))
      var y = x
      for _ in 0..<100_000 { y = y + x }
      y = x
      #expect(y.value.scalar == 1)
    }
  }

  /// Both inputs the node before; inputs as a list; a pullback that has captured its whole input.
  @Test func deepTapesOfAllKindsAreDropped() async {
    await #expect(processExitsWith: .success) {
      var y = Variable(tracking: Tensor<Double>(scalar: 1))
      for _ in 0..<100_000 { y = y * y }
      y = Variable(tracking: Tensor<Double>([1]))
      for _ in 0..<20_000 { y = Variable(stacking: [y, y]).slice(0..<1, axis: 0).reshaped(to: [1]) }
      y = Variable(tracking: Tensor<Double>(scalar: 1))
      for _ in 0..<100_000 {
        let x = y
        y = Variable(x.value, from: (x, { $0 * x.value }))
      }
      y = Variable(Tensor(scalar: 1))
      #expect(!y.needsGradient)
    }
  }

  @Test func aPartHeldElsewhereOutlivesTheRest() {
    let x = Variable(tracking: Tensor<Double>([1, 2]))
    let held = x * x
    var rest = held
    for _ in 0..<10 { rest = rest + held }
    rest = x
    #expect(held.sum().gradients()[rest]?.scalars == [2, 4])
  }

  /// Twenty results of 1 MB are kept until the walk has passed them.
  @Test func memoryIsFreedOnTheWayBack() async {
    await #expect(processExitsWith: .success) {
      func bytesInUse() -> Int { StoragePool.shared.systemByteCount - StoragePool.shared.idleByteCount }
      var seen: [Int] = []
      func observed(_ x: Variable<Double>) -> Variable<Double> {
        Variable(
          x.value,
          from: (
            x,
            {
              seen.append(bytesInUse())
              return $0
            }
          ))
      }
      let size = 1 << 20
      let x = Variable(tracking: Tensor<Double>(ones: [size / 8]))
      var y = x
      for _ in 0..<20 { y = observed(y.tanh()) }
      let loss = y.sum()
      y = x
      let gradients = loss.gradients()
      #expect(seen.count == 20)
      #expect(zip(seen, seen.dropFirst()).allSatisfy { $0 >= $1 })
      #expect(seen[0] - seen[19] >= 18 * size)
      // The input and its gradient.
      #expect(bytesInUse() <= 2 * size + size / 4)
      #expect(gradients[x]?.count == size / 8)
    }
  }
}
