import NN
import Serialization

/// What is read: how each class of Keras becomes a layer.
enum KerasClasses {
  typealias Reader = @Sendable (inout KerasOptions) throws(ModelFileError.Problem) -> any KerasLayer

  static let readers: [String: Reader] = [
    "Conv2D": Conv2D.init(keras:),
    "Dense": Dense.init(keras:),
    "BatchNormalization": BatchNorm.init(keras:),
    "MaxPooling2D": MaxPool2D.init(keras:),
    "AveragePooling2D": AveragePool2D.init(keras:),
    "GlobalAveragePooling2D": GlobalAveragePool2D.init(keras:),
    "Dropout": Dropout.init(keras:),
    "Flatten": Flatten.init(keras:),
    "Activation": ActivationLayer.init(keras:),
    "ReLU": ActivationLayer.init(kerasReLU:),
    "LeakyReLU": ActivationLayer.init(kerasLeakyReLU:),
    "Softmax": ActivationLayer.init(kerasSoftmax:),
  ]
}
