/// A convolution of images and what follows it, as one operation.
package struct FastConvolutionCall<Scalar: FloatingScalar>: Sendable {
  /// The filters, `[O, C / groups, kh, kw]`.
  package var weight: Tensor<Scalar>
  /// Added to each output channel, `[O]`.
  package var bias: Tensor<Scalar>?
  /// Size, stride, dilation and padding.
  package var window: Window
  /// The number of groups.
  package var groups: Int
  /// Whether negative results become 0.
  package var appliesReLU = false
  /// Whether the largest of each 2×2 results is the result.
  package var pools = false
  /// Whether Winograd's transforms must not be used.
  package var isExact: Bool
  /// Whether the gradient with respect to the images is wanted.
  package var needsInputGradient = false
  /// Whether any gradient is wanted.
  package var needsGradients = false

  /// Makes a call.
  package init(
    weight: Tensor<Scalar>, bias: Tensor<Scalar>?, window: Window, groups: Int, isExact: Bool
  ) {
    (self.weight, self.bias, self.window, self.groups, self.isExact) = (weight, bias, window, groups, isExact)
  }

  /// What the algorithm may lose.
  var accuracy: FusedConvolution.Accuracy { isExact ? .exact : .standard }
}

/// What a ``FastConvolutionCall`` gives.
package struct FastConvolutionResult<Scalar: FloatingScalar>: Sendable {
  /// The gradients of a call.
  package typealias Gradients = (input: Tensor<Scalar>?, weight: Tensor<Scalar>, bias: Tensor<Scalar>)

  /// The result, `[N, O, oh, ow]`, with pooling `[N, O, oh / 2, ow / 2]`.
  package let values: Tensor<Scalar>
  /// All gradients, from the gradient of the result; that of the input only where the call asks for it.
  package let gradients: @Sendable (_ gradient: Tensor<Scalar>, _ input: Tensor<Scalar>) -> Gradients
  /// The gradient of the input alone, from the gradient of the result.
  package let inputGradient: @Sendable (_ gradient: Tensor<Scalar>) -> Tensor<Scalar>
}

extension Tensor where Scalar: FloatingScalar {
  /// The convolution of these images by a fast algorithm; `nil` where there is none for the shape or the type of element.
  package func fastConvolution2D(_ call: FastConvolutionCall<Scalar>) -> FastConvolutionResult<Scalar>? {
    Scalar.fastKernels.convolution(self, call)
  }
}

/// A call by ``FusedConvolution``; `nil` where it has no algorithm for the shape or the pooling.
func fusedConvolution(_ input: Tensor<Float>, _ call: FastConvolutionCall<Float>) -> FastConvolutionResult<Float>? {
  let weight = call.weight
  let fused = FusedConvolution(
    input: input.shape, weight: weight.shape, window: call.window, groups: call.groups,
    needsInputGradient: call.needsInputGradient, accuracy: call.accuracy)
  guard let fused, fused.canPool || !call.pools else { return nil }
  let output = fused.output(
    input, filters: fused.prepare(weight, isKept: false), bias: call.bias,
    epilogue: ConvolutionEpilogue(activation: call.appliesReLU ? .relu : .linear, pools: call.pools),
    keepsPlaces: call.needsGradients)
  let passing = call.appliesReLU && !call.pools && call.needsGradients ? output.values : nil
  let (places, needsInput) = (output.places, call.needsInputGradient)
  return FastConvolutionResult(
    values: output.values,
    gradients: { gradient, input in
      let gradients = fused.gradients(
        passing.map { gradient.masked(byPositive: $0) } ?? gradient, places: places, input: input, weight: weight,
        needsInput: needsInput)
      return (gradients.input, gradients.weight, gradients.bias)
    },
    inputGradient: { gradient in
      fused.inputGradient(
        passing.map { gradient.masked(byPositive: $0) } ?? gradient, places: places, weight: weight)
    })
}
