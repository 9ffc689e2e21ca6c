import Glibc
import Tensor

/// How the pixels of a resized image are made from those nearby.
public enum Resampling: Hashable, Sendable {
  /// The nearest pixel.
  case nearest
  /// The weighted mean of 2 × 2 pixels.
  case bilinear
  /// The cubic convolution of 4 × 4 pixels (Keys 1981, a = -1 / 2).
  case bicubic
  /// Lanczos's windowed sinc over 6 × 6 pixels.
  case lanczos3
  /// Lanczos's windowed sinc over 10 × 10 pixels.
  case lanczos5
}

extension Variable {
  /// Images of another size. Pixel i of n along an axis lies at ((i + 1 / 2) · m / n) - 1 / 2 of the m pixels of the input, as in
  /// Keras; weights beyond the edges fall away, and the others are divided by their sum.
  ///
  /// The gradient is spread over the pixels by the same weights. The weights are kept, m · n numbers for each axis.
  ///
  /// Shapes: input `[N, C, H, W]`, result `[N, C, height, width]`.
  ///
  /// - Parameters:
  ///   - size: height and width of the result.
  ///   - interpolation: how pixels are made.
  ///   - antialiases: whether the kernel is widened by m / n where the image becomes smaller, so that all pixels count.
  public func resized(to size: Size, _ interpolation: Resampling, antialiases: Bool = false) -> Variable {
    require(shape.rank == 4, "resized: images [N, C, H, W] are needed, found \(shape)")
    require(
      shape[2] > 0 && shape[3] > 0 && size.height > 0 && size.width > 0, "resized: \(shape) cannot become \(size)")
    guard let kernel = ResamplingKernel(interpolation) else {
      return choosing(Self.nearest(shape[2], size.height), axis: 2).choosing(
        Self.nearest(shape[3], size.width), axis: 3)
    }
    let columns = kernel.weights(from: shape[3], to: size.width, antialiases: antialiases)
    let rows = kernel.weights(from: shape[2], to: size.height, antialiases: antialiases)
    let wide = shape[3] == size.width ? self : rowsMultiplied(by: Tensor(converting: columns))
    return shape[2] == size.height ? wide : Variable(Tensor(converting: rows)).matmul(wide)
  }

  /// Each row times the rows of a matrix: the last axis becomes as long as the matrix has rows.
  private func rowsMultiplied(by matrix: Tensor<Scalar>) -> Variable {
    reshaped(to: [shape[0] * shape[1] * shape[2], shape[3]]).matmul(Variable(matrix.transposed()))
      .reshaped(to: [shape[0], shape[1], shape[2], matrix.shape[0]])
  }

  /// Every index of one axis `count` times. The gradient is the sum over them.
  public func repeated(_ count: Int, axis: Int) -> Variable {
    let axis = shape.resolve(axis: axis, in: "repeated")
    require(count >= 1, "repeated: the count is \(count), at least 1 is needed")
    let (before, after) = (Array(shape[..<axis]), Array(shape[(axis + 1)...]))
    return reshaped(to: before + [shape[axis], 1] + after)
      .broadcast(to: Shape(before + [shape[axis], count] + after))
      .reshaped(to: before + [shape[axis] * count] + after)
  }

  /// The given indices of one axis.
  private func choosing(_ indices: [Int], axis: Int) -> Variable {
    if indices == Array(0..<shape[axis]) { return self }
    let order = [axis] + shape.indices.filter { $0 != axis }
    let inverse = order.indices.sorted { order[$0] < order[$1] }
    return permuted(order).gathering(indices).permuted(inverse)
  }

  /// The pixel of `length` that lies nearest to each of `count`, in single precision as in Keras.
  private static func nearest(_ length: Int, _ count: Int) -> [Int] {
    (0..<count).map { index in
      Swift.min(Int(((Float(index) + 0.5) * Float(length) / Float(count)).rounded(.down)), length - 1)
    }
  }
}

extension Tensor where Scalar: FloatingScalar {
  /// Numbers of double precision in that of the type.
  fileprivate init(converting tensor: Tensor<Double>) {
    self.init(shape: tensor.shape, scalars: tensor.scalars.map { Scalar($0) })
  }
}

/// The weight of a pixel by its distance, for interpolations that have one.
private enum ResamplingKernel {
  case triangle, cubic
  case lanczos(radius: Double)

  init?(_ interpolation: Resampling) {
    switch interpolation {
    case .nearest: return nil
    case .bilinear: self = .triangle
    case .bicubic: self = .cubic
    case .lanczos3: self = .lanczos(radius: 3)
    case .lanczos5: self = .lanczos(radius: 5)
    }
  }

  /// The weight at a distance of 0 or more.
  private func weight(_ x: Double) -> Double {
    switch self {
    case .triangle: return max(0, 1 - x)
    case .cubic:
      if x >= 2 { return 0 }
      return x >= 1 ? ((-0.5 * x + 2.5) * x - 4) * x + 2 : (1.5 * x - 2.5) * x * x + 1
    case .lanczos(let radius):
      if x > radius { return 0 }
      // Keras's limit near 0.
      guard x > 1e-3 else { return 1 }
      return radius * sinPi(x) * sinPi(x / radius) / (.pi * .pi * x * x)
    }
  }

  private func sinPi(_ x: Double) -> Double { sin(.pi * x) }

  /// The weights of `length` pixels for each of `count`, `[count, length]`.
  func weights(from length: Int, to count: Int, antialiases: Bool) -> Tensor<Double> {
    let step = Double(length) / Double(count)
    let width = antialiases ? max(step, 1) : 1
    var scalars: [Double] = []
    scalars.reserveCapacity(count * length)
    for index in 0..<count {
      let place = (Double(index) + 0.5) * step - 0.5
      let row = (0..<length).map { weight(abs(place - Double($0)) / width) }
      let total = row.reduce(0, +)
      // Keras's limit: 1,000 roundings of single precision.
      scalars += row.map { abs(total) > 1_000 * Double(Float.ulpOfOne) ? $0 / total : 0 }
    }
    return Tensor(shape: [count, length], scalars: scalars)
  }
}
