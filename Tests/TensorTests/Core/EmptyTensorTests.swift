import Tensor
import TestSupport
import Testing

/// Every operation on tensors without elements: results of the right shape, and zeros where they have elements, as
/// NumPy's. Small pieces of memory hold sevens before each, so that what is not written shows.
struct EmptyTensorTests {
  /// An operation and a shape of its input, of which each axis in turn is made empty. What it gives must be zeros of the
  /// shapes beside it.
  struct Operation: Sendable, CustomTestStringConvertible {
    let name: String
    let shape: Shape
    let compute: @Sendable (Tensor<Float>) -> [(found: Tensor<Float>, expected: Shape)]

    init(_ name: String, _ shape: Shape, _ compute: @escaping @Sendable (Tensor<Float>) -> [(Tensor<Float>, Shape)]) {
      (self.name, self.shape) = (name, shape)
      self.compute = { compute($0).map { (found: $0.0, expected: $0.1) } }
    }

    var testDescription: String { name }
  }

  @Test(arguments: elementwise + shaping + reductions + channels + windows + convolutions + products)
  func givesZeros(operation: Operation) {
    for empty in operation.shape.indices {
      let shape = operation.shape.replacing(axis: empty, with: 0)
      for (layout, x) in everyLayout(of: Tensor<Float>(zeros: shape)) {
        leaveSevens()
        for (found, expected) in operation.compute(x) {
          #expect(found.shape == expected && found == Tensor(zeros: expected), "\(shape), \(layout)")
        }
      }
    }
  }

  /// Where an image without rows is padded, its windows see padding alone.
  @Test func windowsOverPaddingAlone() {
    let padding = Padding.explicit(top: 1, bottom: 1, left: 1, right: 1)
    for shape in [[2, 3, 0, 4], [2, 3, 4, 0], [2, 3, 0, 0]] as [Shape] {
      leaveSevens()
      let x = Tensor<Float>(zeros: shape)
      let window = Window(2, padding: padding)
      let size = naiveOutputSize(window, shape)
      let result: Shape = [2, 3, size.height, size.width]
      let (largest, indices) = x.maxPool2D(window)
      #expect(largest == Tensor(repeating: -.infinity, shape: result))
      #expect(indices == Tensor(repeating: -1, shape: result))
      #expect(largest.maxPool2DInputGradient(indices: indices, inputShape: shape).shape == shape)
      #expect(x.averagePool2D(window) == Tensor(zeros: result))
      #expect(Tensor<Float>(ones: result).averagePool2DInputGradient(window, inputShape: shape).shape == shape)
      for (filters, groups) in [(5, 1), (6, 3)] {
        let w: Tensor<Float> = sample([filters, 3 / groups, 2, 2])
        let bias: Tensor<Float> = sample([filters])
        let y = x.convolution2D(w, bias: bias, window: window, groups: groups)
        let expected: Shape = [2, filters, size.height, size.width]
        #expect(y == bias.reshaped(to: [1, filters, 1, 1] as Shape).broadcast(to: expected))
        #expect(
          y.convolution2DWeightGradient(x, weightShape: w.shape, window: window, groups: groups)
            == Tensor(zeros: w.shape))
        #expect(
          y.convolution2DInputGradient(w, inputShape: shape, window: window, groups: groups).shape == shape)
      }
    }
  }

  /// Convolutions over no channels, and without filters.
  @Test func convolutionsWithoutChannelsOrFilters() {
    let window = Window(3, padding: .same)
    let (x, none) = (sample([2, 16, 5, 4]) as Tensor<Float>, Tensor<Float>(zeros: [0, 16, 3, 3]))
    leaveSevens()
    let y = x.convolution2D(none, window: window)
    #expect(y.shape == [2, 0, 5, 4])
    #expect(y.convolution2DInputGradient(none, inputShape: x.shape, window: window) == Tensor(zeros: x.shape))
    #expect(y.convolution2DWeightGradient(x, weightShape: none.shape, window: window).shape == none.shape)
    let (empty, w) = (Tensor<Float>(zeros: [2, 0, 5, 4]), Tensor<Float>(zeros: [16, 0, 3, 3]))
    leaveSevens()
    #expect(empty.convolution2D(w, window: window) == Tensor(zeros: [2, 16, 5, 4]))
    let bias: Tensor<Float> = sample([16])
    #expect(
      empty.convolution2D(w, bias: bias, window: window)
        == bias.reshaped(to: [1, 16, 1, 1] as Shape).broadcast(to: [2, 16, 5, 4]))
    #expect(x.convolution2DInputGradient(w, inputShape: empty.shape, window: window).shape == empty.shape)
    #expect(x.convolution2DWeightGradient(empty, weightShape: w.shape, window: window).shape == w.shape)
  }

  @Test func statisticsOfNothingAreNaN() {
    for shape in [[0, 3], [0, 3, 4, 4], [2, 3, 0, 4]] as [Shape] {
      for (name, x) in everyLayout(of: Tensor<Float>(zeros: shape)) {
        leaveSevens()
        let statistics = x.channelStatistics()
        #expect(isSame(statistics.mean, Tensor(repeating: .nan, shape: [3])), "\(shape), \(name)")
        #expect(isSame(statistics.variance, Tensor(repeating: .nan, shape: [3])), "\(shape), \(name)")
      }
    }
  }

  @Test func makesEmptyTensors() {
    var generator = RandomGenerator(seed: 1)
    #expect(Tensor<Float>(uniform: [0, 3], using: &generator).shape == [0, 3])
    #expect(Tensor<Float>(normal: [3, 0], using: &generator).shape == [3, 0])
    #expect(Tensor<Double>(truncatedNormal: [0], standardDeviation: 1, using: &generator).shape == [0])
    #expect(Tensor<Bool>(bernoulli: [0, 2], probability: 0.5, using: &generator).shape == [0, 2])
    #expect(generator.permutation(of: 0).isEmpty)
    #expect(Tensor(oneHot: Tensor<Float>(zeros: [0]), classCount: 3).shape == [0, 3])
    #expect(Tensor(oneHot: Tensor<Float>(zeros: [0]), classCount: 0).shape == [0, 0])
    #expect(Tensor<Float>(identity: 0).shape == [0, 0])
    #expect(Tensor<Float>(countingTo: 0).shape == [0])
    #expect(Tensor<Float>(from: 0, through: 1, count: 0).shape == [0])
    // So many elements that their number overflows, were there not an axis without any.
    let (long, none) = (Tensor<Float>(zeros: [1 << 40, 0, 1 << 40]), Tensor<Float>(zeros: [0, 1 << 40, 1 << 40]))
    #expect(long.transposed().contiguous().shape == [1 << 40, 1 << 40, 0])
    #expect((long + 1).exp().softmax().sum([0, 2]).scalars.isEmpty && none.sum([1, 2]).shape == [0])
  }
}

/// Leaves pieces of memory behind that hold sevens.
private func leaveSevens() {
  for _ in 0..<2 {
    _ = [1, 3, 6, 12, 24, 48, 96, 192, 384, 1_000, 3_000].map { Tensor<Float>(repeating: 7, shape: [$0]) }
  }
}

private typealias Operation = EmptyTensorTests.Operation
private let image: Shape = [2, 16, 6, 4]

private let elementwise: [Operation] =
  [[3], [2, 3], [2, 3, 4, 5]].map { (shape: Shape) in
    Operation("element by element, rank \(shape.rank)", shape) { x in
      let ones = Tensor<Float>(ones: x.shape)
      let mask = x .> -1
      let results = [
        x.exp(), x.log(), x.squareRoot(), x.tanh(), x.absolute(), x.squared(), x.relu(), x.sigmoid(), -x, x + x, x - 1,
        2 * x, 1 / x, x / ones, x.masked(byPositive: ones), x.masked(by: mask), x.clipped(to: 0...1),
        x.replacing(with: 4, where: mask), Tensor.maximum(x, ones), Tensor.minimum(x, ones), mask.toNumbers(),
        (x .<= ones).toNumbers(), x.toDouble().toFloat(), x.softmax(axis: 0), x.logSoftmax(), x.contiguous(),
        x + Tensor(scalar: 1), x * x.sum([0], keepingAxes: true),
      ]
      return results.map { ($0, x.shape) }
    }
  }

private let shaping = [
  Operation("views and copies", [2, 3, 4]) { x in
    let (a, b, c) = (x.shape[0], x.shape[1], x.shape[2])
    return [
      (x.permuted([2, 0, 1]).contiguous(), [c, a, b]), (x.transposed().contiguous(), [a, c, b]),
      (x.flattened(), [0]), (x.reshaped(to: [c, b * a] as Shape), [c, b * a]),
      (x.expandingShape(at: 1), [a, 1, b, c]), (x.slice(0..<b, axis: 1, step: 2).contiguous(), [a, (b + 1) / 2, c]),
      (x.broadcast(to: [5, a, b, c]).contiguous(), [5, a, b, c]),
      (x.padded([(1, 0), (0, 2), (1, 1)]), [a + 1, b + 2, c + 2]),
      (Tensor(concatenating: [x, x], axis: 1), [a, 2 * b, c]), (Tensor(stacking: [x, x], axis: -1), [a, b, c, 2]),
      (x.gathering([]), [0, b, c]), (x.gathering(Array(0..<a)), [a, b, c]),
      (x.scatteringAdd(to: Array(0..<a), count: 3), [3, b, c]),
    ]
  }
]

private let reductions = [
  Operation("sums", [2, 3, 4]) { x in
    let (a, b, c) = (x.shape[0], x.shape[1], x.shape[2])
    return [
      (x.sum(), []), (x.sum([0]), [b, c]), (x.sum([1]), [a, c]), (x.sum([2]), [a, b]),
      (x.sum([0, 2], keepingAxes: true), [1, b, 1]), (x.summed(to: [b, c]), [b, c]),
      (x.summed(to: [a, 1, 1]), [a, 1, 1]),
    ]
  }
]

private let channels = [[5, 64], image].map { (shape: Shape) in
  Operation("channels, rank \(shape.rank)", shape) { x in
    let channels = x.shape[1]
    let ones = Tensor<Float>(ones: [channels])
    let statistics = ChannelStatistics(mean: ones, variance: ones)
    let mask = DropoutMask(kept: Tensor(repeating: true, shape: x.shape), scale: 2)
    let gradients = [
      x.batchNormalizationGradient(input: x, statistics: x.channelStatistics(), scale: ones, epsilon: 1e-3),
      x.batchNormalizationGradient(input: x, statistics: statistics, scale: ones, epsilon: 1e-3),
      x.batchNormalizationGradient(input: x, dropping: mask, statistics: statistics, scale: ones, epsilon: 1e-3),
    ]
    let results: [(Tensor<Float>, Shape)] = [
      (x.channelSums(), [channels]), (x.toDouble().channelSums().toFloat(), [channels]),
      (x.normalized(by: statistics, scale: ones, shift: ones, epsilon: 1e-3), x.shape),
      (x.batchNormalized(dropping: mask, scale: ones, shift: ones, epsilon: 1e-3).output, x.shape),
    ]
    return results
      + gradients.flatMap { gradient -> [(Tensor<Float>, Shape)] in
        [(gradient.input, x.shape), (gradient.scale, [channels]), (gradient.shift, [channels])]
      }
  }
}

private let windows = [Window(2, stride: 2, padding: .same), Window(3, stride: 1, padding: .same)].map { window in
  Operation("pooling by \(window.size)", image) { x in
    let size = naiveOutputSize(window, x.shape)
    let shape: Shape = [x.shape[0], x.shape[1], size.height, size.width]
    let (largest, indices) = x.maxPool2D(window)
    return [
      (largest, shape), (indices.toFloat(), shape),
      (largest.maxPool2DInputGradient(indices: indices, inputShape: x.shape), x.shape),
      (x.averagePool2D(window), shape), (largest.averagePool2DInputGradient(window, inputShape: x.shape), x.shape),
    ]
  }
}

private let convolutions = [(16, 1, 3, 1), (16, 1, 1, 1), (5, 1, 5, 2), (16, 16, 3, 1), (8, 4, 3, 2)].map {
  (filters: Int, groups: Int, side: Int, stride: Int) in
  Operation("convolution of \(filters) in \(groups), \(side), \(stride)", image) { x in
    let window = Window(Size(side), stride: Size(stride), padding: .same)
    let w = Tensor<Float>(ones: [filters, x.shape[1] / groups, side, side])
    let size = naiveOutputSize(window, x.shape)
    let shape: Shape = [x.shape[0], filters, size.height, size.width]
    let y = x.convolution2D(w, window: window, groups: groups)
    let exact = x.toDouble().convolution2D(w.toDouble(), window: window, groups: groups)
    return [
      (y, shape), (exact.toFloat(), shape), (x.convolution2D(w, window: window, groups: groups, isExact: true), shape),
      (y.convolution2DInputGradient(w, inputShape: x.shape, window: window, groups: groups), x.shape),
      (y.convolution2DWeightGradient(x, weightShape: w.shape, window: window, groups: groups), w.shape),
      (
        exact.convolution2DWeightGradient(x.toDouble(), weightShape: w.shape, window: window, groups: groups).toFloat(),
        w.shape
      ),
    ]
  }
}

private let products = [
  Operation("products of matrices", [3, 4, 5]) { x in
    let (batch, m, k) = (x.shape[0], x.shape[1], x.shape[2])
    let (vector, matrix) = (Tensor<Float>(ones: [k, 1]), Tensor<Float>(ones: [k, 6]))
    return [
      (x.matmul(matrix), [batch, m, 6]), (x.matmul(vector), [batch, m, 1]),
      (x.matmul(x.transposed()), [batch, m, m]), (x.transposed().matmul(x), [batch, k, k]),
      (x.toDouble().matmul(matrix.toDouble()).toFloat(), [batch, m, 6]),
    ]
  }
]

extension Tensor<Bool> {
  fileprivate func toNumbers() -> Tensor<Float> { Tensor<Float>(shape: shape, scalars: scalars.map { $0 ? 1 : 0 }) }
}
