import Autograd
import NN
import Tensor
import Testing

/// Output shapes, names and counts of parameters and buffers, and configurations that cannot work.
struct LayerShapesTests {
  @Test func shapesAndCounts() throws {
    try expect(
      Conv2D(8, kernelSize: 3), [3, 10, 9], [8, 8, 7], ["weight": [8, 3, 3, 3], "bias": [8]], 8 * 8 * 7 * 27)
    try expect(
      Conv2D(6, kernelSize: 3, stride: 2, padding: .same, groups: 3, useBias: false), [3, 5, 4], [6, 3, 2],
      ["weight": [6, 1, 3, 3]], 6 * 3 * 2 * 9)
    try expect(Dense(5), [7], [5], ["weight": [7, 5], "bias": [5]], 35)
    try expect(Dense(5, useBias: false), [7], [5], ["weight": [7, 5]], 35)
    try expect(Dense(5, actsOnPixels: true), [7, 3, 2], [5, 3, 2], ["weight": [7, 5], "bias": [5]], 210)
    try expect(BatchNorm(), [4, 2, 2], [4, 2, 2], ["scale": [4], "shift": [4]], buffers: true)
    try expect(BatchNorm(useScale: false), [4], [4], ["shift": [4]], buffers: true)
    try expect(BatchNorm(useShift: false), [4], [4], ["scale": [4]], buffers: true)
    try expect(MaxPool2D(2), [3, 7, 6], [3, 3, 3])
    try expect(MaxPool2D(3, stride: 2, padding: .same), [3, 7, 6], [3, 4, 3])
    try expect(AveragePool2D(2, stride: 1), [3, 7, 6], [3, 6, 5])
    try expect(GlobalAveragePool2D(), [3, 7, 6], [3])
    try expect(Flatten(), [3, 7, 6], [126])
    try expect(Dropout(0.5), [3, 7, 6], [3, 7, 6])
    try expect(ActivationLayer(.relu), [3, 7, 6], [3, 7, 6])
  }

  private func expect(
    _ layer: any Layer, _ input: Shape, _ output: Shape, _ parameters: [String: Shape] = [:],
    _ multiplyAdds: Int = 0, buffers: Bool = false, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    var generator = RandomGenerator(seed: 1)
    let built = try layer.build(inputShape: input, using: &generator)
    #expect(built == output, sourceLocation: sourceLocation)
    let found = Dictionary(uniqueKeysWithValues: layer.namedParameters.map { ($0.name, $0.parameter.value.shape) })
    #expect(found == parameters, sourceLocation: sourceLocation)
    #expect(
      layer.parameterCount == parameters.values.reduce(0) { $0 + $1.elementCount }, sourceLocation: sourceLocation)
    #expect(
      layer.namedBuffers.map(\.name) == (buffers ? ["runningMean", "runningVariance"] : []),
      sourceLocation: sourceLocation)
    #expect(layer.bufferCount == (buffers ? 2 * input[0] : 0), sourceLocation: sourceLocation)
    #expect(layer.multiplyAdds(inputShape: input, outputShape: output) == multiplyAdds, sourceLocation: sourceLocation)
    let batch = Variable(hashed(Shape([2] + input.dimensions), seed: 1))
    for mode in [Context.Mode.training, .inference] {
      #expect(layer(batch, Context(mode)).shape == Shape([2] + output.dimensions), sourceLocation: sourceLocation)
    }
  }

  @Test func impossibleConfigurations() throws {
    let window = "with stride 1×1, dilation 1×1 and padding valid does not fit"
    try refuses(Conv2D(4, kernelSize: 3), [12], "an image [C, H, W] is needed")
    try refuses(Conv2D(4, kernelSize: 3), [3, 2, 8], "a window of 3×3 \(window)")
    try refuses(
      Conv2D(4, kernelSize: 3, groups: 2), [3, 8, 8], "3 input channels and 4 filters cannot be divided into 2 groups")
    try refuses(
      Conv2D(0, kernelSize: 3), [3, 8, 8], "filters is 0 and groups 1, at least 1 of each is needed")
    try refuses(
      Conv2D(3, kernelSize: 3, groups: 0), [3, 8, 8], "filters is 3 and groups 0, at least 1 of each is needed")
    try refuses(
      Conv2D(4, kernelSize: 3, stride: 0, padding: .same), [3, 8, 8],
      "a window of 3×3 with stride 0×0, dilation 1×1 and padding same does not fit")
    try refuses(Dense(4), [3, 8, 8], "features [F] or a sequence [T, F] are needed; put Flatten() before Dense")
    try refuses(Dense(0), [3], "units is 0, at least 1 is needed")
    try refuses(BatchNorm(), [], "an image [C, H, W] or features […, F] are needed")
    try refuses(
      BatchNorm(momentum: 1.5), [3],
      "the momentum is 1.5, it must lie in [0, 1], and epsilon, 0.001, be 0 or more")
    try refuses(Dropout(1.5), [3], "the rate is 1.5, it must lie in [0, 1]")
    try refuses(Dropout(.nan), [3], "the rate is nan, it must lie in [0, 1]")
    try refuses(
      MaxPool2D(2), [3, 1, 8], "a window of 2×2 with stride 2×2, dilation 1×1 and padding valid does not fit")
    try refuses(
      MaxPool2D(2, padding: .explicit(top: 2, bottom: 0, left: 0, right: 0)), [3, 4, 4],
      "padding explicit(top: 2, bottom: 0, left: 0, right: 0) must be narrower than the window of 2×2")
    try refuses(AveragePool2D(2), [3], "an image [C, H, W] is needed")
    try refuses(GlobalAveragePool2D(), [3], "an image [C, H, W] is needed")
    try refuses(Flatten(), [3, 0, 4], "one axis has length 0")
  }

  /// Numbers whose sums and products are no whole numbers of a processor any more, as a damaged file may have them.
  @Test(arguments: [Int.max, 1 << 62, 1 << 48]) func impossibleSizes(size: Int) {
    let (square, volume) = (Size(size), VolumeSize(size))
    let ends = VolumeEnds(before: size, after: size)
    let images: [any Layer] = [
      ZeroPad2D(top: size, bottom: 0, left: 0, right: 0), ZeroPad2D(top: 0, bottom: size, left: 0, right: 0),
      ZeroPad2D(top: 0, bottom: 0, left: size, right: 0), ZeroPad2D(top: 0, bottom: 0, left: 0, right: size),
      UpSampling2D(square), Cropping2D(top: size, bottom: size, left: 0, right: 0), Reshape([size, -1]),
      Resizing(square),
      CenterCrop(square), RandomCrop(square), Conv2D(size, kernelSize: 3),
      Conv2D(2, kernelSize: square, padding: .same),
      Conv2D(2, kernelSize: 3, stride: square), Conv2D(2, kernelSize: 3, dilation: square),
      Conv2D(2, kernelSize: 3, padding: .explicit(top: size, bottom: size, left: size, right: size)),
      Conv2D(2, kernelSize: 3, groups: size), Conv2DTranspose(size, kernelSize: 3),
      Conv2DTranspose(2, kernelSize: square), Conv2DTranspose(2, kernelSize: 3, stride: square),
      DepthwiseConv2D(kernelSize: 3, depthMultiplier: size), SeparableConv2D(size, kernelSize: 3),
      SeparableConv2D(2, kernelSize: 3, depthMultiplier: size), MaxPool2D(square), AveragePool2D(square),
      Dense(size, actsOnPixels: true), GroupNorm(groups: size),
    ]
    let sequences: [any Layer] = [
      ZeroPad1D(before: size, after: size), UpSampling1D(size), Cropping1D(before: size, after: size), Dense(size),
      Conv1D(size, kernelSize: 3), Conv1D(2, kernelSize: size, padding: .causal),
      Conv1D(2, kernelSize: 3, padding: .causal, dilation: size),
      Conv1D(2, kernelSize: 3, stride: size, padding: .causal),
      Conv1DTranspose(size, kernelSize: 3), DepthwiseConv1D(kernelSize: 3, depthMultiplier: size),
      SeparableConv1D(size, kernelSize: 3), LSTM(size), GRU(size), SimpleRNN(size), Bidirectional(LSTM(size)),
      MultiHeadAttention(heads: size, keyFeatures: size), MultiHeadAttention(heads: 2, keyFeatures: size),
      TimeDistributed(Dense(size)),
    ]
    let volumes: [any Layer] = [
      ZeroPad3D(depth: ends, height: 0, width: 0), ZeroPad3D(depth: 0, height: ends, width: ends), UpSampling3D(volume),
      Cropping3D(depth: ends, height: ends, width: ends), Conv3D(size, kernelSize: 2), Conv3D(2, kernelSize: volume),
      Conv3D(2, kernelSize: 2, dilation: volume), MaxPool3D(volume), AveragePool3D(volume),
      ConvLSTM2D(size, kernelSize: 2), ConvLSTM2D(2, kernelSize: square),
    ]
    let vectors: [any Layer] = [RepeatVector(size), Embedding(size, features: size), Embedding(2, features: size)]
    let cases: [([any Layer], Shape)] = [
      (images, [3, 8, 8]), (sequences, [5, 6]), (volumes, [4, 3, 8, 8]), (vectors, [7]),
    ]
    for (layers, shape) in cases {
      for (number, layer) in layers.enumerated() {
        #expect(throws: LayerError.self, "\(number): \(type(of: layer))") {
          var generator = RandomGenerator(seed: 0)
          _ = try layer.build(as: "part", inputShape: shape, using: &generator)
        }
      }
    }
    #expect(throws: LayerError.self) { try Sequential(input: [size, size]) { Flatten() } }
  }

  private func refuses(
    _ layer: any Layer, _ input: Shape, _ reason: String, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let error = try #require(throws: LayerError.self, sourceLocation: sourceLocation) {
      var generator = RandomGenerator(seed: 0)
      _ = try layer.build(as: "part", inputShape: input, using: &generator)
    }
    #expect(
      "\(error)" == "layer part cannot take inputs of shape \(input): \(reason)", sourceLocation: sourceLocation)
  }
}
