import Autograd
import Tensor
import Testing

struct NormalizationTests {
  static let shapes: [Shape] = [[5, 3], [2, 1], [2, 3, 4, 5], [3, 2, 1, 1], [1, 2, 3, 3]]

  @Test(arguments: shapes)
  func byTheBatch(shape: Shape) {
    expectGradients(at: samples(shape, [shape[1]], [shape[1]])) {
      $0[0].batchNormalized(scale: $0[1], shift: $0[2], epsilon: 0.1).output
    }
  }

  @Test(arguments: shapes)
  func byGivenStatistics(shape: Shape) {
    let channels: Shape = [shape[1]]
    let statistics = ChannelStatistics(mean: samples(channels)[0], variance: positiveSamples(channels)[0])
    expectGradients(at: samples(shape, channels, channels)) {
      $0[0].normalized(by: statistics, scale: $0[1], shift: $0[2], epsilon: 1e-3)
    }
  }

  /// The same by elementary operations: values and gradients.
  @Test func isWhatItsFormulaSays() {
    let point = samples([3, 2, 4, 5], [2], [2])
    func formula(_ v: [Variable<Double>]) -> Variable<Double> {
      let (x, scale, shift) = (v[0], v[1].reshaped(to: [2, 1, 1]), v[2].reshaped(to: [2, 1, 1]))
      let (mean, variance) = (x.mean([0, 2, 3], keepingAxes: true), x.variance([0, 2, 3], keepingAxes: true))
      return scale * (x - mean) / (variance + 1e-3).squareRoot() + shift
    }
    let weights = Variable(samples([3, 2, 4, 5], seed: 9)[0])
    let expected = valueAndGradients(at: point) { (formula($0) * weights).sum() }
    let found = valueAndGradients(at: point) {
      ($0[0].batchNormalized(scale: $0[1], shift: $0[2], epsilon: 1e-3).output * weights).sum()
    }
    // 120 terms, each rounded a few times to 2⁻⁵³ of itself.
    for (a, b) in zip([found.value] + found.gradients, [expected.value] + expected.gradients) {
      #expect((a - b).absolute().max().scalar <= 1e-12)
    }
  }

  @Test func statisticsAreTheBatchs() {
    let x = samples([4, 3, 2, 2])[0]
    let (scale, shift) = (Variable(Tensor<Double>(ones: [3])), Variable(Tensor<Double>(zeros: [3])))
    let statistics = Variable(x).batchNormalized(scale: scale, shift: shift, epsilon: 0).statistics
    #expect((statistics.mean - x.mean([0, 2, 3])).absolute().max().scalar <= 1e-15)
    #expect((statistics.variance - x.variance([0, 2, 3])).absolute().max().scalar <= 1e-15)
  }
}
