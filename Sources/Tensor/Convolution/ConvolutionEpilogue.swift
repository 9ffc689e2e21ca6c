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

/// An epilogue and the bias before it as addresses, and the tensors that they belong to.
struct EpilogueCode {
  let code: kilim_epilogue
  private let tensors: [Tensor<Float>]

  /// Stops unless there is a number for each channel.
  init(_ epilogue: ConvolutionEpilogue, bias: Tensor<Float>?, channels: Int) {
    for vector in [bias, epilogue.affine?.factor, epilogue.affine?.shift] {
      require(
        vector.map { $0.shape == [channels] } ?? true,
        "convolution: a number for each of \(channels) channels is needed, found \(vector?.shape ?? [])")
    }
    let (bias, addend) = (bias?.contiguous(), epilogue.addend?.channelsLast())
    let (factor, shift) = (epilogue.affine?.factor.contiguous(), epilogue.affine?.shift.contiguous())
    tensors = [bias, factor, shift, addend].compactMap(\.self)
    func address(_ tensor: Tensor<Float>?) -> UnsafePointer<Float>? { tensor.map { UnsafePointer($0.elements) } }
    code = kilim_epilogue(
      bias: address(bias), activation: epilogue.activation.code, factor: address(factor), shift: address(shift),
      addend: address(addend), last: epilogue.last.code)
  }
}

extension kilim_epilogue {
  /// Leaves results as they are.
  static var none: kilim_epilogue {
    let linear = EpilogueActivation.linear.code
    return kilim_epilogue(bias: nil, activation: linear, factor: nil, shift: nil, addend: nil, last: linear)
  }

  /// The function behind the bias, if it is no bound and nothing follows.
  var onlyFunction: kilim_activation? {
    let isLast = last.function == KILIM_IDENTITY && last.low == -.infinity && last.high == .infinity
    return isLast && factor == nil && addend == nil && activation.function != KILIM_IDENTITY ? activation : nil
  }
}
