import Autograd
import Tensor

/// Normalization by statistics of the data set: y = (x - mean) / max(√variance, 10⁻⁷), the same in training and inference.
/// Keras's `Normalization`.
///
/// The statistics are given, or found by ``adapt(to:)`` before training; until then they are 0 and 1. They are not trained.
/// By default there is one mean and one variance for each feature: for each channel of images.
///
/// ```swift
/// let normalization = DataNorm()
/// try normalization.adapt(to: images)
/// ```
///
/// Shapes: any. The deviations are kept for the backward pass.
public final class DataNorm: Layer, Sendable {
  /// The axes of a batch that have statistics of their own, 0 the batch itself; negative ones count from the end. `nil`
  /// for that of the features; none for one mean and one variance.
  public let axes: [Int]?
  /// Whether the layer does the opposite: y = mean + x · max(√variance, 10⁻⁷).
  public let isInverse: Bool
  /// The statistics that the layer was made with; `nil` for those of ``adapt(to:)``.
  public let given: (mean: Tensor<Float>, variance: Tensor<Float>)?
  /// The mean at each index of the axes, at first 0: `[features]` by default, of the shape of an example with 1 for the
  /// other axes where axes are given, and a single number where there are none.
  public let mean = Buffer()
  /// The variance at each index of the axes, at first 1.
  public let variance = Buffer()

  /// Makes a layer that gets its statistics from ``adapt(to:)``.
  public init(axes: [Int]? = nil, isInverse: Bool = false) {
    self.axes = axes
    self.isInverse = isInverse
    given = nil
  }

  /// Makes a layer with given statistics, single numbers or tensors that broadcast to the shape of ``mean``.
  public init(mean: Tensor<Float>, variance: Tensor<Float>, axes: [Int]? = nil, isInverse: Bool = false) {
    self.axes = axes
    self.isInverse = isInverse
    given = (mean, variance)
  }

  /// A new layer with the same options.
  public func makeCopy(_ copies: LayerCopies) -> any Layer {
    guard let given else { return DataNorm(axes: axes, isInverse: isInverse) }
    return DataNorm(mean: given.mean, variance: given.variance, axes: axes, isInverse: isInverse)
  }

  private func statisticsShape(for inputShape: Shape) throws -> Shape {
    axes == [] ? [] : try inputShape.lengths(ofBatchAxes: axes)
  }

  /// Makes the statistics for the lengths of the axes.
  public func build(inputShape: Shape, using generator: inout RandomGenerator) throws -> Shape {
    let shape = try statisticsShape(for: inputShape)
    if let given {
      guard given.mean.shape == given.variance.shape, Shape.broadcast(given.mean.shape, shape) == shape else {
        throw LayerError(
          inputShape: inputShape,
          reason: "a mean of shape \(given.mean.shape) and a variance of shape \(given.variance.shape) were given, "
            + "\(shape) is needed")
      }
    }
    try mean.storage.build("mean", shape, for: inputShape) {
      given?.mean.broadcast(to: shape).contiguous() ?? Tensor(zeros: shape)
    }
    try variance.storage.build("variance", shape, for: inputShape) {
      given?.variance.broadcast(to: shape).contiguous() ?? Tensor(ones: shape)
    }
    return inputShape
  }

  /// Finds the mean and the biased variance of examples `[M, …]`, and builds the layer for them if it is not built.
  ///
  /// - Throws: ``LayerError`` when there are no examples, when they do not have the shape that the layer was built for, or
  ///   when the layer was made with given statistics.
  public func adapt(to examples: Tensor<Float>) throws {
    try adapt(to: [examples])
  }

  /// Finds the mean and the biased variance of examples that come in several batches `[M, …]`, as if they were one (Chan,
  /// Golub and LeVeque 1979).
  public func adapt(to batches: some Sequence<Tensor<Float>>) throws {
    var sums: (count: Double, mean: [Double], squares: [Double])?
    for batch in batches where batch.count > 0 {
      let inputShape = Shape(batch.shape.dropFirst())
      guard given == nil else {
        throw LayerError(inputShape: inputShape, reason: "the layer was made with a given mean and variance")
      }
      var generator = RandomGenerator(seed: 0)
      _ = try build(inputShape: inputShape, using: &generator)
      let kept = axes == [] ? [] : try inputShape.batchAxes(axes)
      let reduced = batch.shape.indices.filter { !kept.contains($0) }
      let batch = batch.toDouble()
      let (mean, variance) = (batch.mean(reduced).scalars, batch.variance(reduced).scalars)
      let count = Double(batch.count / Swift.max(mean.count, 1))
      var total = sums ?? (0, mean, mean.map { _ in 0 })
      guard total.mean.count == mean.count else {
        throw LayerError(inputShape: inputShape, reason: "batches of different shapes were given")
      }
      let before = total.count
      total.count += count
      for index in mean.indices {
        let distance = mean[index] - total.mean[index]
        total.mean[index] += distance * count / total.count
        total.squares[index] += variance[index] * count + distance * distance * before * count / total.count
      }
      sums = total
    }
    guard let sums else { throw LayerError(inputShape: [], reason: "there are no examples to adapt to") }
    let shape = mean.value.shape
    mean.value = Tensor(shape: shape, scalars: sums.mean.map { Float($0) })
    variance.value = Tensor(shape: shape, scalars: sums.squares.map { Float($0 / sums.count) })
  }

  /// The normalized batch.
  public func callAsFunction(_ x: Variable<Float>, _ context: Context) -> Variable<Float> {
    let (center, deviation) = (spread(mean.value, over: x.shape), spread(deviation, over: x.shape))
    return isInverse ? x * deviation + center : (x - center) / deviation
  }

  /// √variance, at least 10⁻⁷, as in Keras.
  private var deviation: Tensor<Float> { Tensor.maximum(variance.value.squareRoot(), Tensor(scalar: 1e-7)) }

  /// Statistics in a shape that broadcasts to a batch.
  private func spread(_ statistics: Tensor<Float>, over shape: Shape) -> Variable<Float> {
    guard axes == nil else { return Variable(statistics) }
    var lengths = [Int](repeating: 1, count: shape.rank)
    lengths[featureAxis(ofExample: Shape(shape.dropFirst()))] = statistics.count
    return Variable(statistics.reshaped(to: lengths))
  }
}
