import NN
import Serialization
import Tensor

/// A layer that a layer of Keras has become, and the variables that it takes from the file.
struct KerasPart {
  let layer: any KerasLayer
  /// The shape of the first variable in the file, where it is not the layer's own.
  let firstShape: Shape?

  init(_ layer: any KerasLayer, firstShape: Shape? = nil) {
    self.layer = layer
    self.firstShape = firstShape
  }

  /// The shapes that the variables must have in the file.
  func variableShapes(inputShape: Shape) -> [Shape] {
    let shapes = layer.kerasVariableShapes(inputShape: inputShape)
    return firstShape.map { [$0] + shapes.dropFirst() } ?? shapes
  }
}

/// What is read: how each class of Keras becomes a layer, or several.
enum KerasClasses {
  typealias Reader = @Sendable (inout KerasOptions, Shape) throws(ModelFileError.Problem) -> [KerasPart]

  static let readers: [String: Reader] = [
    "Conv2D": one(Conv2D.init(keras:)),
    "DepthwiseConv2D": KerasPart.depthwise,
    "SeparableConv2D": KerasPart.separable,
    "Dense": one(Dense.init(keras:)),
    "BatchNormalization": one(BatchNorm.init(keras:)),
    "MaxPooling2D": one(MaxPool2D.init(keras:)),
    "AveragePooling2D": one(AveragePool2D.init(keras:)),
    "GlobalAveragePooling2D": one(GlobalAveragePool2D.init(keras:)),
    "GlobalMaxPooling2D": KerasPart.globalMaximum,
    "ZeroPadding2D": one(ZeroPad2D.init(keras:)),
    "Rescaling": one(Rescaling.init(keras:)),
    "Dropout": one(Dropout.init(keras:)),
    "Flatten": one(Flatten.init(keras:)),
    "Activation": one(ActivationLayer.init(keras:)),
    "ReLU": one(ActivationLayer.init(kerasReLU:)),
    "LeakyReLU": one(ActivationLayer.init(kerasLeakyReLU:)),
    "Softmax": one(ActivationLayer.init(kerasSoftmax:)),
  ]

  private static func one(
    _ make: @escaping @Sendable (inout KerasOptions) throws(ModelFileError.Problem) -> any KerasLayer
  ) -> Reader {
    { (options, _) throws(ModelFileError.Problem) in [KerasPart(try make(&options))] }
  }
}
