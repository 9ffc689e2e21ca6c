import Kilim
import Limits

/// How the time of a training step grows with the work: by batch, by image side, by filters.
struct Scaling {
  private struct Network {
    let name: String
    /// Makes it for images of a side, with the number of filters times a factor.
    let make: @Sendable (_ side: Int, _ width: Double) throws -> Model
  }

  private static let networks = [
    Network(name: "Convolutions of 3×3", make: { try chain(side: $0, width: $1) }),
    Network(name: "MobileNetV2") { try .mobileNetV2(inputShape: [3, $0, $0], classes: 11, alpha: $1) },
  ]

  /// Times the cost of a multiply-add at each doubling, and draws three curves for each network.
  static func write(to path: String) throws {
    let charts = try networks.map { network in
      LineChart(
        title: "\(network.name): cost of a multiply-add", xLabel: "doublings of the work along one axis",
        yLabel: "picoseconds",
        series: [
          LineChart.Series(
            name: "batch 1 to 128, side 64",
            values: try [1, 2, 4, 8, 16, 32, 64, 128].map { try cost(network, batch: $0, side: 64) }),
          LineChart.Series(
            name: "image side 32 to 512, batch 4",
            values: try [32, 64, 128, 256, 512].map { try cost(network, batch: 4, side: $0) }),
          LineChart.Series(
            name: "filters × 0.25 to × 2, batch 16, side 64",
            values: try [0.25, 0.5, 1, 2].map { try cost(network, batch: 16, side: 64, width: $0) }),
        ], firstX: 0)
    }
    try Figure(columns: 2, panels: charts).write(to: path)
  }

  /// Picoseconds for one multiply-add of a training step: the best of five, after two.
  private static func cost(_ network: Network, batch: Int, side: Int, width: Double = 1) throws -> Double {
    let model = try network.make(side, width)
    var generator = RandomGenerator(seed: 1)
    let images = Tensor<Float>(uniform: [batch, 3, side, side], using: &generator)
    let targets = Tensor<Float>(oneHot: Tensor((0..<batch).map { Float($0 % 11) }), classCount: 11)
    let (optimizer, loss, context) = (Adam(), CategoricalCrossEntropy(), Context(.training))
    let parameters = model.parameters
    let step = {
      let value = loss(model(Variable(images), context), targets)
      optimizer.update(parameters, with: value.gradients())
    }
    step()
    step()
    let best = Limits.bestTime(of: 5, step)
    // Forward, and twice as much backward.
    let picoseconds = best * 1e12 / (3 * Double(batch * model.multiplyAdds))
    print(
      "\(network.name), batch \(batch), side \(side), width \(width): \(best * 1e3) ms, \(picoseconds) ps a multiply-add"
    )
    return picoseconds
  }

  /// The blocks of the original network with 64, 128, 256 and 512 filters.
  private static func chain(side: Int, width: Double) throws -> Model {
    try Sequential(input: [3, side, side]) {
      for filters in [64.0, 128, 256, 512] {
        Conv2D(Int(filters * width), kernelSize: 3, padding: .same, activation: .relu)
        MaxPool2D(2)
        Dropout(0.2)
        BatchNorm()
      }
      Flatten()
      Dense(11, activation: .softmax)
    }
  }
}
