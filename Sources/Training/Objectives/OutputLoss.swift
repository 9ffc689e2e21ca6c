import NN
import Tensor

/// The mean loss of one of several outputs as a figure: `kind_loss`. As in Keras, it is without the weight of the loss and
/// without penalties. A step adds to it what it has computed for the sum, so predictions alone change nothing.
struct OutputLoss: Metric {
  let name: String
  private var mean = RunningMean()

  init(output: String) { name = "\(output)_loss" }

  var value: Double { mean.value }
  var direction: MetricDirection? { .min }
  mutating func add(_ loss: Double, count: Int) { mean.add(mean: loss, count: count) }
  mutating func update(predicted: Tensor<Float>, expected: Tensor<Float>) {}
  mutating func reset() { mean = RunningMean() }
}
