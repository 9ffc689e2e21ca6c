import NN
import Tensor

/// A metric under another name: `kind_accuracy` for the accuracy of the output `kind`.
struct RenamedMetric<Base: Metric>: Metric {
  let name: String
  var base: Base

  var value: Double { base.value }
  var direction: MetricDirection? { base.direction }
  mutating func update(predicted: Tensor<Float>, expected: Tensor<Float>) {
    base.update(predicted: predicted, expected: expected)
  }
  mutating func reset() { base.reset() }
  mutating func prepare(for meaning: OutputMeaning?) { base.prepare(for: meaning) }
  func check(predicted: Shape, expected: Tensor<Float>) throws {
    try base.check(predicted: predicted, expected: expected)
  }
}

extension RenamedMetric: WeightedMetric where Base: WeightedMetric {
  mutating func update(predicted: Tensor<Float>, expected: Tensor<Float>, weights: Tensor<Float>) {
    base.update(predicted: predicted, expected: expected, weights: weights)
  }
}

extension Metric {
  /// The metric under another name.
  func renamed(_ name: String) -> any Metric {
    name == self.name ? self : RenamedMetric(name: name, base: self)
  }
}
