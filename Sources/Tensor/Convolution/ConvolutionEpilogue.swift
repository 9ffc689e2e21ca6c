import CKernels

/// What is done to the results of a convolution before they are written to memory.
///
/// In this order: the bias is added, ReLU cuts off, the largest of each 2×2 is taken, and each channel is multiplied
/// by a factor and shifted, which is what a batch normalization does in inference.
public struct ConvolutionEpilogue: Sendable {
  /// Whether max(y, 0) is applied.
  public var appliesReLU: Bool
  /// Whether the largest of each 2×2 results is kept alone; a last odd row or column falls away.
  public var pools: Bool
  /// Factor and shift of each channel, `[O]` both.
  public var affine: (factor: Tensor<Float>, shift: Tensor<Float>)?

  /// Makes an epilogue; without arguments it does nothing.
  public init(
    appliesReLU: Bool = false, pools: Bool = false, affine: (factor: Tensor<Float>, shift: Tensor<Float>)? = nil
  ) {
    self.appliesReLU = appliesReLU
    self.pools = pools
    self.affine = affine
  }

  /// Height and width of what is left of a result.
  func size(of result: Size) -> Size {
    pools ? Size(height: result.height / 2, width: result.width / 2) : result
  }
}

/// The result of a convolution and its epilogue.
public struct ConvolutionOutput: Sendable {
  /// The result, `[N, O, oh, ow]`, or with half the height and width where it was pooled.
  public let values: Tensor<Float>
  /// Where each maximum stood: 0 to 3 in row order, 4 where ReLU lets no gradient pass. `nil` without pooling.
  public let places: Tensor<UInt8>?
}

/// The gradients of a convolution with its epilogue.
public struct ConvolutionGradients: Sendable {
  /// With respect to the input, `[N, C, H, W]`; `nil` where it was not asked for.
  public let input: Tensor<Float>?
  /// With respect to the weight, `[O, C, kh, kw]`.
  public let weight: Tensor<Float>
  /// With respect to the bias, `[O]`.
  public let bias: Tensor<Float>
}
