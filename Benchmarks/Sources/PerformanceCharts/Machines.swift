import Kilim

/// What data-parallel training on up to 64 machines gives by ``ScalingEstimate``, from the steps of one machine.
struct Machines {
  /// A network, the number of its parameters, and the time of a training step on one machine, in seconds.
  private struct Work {
    let name: String
    let parameters: Int
    let seconds: Double
  }

  /// Steps of `fit` on one core of an EPYC (Zen 5): ResNet50 of 224 pixels, batch 8, and the original network of 64 pixels, batch 32.
  private static let works = [
    Work(name: "ResNet50", parameters: 25_557_032, seconds: 0.830),
    Work(name: "original network", parameters: 1_569_739, seconds: 0.073),
  ]

  /// Draws the efficiency by the number of machines, with links of 10 and 25 Gbit/s, of which TCP leaves 94 %.
  static func write(to path: String) throws {
    let ranks = [1, 2, 4, 8, 16, 32, 64]
    let series = works.flatMap { work in
      [10.0, 25].map { gigabits in
        let estimate = ScalingEstimate(
          parameters: work.parameters, stepSeconds: work.seconds, bandwidth: gigabits * 0.94e9)
        return LineChart.Series(
          name: "\(work.name), \(Int(gigabits)) Gbit/s", values: ranks.map { estimate.efficiency(ranks: $0) })
      }
    }
    let chart = LineChart(
      title: "Efficiency on many machines (estimated)", xLabel: "doublings of the number of machines",
      yLabel: "efficiency", series: series, firstX: 0)
    try chart.write(to: path)
  }
}
