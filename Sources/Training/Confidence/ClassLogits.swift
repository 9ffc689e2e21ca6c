import Foundation
import NN
import Tensor

/// The logits of classes for examples whose classes are known, in `Double`.
struct ClassLogits {
  /// The logits, row by row.
  private let values: [Double]
  /// The class of each row.
  private let labels: [Int]
  private let classCount: Int

  /// Reads the outputs of a model, `[N, C]`, or `[N, 1]` for two classes. The logarithms of probabilities are logits,
  /// also of the probabilities of several answers of yes or no.
  ///
  /// - Parameters:
  ///   - outputs: the outputs.
  ///   - meaning: what they mean.
  ///   - divisor: what the logits were divided by before; they are multiplied by it again.
  ///   - labels: the class of each example.
  /// - Throws: ``ConfidenceError`` unless there are examples, each with one class, and the outputs are finite scores of
  ///   classes.
  init(
    _ outputs: Tensor<Float>, meaning: OutputMeaning?, dividedBy divisor: Double = 1, labels: [Int?]
  ) throws(ConfidenceError) {
    guard outputs.rank == 2, outputs.shape[0] == labels.count, !labels.isEmpty, meaning != .values,
      outputs.shape[1] > 1 || meaning != .logits
    else { throw .outputs(outputs.shape, examples: labels.count) }
    let isLogits = meaning?.isLogits ?? false
    let numbers = outputs.scalars.map { Double($0) }
    func logarithm(_ share: Double) -> Double { log(max(share, Double(Float.leastNormalMagnitude))) }
    if outputs.shape[1] == 1 {
      classCount = 2
      values = numbers.flatMap { [0, divisor * (isLogits ? $0 : logarithm($0) - logarithm(1 - $0))] }
    } else {
      classCount = outputs.shape[1]
      let shares = meaning == .binaryLogits ? outputs.sigmoid().scalars.map { Double($0) } : numbers
      values = (meaning == .logits ? numbers : shares.map(logarithm)).map { divisor * $0 }
    }
    let classes = labels.compactMap(\.self)
    guard classes.count == labels.count, classes.allSatisfy((0..<classCount).contains) else { throw .noClasses }
    guard numbers.allSatisfy(\.isFinite) else { throw .notFinite }
    self.labels = classes
  }

  /// The logits of the model itself, whatever temperature an evaluation applied.
  init(_ evaluation: Evaluation) throws {
    try self.init(
      evaluation.predicted, meaning: evaluation.outputMeaning, dividedBy: evaluation.temperature,
      labels: evaluation.classReading().expected)
  }

  /// The probabilities of the classes, row by row: the softmax of the logits divided by a temperature.
  func probabilities(temperature: Double = 1) -> [Double] {
    var result = values
    for start in stride(from: 0, to: values.count, by: classCount) {
      let row = values[start..<start + classCount]
      let highest = row.max() ?? 0
      let powers = row.map { exp(($0 - highest) / temperature) }
      let sum = powers.reduce(0, +)
      result.replaceSubrange(start..<start + classCount, with: powers.map { $0 / sum })
    }
    return result
  }

  /// The temperature T that makes the known classes most likely (Guo, Pleiss, Sun and Weinberger 2017, "On Calibration of
  /// Modern Neural Networks", section 4.2): the minimum of the mean of -log softmax(z / T) of the known class.
  ///
  /// The mean is convex in 1 / T, so its slope rises with 1 / T, and the place where it is 0 is found by halving an interval of
  /// log T. T is from 1/20 to 20.
  ///
  /// - Parameter smoothing: the share of each class's probability that is expected to be spread over all classes. Without it,
  ///   examples that are all answered rightly give the lowest temperature, however few they are.
  func temperature(smoothing: Double = 0) -> Double {
    var (low, high) = (log(1 / 20.0), log(20.0))
    if slope(atScale: exp(low), smoothing) >= 0 { return exp(-low) }
    if slope(atScale: exp(high), smoothing) <= 0 { return exp(-high) }
    for _ in 0..<60 {
      let middle = (low + high) / 2
      if slope(atScale: exp(middle), smoothing) < 0 { low = middle } else { high = middle }
    }
    return exp(-(low + high) / 2)
  }

  /// ``temperature(smoothing:)`` with the smoothing that Platt (1999, "Probabilistic Outputs for Support Vector Machines",
  /// section 2.2) derives from the number of examples n: 1 / (n + 2).
  var smoothedTemperature: Double { temperature(smoothing: 1 / Double(labels.count + 2)) }

  /// The slope of the mean loss by 1 / T: the mean of the logit that is expected by the probabilities, minus that of the class.
  private func slope(atScale scale: Double, _ smoothing: Double) -> Double {
    let shares = probabilities(temperature: 1 / scale)
    let expected = zip(shares, values).reduce(0) { $0 + $1.0 * $1.1 }
    let own = labels.enumerated().reduce(0) { $0 + values[$1.offset * classCount + $1.element] }
    let mean = values.reduce(0, +) / Double(classCount)
    return (expected - (1 - smoothing) * own - smoothing * mean) / Double(labels.count)
  }

  /// See ``Swift/Array/expectedCalibrationError``.
  func calibrationError(temperature: Double, bins: Int) -> Double {
    let shares = probabilities(temperature: temperature)
    let answers = labels.enumerated().map { example, label in
      let row = shares[example * classCount..<(example + 1) * classCount]
      let best = row.indices.max { row[$0] < row[$1] } ?? row.startIndex
      return (probability: row[best], isRight: best - row.startIndex == label)
    }
    return ReliabilityBin.sorted(answers, into: bins).expectedCalibrationError
  }
}
