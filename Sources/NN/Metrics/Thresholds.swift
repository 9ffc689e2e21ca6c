import Tensor

/// Rising thresholds from just below 0 to just above 1, as in Keras's AUC.
struct Thresholds: Codable, Sendable {
  let values: [Float]
  /// Whether they lie evenly, so that the threshold below a number can be computed.
  private let areEven: Bool

  /// Evenly spaced thresholds. Stops when there are fewer than two.
  init(count: Int) {
    require(count >= 2, "AUC: \(counted(count, "threshold")), at least 2 are needed")
    let inner = (0..<count - 2).map { Float(Double($0 + 1) / Double(count - 1)) }
    values = [-1e-7] + inner + [1 + 1e-7]
    areEven = true
  }

  /// The given thresholds, and one at each end.
  init(inner: [Float]) {
    let inner = inner.sorted()
    values = [-1e-7] + inner + [1 + 1e-7]
    let count = values.count
    areEven =
      count > 2
      && ([0] + inner + [1]).enumerated().allSatisfy { number, value in
        let even = Double(number) / Double(count - 1)
        return abs(Double(value) - even) <= 1e-7 + 1e-5 * even
      }
  }

  /// The number of the largest threshold that a probability is above. Numbers outside 0...1 count as the nearest end, and
  /// NaN as 0.
  func bucket(of probability: Float) -> Int {
    let probability = probability.isNaN ? 0 : min(max(probability, 0), 1)
    if areEven { return max(Int((probability * Float(values.count - 1)).rounded(.up)) - 1, 0) }
    var (low, high) = (1, values.count)
    while low < high {
      let middle = (low + high) / 2
      if values[middle] < probability { low = middle + 1 } else { high = middle }
    }
    return low - 1
  }
}

extension Thresholds {
  private enum CodingKeys: CodingKey {
    case values, areEven
  }

  /// Takes up thresholds where they were encoded.
  ///
  /// - Throws: `DecodingError`, also for fewer than two.
  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: CodingKeys.self)
    values = try container.decode([Float].self, forKey: .values)
    areEven = try container.decode(Bool.self, forKey: .areEven)
    guard values.count >= 2 else {
      throw DecodingError.dataCorruptedError(
        forKey: .values, in: container, debugDescription: "\(counted(values.count, "threshold")), at least 2 are needed"
      )
    }
  }
}

/// How many answers are right and wrong at each threshold.
struct ThresholdCounts: Codable, Sendable {
  /// The weights of the examples whose probability is above a threshold and not above the next one.
  private var yes: [Double]
  private var no: [Double]
  private var yesTotal = 0.0
  private var noTotal = 0.0

  init(_ thresholds: Thresholds) {
    yes = Array(repeating: 0, count: thresholds.values.count)
    no = yes
  }

  func fits(_ thresholds: Thresholds) -> Bool {
    yes.count == thresholds.values.count && no.count == thresholds.values.count
  }

  mutating func add(bucket: Int, isYes: Bool, weight: Double) {
    if isYes { yesTotal += weight } else { noTotal += weight }
    if isYes { yes[bucket] += weight } else { no[bucket] += weight }
  }

  /// The area under a curve.
  func area(under curve: AUC.Curve, _ summation: AUC.Summation) -> Double {
    let (hits, alarms) = (Self.sumsFromTheEnd(yes), Self.sumsFromTheEnd(no))
    if curve == .pr && summation == .interpolation { return interpolatedArea(hits, alarms) }
    let points = zip(hits, alarms).map { hits, alarms -> (x: Double, y: Double) in
      let recall = ratio(hits, yesTotal)
      switch curve {
      case .roc: return (ratio(alarms, noTotal), recall)
      case .pr: return (recall, ratio(hits, hits + alarms))
      case .prGain:
        guard hits != 0 else { return (0, 1) }
        let scale = ratio(yesTotal, noTotal)
        return (max(1 - scale * (yesTotal - hits) / hits, 0), 1 - scale * alarms / hits)
      }
    }
    return zip(points, points.dropFirst()).reduce(0) { area, pair in
      let (a, b) = pair
      let height =
        switch summation {
        case .interpolation: (a.y + b.y) / 2
        case .majoring: max(a.y, b.y)
        case .minoring: min(a.y, b.y)
        }
      return area + (a.x - b.x) * height
    }
  }

  /// The area under precision over recall, where true and false positives grow in proportion between two thresholds.
  private func interpolatedArea(_ hits: [Double], _ alarms: [Double]) -> Double {
    let found = zip(hits, alarms).map(+)
    return (0..<max(hits.count - 1, 0)).reduce(0) { area, index in
      let slope = ratio(hits[index] - hits[index + 1], max(found[index] - found[index + 1], 0))
      let intercept = hits[index + 1] - slope * found[index + 1]
      let growth = found[index] > 0 && found[index + 1] > 0 ? found[index] / found[index + 1] : 1
      return area + ratio(slope * (hits[index] - hits[index + 1] + intercept * logarithm(growth)), max(yesTotal, 0))
    }
  }

  private static func sumsFromTheEnd(_ values: [Double]) -> [Double] {
    var sum = 0.0
    return values.reversed().map { value in
      sum += value
      return sum
    }.reversed()
  }
}

/// a / b, 0 where b is 0.
private func ratio(_ a: Double, _ b: Double) -> Double { b == 0 ? 0 : a / b }

private func logarithm(_ x: Double) -> Double { Double.log(x) }
