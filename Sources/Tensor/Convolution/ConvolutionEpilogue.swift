import CKernels

/// The operations that a convolution applies to its results before it writes them to memory.
///
/// In this order: add the bias, apply the activation, 2×2 max-pooling with stride 2, multiply each channel by a factor and
/// add a shift, which is what batch normalization does in inference, add a tensor, and apply the last activation.
public struct ConvolutionEpilogue: Sendable {
  /// The function behind the bias. With pooling it must be one that never falls.
  public var activation: EpilogueActivation
  /// Whether to keep only the largest of each 2×2 results. A last odd row or column is dropped.
  public var pools: Bool
  /// Factor and shift of each channel, each of shape `[O]`.
  public var affine: (factor: Tensor<Float>, shift: Tensor<Float>)?
  /// Added to the results, of their shape.
  public var addend: Tensor<Float>?
  /// The function at the end.
  public var last: EpilogueActivation

  /// Makes an epilogue; without arguments it does nothing.
  public init(
    activation: EpilogueActivation = .linear, pools: Bool = false,
    affine: (factor: Tensor<Float>, shift: Tensor<Float>)? = nil, addend: Tensor<Float>? = nil,
    last: EpilogueActivation = .linear
  ) {
    (self.activation, self.pools, self.affine) = (activation, pools, affine)
    (self.addend, self.last) = (addend, last)
  }

  /// Height and width of a result after the pooling.
  func size(of result: Size) -> Size {
    pools ? Size(height: result.height / 2, width: result.width / 2) : result
  }
}

/// The result of a convolution and its epilogue.
public struct ConvolutionOutput: Sendable {
  /// The result, `[N, O, oh, ow]`, or with half the height and width where it was pooled.
  public let values: Tensor<Float>
  /// The position of each maximum, for the gradients. `nil` without pooling, or if it was not requested.
  public let places: PooledPlaces?
}

/// The positions of the maxima of pooled results, for the gradients. Only a convolution can make this value, because
/// the kernels use it as an index without a check.
public struct PooledPlaces: Sendable {
  let values: Tensor<UInt8>

  init(_ values: Tensor<UInt8>) { self.values = values }

  /// The shape of the pooled result, `[N, O, oh, ow]`.
  public var shape: Shape { values.shape }
}

/// The gradients of a convolution with its epilogue.
public struct ConvolutionGradients: Sendable {
  /// With respect to the input, `[N, C, H, W]`; `nil` if it was not requested.
  public let input: Tensor<Float>?
  /// With respect to the weight, `[O, C, kh, kw]`.
  public let weight: Tensor<Float>
  /// With respect to the bias, `[O]`.
  public let bias: Tensor<Float>
}

extension kilim_epilogue {
  /// Leaves results as they are.
  static var none: kilim_epilogue {
    let linear = EpilogueActivation.linear.code
    return kilim_epilogue(bias: nil, activation: linear, factor: nil, shift: nil, addend: nil, last: linear)
  }
}
