import Autograd
import NN
import Tensor
import Testing

struct ShapesTests {
  private static let image: Shape = [2, 2, 4, 6]
  private static let steps: Shape = [2, 7, 3]
  private static let small: Shape = [2, 2, 2, 3]

  private static let pooling = [
    KerasCase("global max 2d", GlobalMaxPool2D(), image),
    KerasCase("global max 2d kept", GlobalMaxPool2D(keepsAxes: true), image),
    KerasCase("global average 2d", GlobalAveragePool2D(), image),
    KerasCase("global average 2d kept", GlobalAveragePool2D(keepsAxes: true), image),
    KerasCase("global max 1d", GlobalMaxPool1D(), steps),
    KerasCase("global max 1d kept", GlobalMaxPool1D(keepsAxes: true), steps),
    KerasCase("global average 1d", GlobalAveragePool1D(), steps),
    KerasCase("global average 1d kept", GlobalAveragePool1D(keepsAxes: true), steps),
    KerasCase("max 1d", MaxPool1D(2), steps),
    KerasCase("max 1d same", MaxPool1D(3, stride: 2, padding: .same), steps),
    KerasCase("average 1d", AveragePool1D(2), steps),
    KerasCase("average 1d same", AveragePool1D(3, stride: 2, padding: .same), steps),
  ]

  private static let shapes = [
    KerasCase("reshape features to an image", Reshape([2, 2, 3], order: .channelsLast), [2, 12]),
    KerasCase("reshape an image to features", Reshape([-1], order: .channelsLast), image),
    KerasCase("reshape an image to a sequence", Reshape([8, -1], order: .channelsLast), image),
    KerasCase("reshape an image to an image", Reshape([4, 3, -1], order: .channelsLast), image),
    KerasCase("reshape a sequence to an image", Reshape([3, 7, 1], order: .channelsLast), steps),
    KerasCase("flatten", Flatten(order: .channelsLast), image),
    KerasCase("permute a sequence", Permute([1, 0]), steps),
    KerasCase("permute an image", Permute([2, 0, 1]), image),
    KerasCase("transpose an image", Permute([0, 2, 1]), image),
    KerasCase("repeat", RepeatVector(3), [2, 4]),
    KerasCase("cropping 2d", Cropping2D(top: 1, bottom: 2, left: 0, right: 3), image),
    KerasCase("cropping 1d", Cropping1D(before: 1, after: 2), steps),
    KerasCase("zero padding 2d", ZeroPad2D(top: 1, bottom: 0, left: 2, right: 3), image),
    KerasCase("zero padding 1d", ZeroPad1D(before: 0, after: 2), steps),
    KerasCase("center crop", CenterCrop(Size(height: 3, width: 2)), image),
    KerasCase("center crop that is larger", CenterCrop(Size(height: 5, width: 4)), image),
  ]

  private static let sampling = [
    KerasCase("up sampling 1d", UpSampling1D(3), [2, 2, 3]),
    KerasCase("up sampling nearest", UpSampling2D(Size(height: 2, width: 3)), small),
    KerasCase("up sampling bilinear", UpSampling2D(Size(height: 2, width: 3), interpolation: .bilinear), small),
    KerasCase("up sampling bicubic", UpSampling2D(2, interpolation: .bicubic), small),
    KerasCase("up sampling lanczos5", UpSampling2D(2, interpolation: .lanczos5), small),
    resizing("larger", 5, 9),
    resizing("smaller", 3, 4),
    resizing("smaller antialias", 2, 3, antialiases: true),
    resizing("nearest", 7, 3, .nearest),
    resizing("bicubic", 3, 8, .bicubic),
    resizing("bicubic antialias", 2, 4, .bicubic, antialiases: true),
    resizing("lanczos3", 5, 4, .lanczos3),
    resizing("lanczos5", 3, 7, .lanczos5, antialiases: true),
    resizing("crop", 4, 3, aspectRatio: .crop),
    resizing("crop rows", 2, 7, .bicubic, aspectRatio: .crop),
    resizing("pad", 5, 5, aspectRatio: .pad(with: 0.5)),
    resizing("pad columns", 5, 9, aspectRatio: .pad(), of: [2, 2, 5, 3]),
    resizing("same", 4, 6),
  ]

  private static func resizing(
    _ name: String, _ height: Int, _ width: Int, _ interpolation: Resampling = .bilinear,
    aspectRatio: Resizing.AspectRatio = .stretch, antialiases: Bool = false, of shape: Shape = image
  ) -> KerasCase {
    let layer = Resizing(
      Size(height: height, width: width), interpolation: interpolation, aspectRatio: aspectRatio,
      antialiases: antialiases)
    return KerasCase("resizing \(name)", layer, shape)
  }

  static let cases = pooling + shapes + sampling

  @Test func oneNumberCountsForOppositeSides() {
    let size = Size(height: 1, width: 2)
    let (zeros, cropping) = (ZeroPad2D(size), Cropping2D(size))
    #expect([zeros.top, zeros.bottom, zeros.left, zeros.right] == [1, 1, 2, 2])
    #expect([cropping.top, cropping.bottom, cropping.left, cropping.right] == [1, 1, 2, 2])
    let (steps, middle) = (ZeroPad1D(3), Cropping1D(3))
    #expect([steps.before, steps.after, middle.before, middle.after] == [3, 3, 3, 3])
    let (around, inside) = (ZeroPad3D(2), Cropping3D(VolumeSize(depth: 1, height: 2, width: 3)))
    #expect([around.depth, around.height, around.width] == [2, 2, 2])
    #expect([inside.depth, inside.height, inside.width] == [1, 2, 3])
  }

  @Test(arguments: cases.map(\.name))
  func asInKeras(name: String) throws {
    try KerasCase.expectKeras(name, of: Self.cases, in: "shapes.json")
  }

  @Test func shapesThatCannotWorkAreRefused() {
    var generator = RandomGenerator(seed: 0)
    let cases: [(any Layer, Shape)] = [
      (GlobalMaxPool2D(), [2, 3]), (GlobalMaxPool1D(), [2, 3, 3]), (GlobalAveragePool1D(), [2]),
      (MaxPool1D(3), [2, 4]), (MaxPool1D(2), [2, 4, 4]), (AveragePool1D(0), [2, 4]),
      (Reshape([5]), [2, 3]), (Reshape([-1, -1]), [2, 3]), (Reshape([-1, 4]), [2, 3]), (Reshape([0, -1]), [2, 3]),
      (Reshape([-2, -3]), [2, 3]), (Reshape([.max, .max]), [2, 3]), (Permute([0, 0]), [2, 3]), (Permute([1]), [2, 3]),
      (RepeatVector(0), [2]), (RepeatVector(2), [2, 3]), (Cropping2D(top: 2, bottom: 2, left: 0, right: 0), [1, 4, 4]),
      (Cropping2D(top: -1, bottom: 0, left: 0, right: 0), [1, 4, 4]), (Cropping1D(before: 1, after: .max), [4, 1]),
      (ZeroPad1D(before: -1, after: 0), [4, 1]), (UpSampling1D(.max), [4, 1]), (UpSampling2D(0), [1, 4, 4]),
      (UpSampling2D(Size(.max)), [1, 4, 4]), (Resizing(0), [1, 4, 4]), (Resizing(2), [4, 4]),
      (CenterCrop(0), [1, 4, 4]), (CenterCrop(2), [4]),
    ]
    for (layer, shape) in cases {
      #expect(throws: LayerError.self, "\(layer) \(shape)") { try layer.build(inputShape: shape, using: &generator) }
    }
  }

  @Test func reshapeKeepsTheOrderOfKilimByDefault() throws {
    let x = hashed([2, 3, 2, 4], seed: 1)
    #expect(Reshape([4, -1])(x) == x.reshaped(to: [2, 4, 6] as Shape))
    #expect(Reshape([2, 3, 4])(x) == x.reshaped(to: [2, 2, 3, 4] as Shape))
    #expect(Flatten()(x) == x.reshaped(to: [2, 24] as Shape))
  }

  @Test func emptyBatchesPass() throws {
    for layerCase in Self.cases where layerCase.name != "repeat" {
      var generator = RandomGenerator(seed: 0)
      let example = Shape(layerCase.shapes[0].dropFirst())
      let expected = try layerCase.layer.build(inputShape: example, using: &generator)
      #expect(layerCase.layer(Tensor(zeros: Shape([0] + example))).shape == Shape([0] + expected), "\(layerCase.name)")
    }
  }
}
