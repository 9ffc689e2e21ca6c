/// A network of `keras.applications`.
struct KerasNetwork: Sendable, CustomStringConvertible {
  let name: String
  /// The height and width of the images that it is made for in the tests: of those that it allows the smallest that leaves
  /// several numbers of each channel in the last layers, where normalization needs them.
  let side: Int

  var description: String { name }

  private init(_ name: String, side: Int = 64) {
    self.name = name
    self.side = side
  }

  /// All of them.
  static let all: [KerasNetwork] = [
    .init("ConvNeXtTiny"), .init("ConvNeXtSmall"), .init("ConvNeXtBase"), .init("ConvNeXtLarge"),
    .init("ConvNeXtXLarge"), .init("DenseNet121"), .init("DenseNet169"), .init("DenseNet201"),
    .init("EfficientNetB0"), .init("EfficientNetB1"), .init("EfficientNetB2"), .init("EfficientNetB3"),
    .init("EfficientNetB4"), .init("EfficientNetB5"), .init("EfficientNetB6"), .init("EfficientNetB7"),
    .init("EfficientNetV2B0"), .init("EfficientNetV2B1"), .init("EfficientNetV2B2"), .init("EfficientNetV2B3"),
    .init("EfficientNetV2S"), .init("EfficientNetV2M"), .init("EfficientNetV2L"),
    .init("InceptionResNetV2", side: 128), .init("InceptionV3", side: 128), .init("MobileNet"), .init("MobileNetV2"),
    .init("MobileNetV3Large"), .init("MobileNetV3Small"), .init("NASNetLarge"), .init("NASNetMobile"),
    .init("ResNet50"), .init("ResNet101"), .init("ResNet152"), .init("ResNet50V2"), .init("ResNet101V2"),
    .init("ResNet152V2"), .init("VGG16"), .init("VGG19"), .init("Xception", side: 96),
  ]
}
