import Autograd
import NN
import Tensor
import Testing

/// Layers for volumes and images in sequence, and depthwise convolutions of sequences, against Keras in double precision; see
/// `make_volumes.py`.
struct VolumesTests {
  private static let volume: Shape = [2, 4, 3, 5, 6]
  private static let images: Shape = [2, 3, 2, 4, 5]
  private static let ends = (
    depth: VolumeEnds(before: 1, after: 0), height: VolumeEnds(before: 0, after: 2), width: 1 as VolumeEnds
  )
  private static let larger = VolumeSize(depth: 3, height: 2, width: 2)
  private static let farther = VolumeSize(depth: 2, height: 1, width: 3)

  static let cases = [
    KerasCase("conv", Conv3D(4, kernelSize: 2, activation: .relu), volume),
    KerasCase(
      "conv same", Conv3D(2, kernelSize: VolumeSize(depth: 3, height: 2, width: 3), padding: .same, useBias: false),
      volume),
    KerasCase(
      "conv strides",
      Conv3D(
        6, kernelSize: VolumeSize(depth: 2, height: 3, width: 1), stride: VolumeSize(depth: 3, height: 1, width: 2),
        padding: .same, groups: 3, activation: .tanh), volume),
    KerasCase(
      "conv dilation", Conv3D(2, kernelSize: 2, dilation: VolumeSize(depth: 3, height: 1, width: 2)), volume),
    KerasCase("max", MaxPool3D(2), volume),
    KerasCase("max same", MaxPool3D(larger, stride: farther, padding: .same), volume),
    KerasCase("average", AveragePool3D(VolumeSize(depth: 2, height: 3, width: 2)), volume),
    KerasCase("average same", AveragePool3D(larger, stride: farther, padding: .same), volume),
    KerasCase("global average", GlobalAveragePool3D(), volume),
    KerasCase("global max", GlobalMaxPool3D(keepsAxes: true), volume),
    KerasCase("zeros", ZeroPad3D(depth: ends.depth, height: ends.height, width: ends.width), volume),
    KerasCase("cropping", Cropping3D(depth: ends.depth, height: ends.height, width: ends.width), volume),
    KerasCase("larger", UpSampling3D(VolumeSize(depth: 2, height: 1, width: 3)), volume),
    KerasCase(
      "depthwise",
      DepthwiseConv1D(kernelSize: 3, stride: 2, padding: .same, depthMultiplier: 2, activation: .relu), [2, 7, 3]),
    KerasCase("depthwise dilation", DepthwiseConv1D(kernelSize: 2, dilation: 3, useBias: false), [2, 7, 3]),
    KerasCase(
      "separable", SeparableConv1D(4, kernelSize: 3, padding: .same, depthMultiplier: 2, activation: .tanh),
      [2, 7, 3]),
    KerasCase("separable strides", SeparableConv1D(2, kernelSize: 2, stride: 3, useBias: false), [2, 8, 3]),
    KerasCase(
      "recurrent",
      ConvLSTM2D(
        2, kernelSize: Size(height: 3, width: 2), padding: .same, RecurrentOptions(returnsSequences: true)), images),
    KerasCase(
      "recurrent last",
      ConvLSTM2D(
        3, kernelSize: 2, stride: 2, activation: .relu, recurrentActivation: .hardSigmoid,
        RecurrentOptions(goesBackwards: true)), images),
    KerasCase(
      "recurrent dilation", ConvLSTM2D(2, kernelSize: 2, dilation: 2, RecurrentOptions(useBias: false)), images),
  ]

  @Test(arguments: cases.map(\.name)) func agreesWithKeras(name: String) throws {
    try KerasCase.expectKeras(name, of: Self.cases, in: "volumes.json")
  }

  /// States after the last step, a mask, and first states, as the layer for vectors has them.
  @Test func statesAndMasksOfImagesInSequence() throws {
    let all = RecurrentOptions(returnsSequences: true, returnsState: true)
    let (images, vectors) = (ConvLSTM2D(2, kernelSize: 1, all), LSTM(2, all))
    var generator = RandomGenerator(seed: 1)
    let shapes = try images.build(inputShapes: [[4, 3, 1, 1]], using: &generator)
    #expect(shapes == [[4, 2, 1, 1], [2, 1, 1], [2, 1, 1]])
    _ = try vectors.build(inputShapes: [[4, 3]], using: &generator)
    vectors.weight.value = images.weight.value.reshaped(to: [8, 3] as Shape).transposed()
    vectors.recurrentWeight.value = images.recurrentWeight.value.reshaped(to: [8, 2] as Shape).transposed()
    let x = hashed([2, 4, 3], seed: 3)
    let mask = Tensor<Float>([1, 1, 0, 1, 0, 1, 1, 0]).reshaped(to: [2, 4] as Shape) .!= 0
    let states = [4, 5].map { Variable(hashed([2, 2], seed: $0)) }
    let (input, pixels) = (Variable(x), Variable(x.reshaped(to: [2, 4, 3, 1, 1] as Shape)))
    let context = Context(.inference)
    let pairs = [
      (images.outputs(of: [pixels], masks: [mask], context), vectors.outputs(of: [input], masks: [mask], context)),
      (
        images.outputs(of: [pixels] + states.map { $0.reshaped(to: [2, 2, 1, 1]) }, context),
        vectors.outputs(of: [input] + states, context)
      ),
    ]
    for (found, expected) in pairs {
      #expect(found.count == 3)
      for (found, expected) in zip(found, expected) {
        expectClose(
          found.value, expected.value.scalars.map(Double.init), tolerance: SequenceLayersTests.tolerance)
      }
    }
    #expect(throws: LayerError.self) { try images.build(inputShapes: [[4, 3, 1, 1], [2, 1, 1]], using: &generator) }
  }

  @Test func shapesThatDoNotFitAreRefused() {
    var generator = RandomGenerator(seed: 0)
    let layers: [any Layer] = [
      Conv3D(2, kernelSize: 7), Conv3D(2, kernelSize: 2, groups: 2), MaxPool3D(5), AveragePool3D(5),
      Cropping3D(depth: 2, height: 0, width: 0), ZeroPad3D(depth: -1, height: 0, width: 0), UpSampling3D(0),
      ConvLSTM2D(0, kernelSize: 2), ConvLSTM2D(2, kernelSize: 9), DepthwiseConv1D(kernelSize: 2),
      SeparableConv1D(2, kernelSize: 2),
    ]
    for layer in layers {
      #expect(throws: LayerError.self, "\(layer)") { try layer.build(inputShapes: [[4, 3, 5, 6]], using: &generator) }
    }
    #expect(throws: LayerError.self) { try Conv3D(2, kernelSize: 2).build(inputShape: [3, 5, 6], using: &generator) }
  }
}
