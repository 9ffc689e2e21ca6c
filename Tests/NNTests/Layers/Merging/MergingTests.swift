import Autograd
import NN
import Tensor
import Testing

struct MergingTests {
  private static let image: Shape = [2, 3, 4, 5]
  private static let features: Shape = [2, 6]

  static let cases = [
    KerasCase("add", Add(), image, image, image),
    KerasCase("add features", Add(), features, features),
    KerasCase("add features to an image", Add(), image, [2, 3]),
    KerasCase("add an image to a sequence", Add(), [2, 5, 3], image),
    KerasCase("add features to a sequence", Add(), [2, 5, 6], features),
    KerasCase("subtract", Subtract(), image, image),
    KerasCase("subtract a scale", Subtract(), image, [2, 3, 1, 1]),
    KerasCase("multiply", Multiply(), image, image, image),
    KerasCase("multiply by a scale", Multiply(), image, [2, 3, 1, 1]),
    KerasCase("multiply by a map", Multiply(), image, [2, 1, 4, 5]),
    KerasCase("average", Average(), image, image, image),
    KerasCase("maximum", Maximum(), image, image, image),
    KerasCase("minimum", Minimum(), image, image, [2, 3, 1, 1]),
    KerasCase("concatenate channels", Concatenate(), image, [2, 1, 4, 5], image),
    KerasCase("concatenate rows", Concatenate(axis: 1), image, [2, 3, 2, 5]),
    KerasCase("concatenate columns", Concatenate(axis: -1), image, [2, 3, 4, 1]),
    KerasCase("concatenate features", Concatenate(), features, [2, 1]),
    KerasCase("concatenate times", Concatenate(axis: 0), [2, 5, 3], [2, 2, 3]),
    KerasCase("dot", Dot(axes: 0, 0), features, features),
    KerasCase("dot normalized", Dot(axes: -1, -1, normalizes: true), features, features),
    KerasCase("dot of sequences", Dot(axes: 1, 1), [2, 5, 3], [2, 4, 3]),
    KerasCase("dot of sequences crossed", Dot(axes: 0, 1, normalizes: true), [2, 5, 3], [2, 4, 5]),
    KerasCase("dot of a sequence and features", Dot(axes: 1, 0), [2, 5, 6], features),
    KerasCase("dot of an image and features", Dot(axes: 0, 0), image, [2, 3]),
    KerasCase("dot of an image and a sequence", Dot(axes: 0, 1), image, [2, 6, 3]),
    KerasCase("dot of a sequence and an image", Dot(axes: 0, 1), [2, 4, 2], image),
    KerasCase("dot of two images", Dot(axes: 0, 0), image, [2, 3, 2, 6]),
    KerasCase("dot of images over rows", Dot(axes: 1, 1), image, [2, 2, 4, 3]),
    KerasCase("dot of images in sequence and features", Dot(axes: 0, 0), [2, 2, 3, 4, 5], [2, 2]),
    KerasCase("dot of images in sequence and a sequence", Dot(axes: 1, 1), [2, 2, 3, 4, 5], [2, 2, 3]),
  ]

  @Test(arguments: cases.map(\.name))
  func asInKeras(name: String) throws {
    try KerasCase.expectKeras(name, of: Self.cases, in: "merging.json")
  }

  @Test func inputsThatCannotMergeAreRefused() {
    let cases: [(any Layer, [Shape], String)] = [
      (Add(), [[3]], "two or more inputs, not 1"),
      (Subtract(), [[3], [3], [3]], "2 inputs, not 3"),
      (Multiply(), [[3, 4, 4], [2]], "must be equal or 1"),
      (Maximum(), [[2, 3, 4, 5], [5]], "4 axes merge only"),
      (Concatenate(), [[3, 4, 4], [3, 4, 5]], "equal but for axis 0"),
      (Concatenate(axis: 3), [[3, 4, 4], [3, 4, 4]], "no axis 3"),
      (Dot(axes: 0, 0), [[3], [4]], "must be equal"),
      (Dot(axes: 0, 1), [[3], [3]], "[3] has no axis 1"),
    ]
    for (layer, shapes, reason) in cases {
      var generator = RandomGenerator(seed: 0)
      let error = #expect(throws: LayerError.self) { try layer.build(inputShapes: shapes, using: &generator) }
      #expect(error?.description.contains(reason) == true, "\(String(describing: error))")
    }
  }

  @Test func emptyBatchesMerge() {
    let empty = [Variable(Tensor<Float>(zeros: [0, 3])), Variable(Tensor<Float>(zeros: [0, 3]))]
    let context = Context(.inference)
    #expect(Add()(merging: empty, context).shape == [0, 3])
    #expect(Concatenate()(merging: empty, context).shape == [0, 6])
    #expect(Dot(axes: 0, 0)(merging: empty, context).shape == [0, 1])
  }

  /// The largest distance from 0 at which the divisor is ε, where Keras's own gradient is not a number.
  @Test func aZeroIsNormalizedToZero() {
    let x = Variable(tracking: Tensor<Double>(zeros: [1, 3]))
    let y = x.dividedByNorm(along: [1], epsilon: 1e-7)
    #expect(y.value.scalars == [0, 0, 0])
    #expect(y.sum().gradients()[x]?.scalars == [1e7, 1e7, 1e7])
  }
}
