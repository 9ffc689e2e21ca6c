import Tensor
import TestSupport

/// Input, weight and bias of a case, its convolution, and how far it is from the definition.
struct FusedOperands {
  let item: FusedCase
  let input, weight: Tensor<Float>
  let bias: Tensor<Float>?
  let fused: FusedConvolution

  init(
    _ item: FusedCase, input: Tensor<Float>? = nil, hasBias: Bool = true, tile: Size? = nil,
    accuracy: FusedConvolution.Accuracy = .standard
  ) {
    self.item = item
    self.input = input ?? dyadicSample(item.inputShape)
    weight = dyadicSample(item.weightShape, seed: 2)
    bias = hasBias ? dyadicSample([item.filters], seed: 3) : nil
    needsInput = item.groups > 1 || item.needsInput || (item.channels >= 16 && item.window.size == 3)
    let fused =
      if let tile {
        FusedConvolution(
          input: item.inputShape, weight: item.weightShape, window: item.window, tile: tile)
      } else {
        FusedConvolution(
          input: item.inputShape, weight: item.weightShape, window: item.window, groups: item.groups,
          needsInputGradient: needsInput, accuracy: item.isExact ? .exact : accuracy)
      }
    guard let fused else { fatalError("no algorithm for \(item.testDescription)") }
    self.fused = fused
  }

  let needsInput: Bool

  func output(_ epilogue: ConvolutionEpilogue, filters: PreparedFilters? = nil) -> ConvolutionOutput {
    fused.output(
      input, filters: filters ?? fused.prepare(weight), bias: bias, epilogue: epilogue, keepsPlaces: true)
  }

  func gradients(_ gradient: Tensor<Float>, places: PooledPlaces?) -> ConvolutionGradients {
    fused.gradients(gradient, places: places, input: input, weight: weight, needsInput: needsInput)
  }

  /// The largest error of the result and of all gradients against `Double`, as a share of their largest element.
  var largestError: Double {
    let (input, weight) = (input.toDouble(), weight.toDouble())
    let output = output(ConvolutionEpilogue()).values
    let upstream: Tensor<Float> = dyadicSample(output.shape, seed: 4)
    let gradients = gradients(upstream, places: nil)
    let dy = upstream.toDouble()
    var pairs = [
      (output, input.convolution2D(weight, bias: bias?.toDouble(), window: item.window, groups: item.groups)),
      (
        gradients.weight,
        dy.convolution2DWeightGradient(input, weightShape: weight.shape, window: item.window, groups: item.groups)
      ),
      (gradients.bias, dy.channelSums()),
    ]
    if let found = gradients.input {
      let expected = dy.convolution2DInputGradient(
        weight, inputShape: input.shape, window: item.window, groups: item.groups)
      pairs.append((found, expected))
    }
    return pairs.reduce(0) { largest, pair in
      let scale = pair.1.absolute().max().scalar
      let error = (pair.0.toDouble() - pair.1).absolute().max().scalar / Swift.max(scale, .leastNormalMagnitude)
      return error.isFinite ? Swift.max(largest, error) : .infinity
    }
  }
}
