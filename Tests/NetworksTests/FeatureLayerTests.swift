import NN
import Networks
import Testing

/// The layer that explanations look at by default is the one whose feature maps the classifier pools.
struct FeatureLayerTests {
  @Test(arguments: [
    "DenseNet121", "InceptionV3", "InceptionResNetV2", "Xception", "MobileNet", "MobileNetV2", "MobileNetV3Small",
    "MobileNetV3Large", "EfficientNetB0", "EfficientNetV2B0", "ResNet50", "ResNet50V2", "NASNetMobile",
  ])
  func itIsTheLastOneBeforeThePooling(name: String) throws {
    let network = try NamedNetwork(name)
    let features = try network.model(inputShape: [3, 160, 160], head: .features())
    let model = try network.model(inputShape: [3, 160, 160], classes: 5)
    #expect(try model.lastFeatureLayer() == features.outputNames[0])
  }

  /// These end in a normalization or a pooling without a classifier.
  @Test(arguments: [("ConvNeXtTiny", "add_17"), ("VGG16", "block5_conv3")])
  func itHasItsName(name: String, layer: String) throws {
    #expect(try NamedNetwork(name).model(inputShape: [3, 64, 64], classes: 5).lastFeatureLayer() == layer)
  }
}
