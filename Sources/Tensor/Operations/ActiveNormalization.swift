// Batch normalization with what follows it, another value that is added and an activation, in the same passes over memory: one
// forward beside that of the statistics, two backward. For channels innermost in memory.

import CKernels

/// A function behind a normalization that is computed in the same pass.
package enum NormalizedActivation: Hashable, Sendable {
  case linear
  case relu
  /// min(max(x, 0), maximum)
  case boundedReLU(maximum: Float)
  case silu
  case hardSiLU

  /// Whether its gradient can be computed from its result, without the argument.
  package var isKnownByResult: Bool {
    switch self {
    case .linear, .relu, .boundedReLU: true
    case .silu, .hardSiLU: false
    }
  }

  fileprivate var code: (code: kilim_function, parameter: Float) {
    switch self {
    case .linear: (KILIM_IDENTITY, 0)
    case .relu: (KILIM_RELU, 0)
    case .boundedReLU(let maximum): (KILIM_BOUNDED_RELU, maximum)
    case .silu: (KILIM_SILU, 0)
    case .hardSiLU: (KILIM_HARD_SILU, 0)
    }
  }
}

/// The gradients of an ``ActiveNormalization``.
package struct ActiveNormalizationGradient {
  /// Those of the normalization.
  package let normalization: NormalizationGradient<Float>
  /// With respect to the value that was added; `nil` without one.
  package let addend: Tensor<Float>?
}

/// f(scale · (x - mean) / √(variance + ε) + shift + addend), channel by channel.
package struct ActiveNormalization {
  private let rows: ChannelRows
  private let statistics: ChannelStatistics<Float>
  private let usesBatch: Bool
  private let scale, inverse, factor, offset: Tensor<Float>
  private let activation: NormalizedActivation

  /// A normalization of a batch.
  ///
  /// Stops if a vector does not fit. `nil` if the channels are not innermost in memory or the batch is empty.
  ///
  /// - Parameters:
  ///   - x: the batch, `[N, C, H, W]` or `[N, C]`.
  ///   - fixed: the statistics, which are constants then; `nil` for those of the batch.
  ///   - scale: the factor of each channel, `[C]`.
  ///   - shift: what is added to each channel, `[C]`.
  ///   - epsilon: added to the variance.
  ///   - activation: the function behind it.
  ///   - batch: the statistics of the batch, where they are known.
  package init?(
    _ x: Tensor<Float>, by fixed: ChannelStatistics<Float>?, scale: Tensor<Float>, shift: Tensor<Float>, epsilon: Float,
    activation: NormalizedActivation, batch: ChannelStatistics<Float>? = nil
  ) {
    guard x.count > 0, let rows = ChannelRows(x) else { return nil }
    ChannelPlanes(x.shape, "normalization").requireVectors(
      [scale, shift] + (fixed.map { [$0.mean, $0.variance] } ?? []), "normalization")
    self.rows = rows
    self.activation = activation
    usesBatch = fixed == nil
    statistics = fixed ?? batch ?? rows.statistics()
    self.scale = scale
    inverse = 1 / (statistics.variance + epsilon).squareRoot()
    factor = (scale * inverse).contiguous()
    offset = (shift - statistics.mean * factor).contiguous()
  }

  /// The statistics that it normalizes by.
  package var usedStatistics: ChannelStatistics<Float> { statistics }

  /// The result, in the layout of the batch. Stops if the addend has another shape.
  package func output(adding addend: Tensor<Float>?) -> Tensor<Float> {
    let layout = rows.input.layout
    require(
      addend.map { $0.shape == layout.shape } ?? true,
      "normalization: the batch has shape \(layout.shape), what is added \(addend?.shape ?? [])")
    let addend = addend?.laidOut(as: layout)
    defer { extendLifetime(addend) }
    let added = addend.map { UnsafePointer($0.elements) }
    return withActive { active in
      Tensor(unsafeUninitialized: layout) { output in
        rows.forEachPiece { _, rows, before in
          Kernels.best.normalizeActive(&rows, active, added.map { $0 + before }, output + before, rows.pitch)
        }
      }
    }
  }

  /// The gradients, from that with respect to the result.
  ///
  /// - Parameters:
  ///   - gradient: with respect to the result, of its shape.
  ///   - result: the result, where another value was added; otherwise `nil`.
  package func gradient(_ gradient: Tensor<Float>, result: Tensor<Float>?) -> ActiveNormalizationGradient {
    let parts = gradientParts(gradient, result: result)
    return ActiveNormalizationGradient(
      normalization: NormalizationGradient(input: parts.input.tensor(), scale: parts.scale, shift: parts.shift),
      addend: parts.addend)
  }

  /// The gradients, that of the input as what computes it for some pixels at a time; see ``gradient(_:result:)``.
  func gradientParts(
    _ gradient: Tensor<Float>, result: Tensor<Float>?
  ) -> (input: NormalizationInputGradient, scale: Tensor<Float>, shift: Tensor<Float>, addend: Tensor<Float>?) {
    let layout = rows.input.layout
    require(gradient.shape == layout.shape, "normalization: gradient \(gradient.shape), batch \(layout.shape)")
    let gradient = gradient.laidOut(as: layout)
    // Nothing stands between a sum and its gradient.
    let passes = result != nil && activation == .linear
    let passed = result == nil ? nil : passes ? gradient : Tensor<Float>(unsafeUninitialized: layout)
    let mean = statistics.mean.contiguous()
    let sums = self.sums(gradient, result: result, mean: mean, passed: passes ? nil : passed)
    let (sum, product) = (sums[0..<1].reshaped(to: [rows.channels]), sums[1..<2].reshaped(to: [rows.channels]))
    let scaleGradient = product * inverse
    let share = usesBatch ? 1 / Float(rows.count) : 0
    // Behind the passed gradient there is no activation any more.
    let input = NormalizationInputGradient(
      input: rows.input, gradient: passed ?? gradient, mean: mean, center: sum * share,
      slope: scaleGradient * inverse * share, factor: factor, offset: offset,
      function: (passed == nil ? activation : .linear).code)
    return (input, scaleGradient, sum, passed)
  }

  /// Σ dz and Σ dz · (x - mean) of each channel, `[2, C]`, and dz itself into `passed`.
  private func sums(
    _ gradient: Tensor<Float>, result: Tensor<Float>?, mean: Tensor<Float>, passed: Tensor<Float>?
  ) -> Tensor<Float> {
    let result = result?.laidOut(as: rows.input.layout)
    defer { extendLifetime((gradient, result, mean, passed)) }
    let (upstream, center) = (gradient.elements, mean.elements)
    let (own, target) = (result.map { UnsafePointer($0.elements) }, passed?.elements)
    return withActive { active in
      rows.perPiece { rows, before, sum, product in
        Kernels.best.normalizeActiveSums(
          &rows, active, upstream + before, own.map { $0 + before }, center, target.map { $0 + before }, sum, product)
      }.summingFirstAxis()
    }
  }

  private func withActive<Result>(_ body: (UnsafePointer<kilim_active>) -> Result) -> Result {
    let (function, parameter) = activation.code
    return withUnsafePointers(factor, offset) { factor, offset in
      withUnsafePointer(
        to: kilim_active(factor: factor, shift: offset, function: function, parameter: parameter), body)
    }
  }
}
