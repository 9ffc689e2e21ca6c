import Kilim

/// How the time of a training step grows with the work: by batch, by image side, by filters.
struct Scaling {
  /// Times the cost of a multiply-add at each doubling, and draws the three curves.
  static func write(to path: String) throws {
    let batches = try [8, 16, 32, 64, 128].map { try cost(batch: $0, side: 64, filters: 64) }
    let sides = try [32, 64, 128, 256].map { try cost(batch: 8, side: $0, filters: 64) }
    let filters = try [16, 32, 64, 128].map { try cost(batch: 16, side: 64, filters: $0) }
    let chart = LineChart(
      title: "Training step: cost of a multiply-add", xLabel: "doublings of the work along one axis",
      yLabel: "picoseconds",
      series: [
        LineChart.Series(name: "batch 8 to 128", values: batches),
        LineChart.Series(name: "image side 32 to 256, batch 8", values: sides),
        LineChart.Series(name: "filters 16 to 128 in the first layer, batch 16", values: filters),
      ], firstX: 0)
    try chart.write(to: path)
  }

  /// Picoseconds for one multiply-add of a training step: the best of five, after two.
  private static func cost(batch: Int, side: Int, filters: Int) throws -> Double {
    let model = try Sequential(input: [3, side, side]) {
      for factor in [1, 2, 4, 8] {
        Conv2D(filters * factor, kernelSize: 3, padding: .same, activation: .relu)
        MaxPool2D(2)
        Dropout(0.2)
        BatchNorm()
      }
      Flatten()
      Dense(11, activation: .softmax)
    }
    var generator = RandomGenerator(seed: 1)
    let images = Tensor<Float>(uniform: [batch, 3, side, side], using: &generator)
    let targets = Tensor<Float>(oneHot: Tensor((0..<batch).map { Float($0 % 11) }), classCount: 11)
    let (optimizer, loss, context) = (Adam(), CategoricalCrossEntropy(), Context(.training))
    let parameters = model.parameters
    let times = (0..<7).map { _ in
      ContinuousClock().measure {
        let value = loss(model(Variable(images), context), targets)
        optimizer.update(parameters, with: value.gradients())
      } / .milliseconds(1)
    }
    let best = times.dropFirst(2).min() ?? 0
    // Forward, and twice as much backward.
    let work = 3 * Double(batch * model.multiplyAdds(inputShape: [3, side, side], outputShape: [11]))
    let picoseconds = best * 1e9 / work
    print("batch \(batch), side \(side), filters \(filters): \(best) ms, \(picoseconds) ps a multiply-add")
    return picoseconds
  }
}
