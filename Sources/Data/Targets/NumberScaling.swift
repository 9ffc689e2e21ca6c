import Tensor

/// How numbers are standardized: z = (x - mean) / deviation, for each number of an example.
///
/// Losses work best on numbers near 0 with a deviation near 1. The scaling is computed from training examples alone, and
/// the model keeps it to convert its outputs back.
public struct NumberScaling: Hashable, Codable, Sendable, CustomStringConvertible {
  /// The mean of each number.
  public let mean: [Float]
  /// The standard deviation of each number; 1 for a number that is always the same.
  public let deviation: [Float]

  /// Computes the scaling of rows `[N, numbers]`, N of 1 or more, as scikit-learn's `StandardScaler`: the deviation of
  /// the population, in double precision.
  public init(rows: Tensor<Float>) {
    require(rows.rank == 2 && rows.shape[0] > 0, "NumberScaling: rows of shape \(rows.shape), [N, numbers] is needed")
    let values = Tensor<Double>(shape: rows.shape, scalars: rows.scalars.map { Double($0) })
    let mean = values.mean([0])
    let variance = ((values - mean) * (values - mean)).mean([0])
    self.mean = mean.scalars.map { Float($0) }
    deviation = zip(mean.scalars, variance.scalars).map { mean, variance in
      // Equal values have a variance of rounding errors only.
      let error = Double(rows.shape[0]) * 0x1p-52
      let deviation = Float(variance.squareRoot())
      return deviation == 0 || variance <= error * variance + (error * mean) * (error * mean) ? 1 : deviation
    }
  }

  /// Reads a scaling, such as that in a model file.
  ///
  /// - Throws: `DecodingError` unless mean and deviation have the same number of finite numbers, and all deviations are above 0.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    mean = try values.decode([Float].self, forKey: .mean)
    deviation = try values.decode([Float].self, forKey: .deviation)
    guard mean.count == deviation.count, mean.allSatisfy(\.isFinite),
      deviation.allSatisfy({ $0.isFinite && $0 > 0 })
    else {
      throw DecodingError.dataCorrupted(
        .init(
          codingPath: decoder.codingPath,
          debugDescription: "the scaling has \(self); expected as many finite means as deviations above 0"))
    }
  }

  /// Rows `[…, numbers]` in standardized form.
  public func standardized(_ rows: Tensor<Float>) -> Tensor<Float> { (rows - Tensor(mean)) / Tensor(deviation) }

  /// Rows `[…, numbers]` in their own units, of standardized numbers.
  public func restored(_ rows: Tensor<Float>) -> Tensor<Float> { rows * Tensor(deviation) + Tensor(mean) }

  /// One row in its own units, of standardized numbers.
  func restored(_ row: [Float]) -> [Float] { restored(Tensor(row)).scalars }

  /// Means and deviations.
  public var description: String { "mean \(list(mean)) and deviation \(list(deviation))" }

  private func list(_ values: [Float]) -> String {
    values.prefix(5).map { "\($0)" }.joined(separator: ", ") + (values.count > 5 ? " …" : "")
  }
}
