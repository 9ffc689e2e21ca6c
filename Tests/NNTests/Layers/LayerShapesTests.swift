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
