import Autograd
import Tensor
import Testing

struct ViewsTests {
  @Test func reshaped() {
    expectGradients(at: samples([2, 6])) { $0[0].reshaped(to: [3, -1]) }
    expectGradients(at: samples([])) { $0[0].reshaped(to: [1, 1]) }
    expectGradients(at: samples([2, 3, 4])) { $0[0].transposed().reshaped(to: [-1]) }
    expectGradients(at: samples([2, 3, 1, 4])) { $0[0].flattenedImages() }
  }

  @Test func reordered() {
    expectGradients(at: samples([3, 5])) { $0[0].transposed() }
    expectGradients(at: samples([2, 3, 4])) { $0[0].transposed() }
    expectGradients(at: samples([2, 3, 4])) { $0[0].permuted([2, 0, 1]) }
    expectGradients(at: samples([2, 3, 4, 5])) { $0[0].permuted([0, -2, -1, 1]) }
  }

  @Test func broadcast() {
    expectGradients(at: samples([3, 1])) { $0[0].broadcast(to: [2, 3, 4]) }
    expectGradients(at: samples([])) { $0[0].broadcast(to: [2, 3]) }
    expectGradients(at: samples([2, 3])) { $0[0].broadcast(to: [2, 3]) }
  }

  @Test func slices() {
    expectGradients(at: samples([5])) { $0[0].slice(1..<4, axis: 0) }
    expectGradients(at: samples([3, 7])) { $0[0].slice(1...5, axis: -1, step: 2) }
    expectGradients(at: samples([4, 3, 2])) { $0[0].slice(2..., axis: -3) }
    expectGradients(at: samples([4, 3, 2])) { $0[0].slice(..<2, axis: 1, step: 3) }
    expectGradients(at: samples([2, 3])) { $0[0].slice(.all, axis: 1) }
    expectGradients(at: samples([2, 3])) { $0[0].slice(0..<1, axis: 1) + $0[0].slice(1..., axis: 1) }
  }

  @Test func gathering() {
    expectGradients(at: samples([4, 3])) { $0[0].gathering([3, 0, 3, 3]) }
    expectGradients(at: samples([5])) { $0[0].gathering([2]) }
    expectGradients(at: samples([3, 2, 2])) { $0[0].gathering([2, 1, 0, 0]) }
  }

  @Test func padded() {
    expectGradients(at: samples([3])) { $0[0].padded([(1, 2)]) }
    expectGradients(at: samples([2, 3])) { $0[0].padded([(0, 1), (2, 0)], with: -7) }
    expectGradients(at: samples([2, 1, 3])) { $0[0].padded([(0, 0), (1, 1), (0, 0)]) }
  }

  @Test func joined() {
    expectGradients(at: samples([2, 3], [4, 3])) { Variable(concatenating: $0) }
    expectGradients(at: samples([2, 3], [2, 1], [2, 2])) { Variable(concatenating: $0, axis: -1) }
    expectGradients(at: samples([2, 3], [2, 3], [2, 3])) { Variable(stacking: $0) }
    expectGradients(at: samples([2, 3], [2, 3])) { Variable(stacking: $0, axis: -1) }
    expectGradients(at: samples([3], [3])) { Variable(stacking: $0 + $0, axis: 1) }
  }

  @Test func joinedWithConstants() {
    let constant = Variable(Tensor<Double>(ones: [1, 3]))
    expectGradients(at: samples([2, 3])) { Variable(concatenating: [constant, $0[0], constant]) }
    #expect(!Variable(stacking: [constant, constant]).needsGradient)
  }
}
