import Foundation
import ModelFormats
import NN
import Networks
import Tensor
import TestSupport
import Testing

/// A network by name with weights of Keras predicts what Keras predicts.
@Suite(.serialized, .enabled(if: PythonEnvironment.hasKeras("newest"), Comment(rawValue: PythonEnvironment.absence)))
struct NetworkWeightsTests {
  /// Small ones in the main suite, and with `KILIM_ALL_NETWORKS` one of each family.
  static let cases: [(name: String, size: Int)] =
    [("MobileNetV2", 32), ("EfficientNetB0", 33)]
    + (NetworkGraphTests.checksAll
      ? [
        ("MobileNet", 32), ("MobileNetV3Small", 32), ("MobileNetV3Large", 32), ("ResNet50", 32), ("ResNet50V2", 32),
        ("EfficientNetV2B0", 32), ("EfficientNetV2S", 32), ("DenseNet121", 32), ("VGG16", 32), ("Xception", 71),
        ("InceptionV3", 75), ("NASNetMobile", 33),
      ] : [])

  @Test func predictionsAreKerass() throws {
    let folder = try TemporaryFolder()
    let script = Bundle.module.bundleURL.appending(path: "Fixtures/predict.py").path
    let arguments = Self.cases.flatMap { [$0.name, "\($0.size)"] }
    let (succeeded, output) = try PythonEnvironment.run(script, [folder.url.path] + arguments)
    try #require(succeeded, "\(output)")
    for (name, size) in Self.cases {
      let model = try NamedNetwork(name).model(inputShape: [3, size, size], classes: 10, seed: 7)
      try model.loadWeights(from: folder.path("\(name).weights.h5"))
      let arrays = try NPZ(contentsOf: folder.path("\(name).npz")).tensors
      let (input, expected) = (try #require(arrays["input"]), try #require(arrays["output"]))
      let found = model(input)
      #expect(found.shape == expected.shape)
      let largest = try #require(expected.scalars.max())
      let difference = zip(found.scalars, expected.scalars).map { abs($0 - $1) }.max() ?? .infinity
      #expect(difference <= 1e-5 * largest, "\(name): \(difference / largest)")
      // Probabilities that differ between photos, so that nothing hides behind a constant.
      #expect(found.select(0).scalars != found.select(1).scalars)
    }
  }
}
