import NN
import Serialization
import Tensor

/// A layer that a layer of Keras has become, and the variables that it takes from the file.
struct KerasPart {
  let layer: any KerasLayer
  /// What the options of this layer are called in Keras's class, where that has others; `nil` for the same names.
  let optionNames: [String: String]?
  /// The variables of a layer that stands for an operation without any, in Keras's layout; they are not trained.
  let values: [Tensor<Float>]?

  init(_ layer: any KerasLayer, optionNames: [String: String]? = nil, values: [Tensor<Float>]? = nil) {
    self.layer = layer
    self.optionNames = optionNames
    self.values = values
  }
}

/// What is read: how each class of Keras becomes a layer, or several.
enum KerasClasses {
  typealias Reader = @Sendable (inout KerasOptions, KerasInput) throws(ModelFileError.Problem) -> [KerasPart]

  static let readers: [String: Reader] = [
    "Conv2D": one(Conv2D.init(keras:)),
    "Conv1D": one(Conv1D.init(keras:)),
    "Conv1DTranspose": one(Conv1DTranspose.init(keras:)),
    "Conv2DTranspose": one(Conv2DTranspose.init(keras:)),
    "DepthwiseConv2D": one(DepthwiseConv2D.init(keras:)),
    "SeparableConv2D": one(SeparableConv2D.init(keras:)),
    "DepthwiseConv1D": one(DepthwiseConv1D.init(keras:)),
    "SeparableConv1D": one(SeparableConv1D.init(keras:)),
    "Conv3D": one(Conv3D.init(keras:)),
    "MaxPooling3D": one(MaxPool3D.init(keras:)),
    "AveragePooling3D": one(AveragePool3D.init(keras:)),
    "GlobalAveragePooling3D": one(GlobalAveragePool3D.init(keras:)),
    "GlobalMaxPooling3D": one(GlobalMaxPool3D.init(keras:)),
    "ZeroPadding3D": one(ZeroPad3D.init(keras:)),
    "Cropping3D": one(Cropping3D.init(keras:)),
    "UpSampling3D": one(UpSampling3D.init(keras:)),
    "SpatialDropout3D": one(SpatialDropout3D.init(keras:)),
    "Dense": { (options, input) throws(ModelFileError.Problem) in
      [KerasPart(try Dense(keras: &options, actsOnPixels: input.rank == 3))]
    },
    "BatchNormalization": { (options, input) throws(ModelFileError.Problem) in
      [KerasPart(try BatchNorm(keras: &options, rank: input.rank))]
    },
    "MaxPooling2D": one(MaxPool2D.init(keras:)),
    "AveragePooling2D": one(AveragePool2D.init(keras:)),
    "GlobalAveragePooling2D": one(GlobalAveragePool2D.init(keras:)),
    "GlobalMaxPooling2D": one(GlobalMaxPool2D.init(keras:)),
    "MaxPooling1D": one(MaxPool1D.init(keras:)),
    "AveragePooling1D": one(AveragePool1D.init(keras:)),
    "GlobalAveragePooling1D": one(GlobalAveragePool1D.init(keras:)),
    "GlobalMaxPooling1D": one(GlobalMaxPool1D.init(keras:)),
    "ZeroPadding2D": one(ZeroPad2D.init(keras:)),
    "ZeroPadding1D": one(ZeroPad1D.init(keras:)),
    "Cropping2D": one(Cropping2D.init(keras:)),
    "Cropping1D": one(Cropping1D.init(keras:)),
    "UpSampling2D": one(UpSampling2D.init(keras:)),
    "UpSampling1D": one(UpSampling1D.init(keras:)),
    "Resizing": one(Resizing.init(keras:)),
    "CenterCrop": one(CenterCrop.init(keras:)),
    "Permute": { (options, input) throws(ModelFileError.Problem) in
      [KerasPart(try Permute(keras: &options, inputShape: input.shape))]
    },
    "RepeatVector": one(RepeatVector.init(keras:)),
    "ActivityRegularization": one(ActivityRegularization.init(keras:)),
    "RandomCrop": onInput(RandomCrop.init(keras:_:)),
    "RandomFlip": one(RandomFlip.init(keras:)),
    "RandomRotation": one(RandomRotation.init(keras:)),
    "RandomZoom": one(RandomZoom.init(keras:)),
    "RandomTranslation": one(RandomTranslation.init(keras:)),
    "RandomShear": one(RandomShear.init(keras:)),
    "RandomContrast": one(RandomContrast.init(keras:)),
    "RandomBrightness": one(RandomBrightness.init(keras:)),
    "Embedding": one(Embedding.init(keras:)),
    "Masking": one(Masking.init(keras:)),
    "SimpleRNN": one(SimpleRNN.init(keras:)),
    "LSTM": one(LSTM.init(keras:)),
    "GRU": one(GRU.init(keras:)),
    "ConvLSTM2D": one(ConvLSTM2D.init(keras:)),
    "CuDNNLSTM": one(LSTM.init(keras:)),
    "CuDNNGRU": one(GRU.init(keras:)),
    "Bidirectional": onInput(Bidirectional.read),
    "TimeDistributed": onInput(TimeDistributed.read),
    "LayerNormalization": onInput(LayerNorm.init(keras:_:)),
    "GroupNormalization": onInput(GroupNorm.init(keras:_:)),
    "UnitNormalization": onInput(UnitNorm.init(keras:_:)),
    "RMSNormalization": onInput(RMSNorm.init(keras:_:)),
    "Normalization": onInput(DataNorm.init(keras:_:)),
    "LayerScale": onInput(LayerScale.init(keras:_:)),
    "Rescaling": onInput(Rescaling.init(keras:_:)),
    "Dropout": onInput(Dropout.init(keras:_:)),
    "StochasticDepth": onInput(Dropout.init(kerasStochasticDepth:_:)),
    "SpatialDropout1D": one(SpatialDropout1D.init(keras:)),
    "SpatialDropout2D": one(SpatialDropout2D.init(keras:)),
    "GaussianNoise": one(GaussianNoise.init(keras:)),
    "GaussianDropout": one(GaussianDropout.init(keras:)),
    "AlphaDropout": onInput(AlphaDropout.init(keras:_:)),
    "Flatten": onInput(Flatten.init(keras:_:)),
    "Reshape": KerasPart.reshape,
    "Activation": KerasPart.activation,
    "ReLU": one(ReLU.init(keras:)),
    "PReLU": { (options, input) throws(ModelFileError.Problem) in
      [KerasPart(try PReLU(keras: &options, inputShape: input.shape))]
    },
    "ThresholdedReLU": { (options, _) throws(ModelFileError.Problem) in
      [KerasPart(ReLU(maximum: nil, threshold: try options.number("theta", default: 1)))]
    },
    "ELU": { (options, _) throws(ModelFileError.Problem) in
      [KerasPart(ActivationLayer(.elu(alpha: try options.number("alpha", default: 1))))]
    },
    "LeakyReLU": { (options, _) throws(ModelFileError.Problem) in
      [KerasPart(ActivationLayer(try Activation.leakyReLU(keras: &options)))]
    },
    "Softmax": { (options, input) throws(ModelFileError.Problem) in
      [KerasPart(try Softmax(keras: &options, inputShape: input.shape))]
    },
  ]

  /// What TensorFlow 1 called some classes.
  static let otherNames = [
    "BatchNormalizationV1": "BatchNormalization", "BatchNormalizationV2": "BatchNormalization",
  ]

  typealias MergingReader =
    @Sendable (inout KerasOptions, [KerasInput]) throws(ModelFileError.Problem) -> any KerasLayer

  /// How each class with several inputs becomes a layer.
  static let mergingReaders: [String: MergingReader] = [
    "Add": { (_, _) in Add() },
    "Subtract": { (_, _) in Subtract() },
    "CustomScaleLayer": { (options, _) throws(ModelFileError.Problem) in try ScaledAdd(keras: &options) },
    "Multiply": { (_, _) in Multiply() },
    "Average": { (_, _) in Average() },
    "Maximum": { (_, _) in Maximum() },
    "Minimum": { (_, _) in Minimum() },
    "Concatenate": { (options, inputs) throws(ModelFileError.Problem) in
      try Concatenate(keras: &options, inputShapes: inputs.map(\.shape))
    },
    "Dot": { (options, inputs) throws(ModelFileError.Problem) in
      try Dot(keras: &options, inputShapes: inputs.map(\.shape))
    },
    "Attention": { (options, _) throws(ModelFileError.Problem) in try Attention(keras: &options) },
    "AdditiveAttention": { (options, _) throws(ModelFileError.Problem) in try AdditiveAttention(keras: &options) },
    "MultiHeadAttention": { (options, inputs) throws(ModelFileError.Problem) in
      try MultiHeadAttention(keras: &options, inputs)
    },
  ]

  /// All classes that are read, for messages.
  static var names: String {
    ((Array(readers.keys) + mergingReaders.keys).sorted() + ["and for prediction layers that act in training alone"])
      .joined(separator: ", ")
  }

  private static func one(
    _ make: @escaping @Sendable (inout KerasOptions) throws(ModelFileError.Problem) -> any KerasLayer
  ) -> Reader {
    { (options, _) throws(ModelFileError.Problem) in [KerasPart(try make(&options))] }
  }

  private static func onInput(
    _ make: @escaping @Sendable (inout KerasOptions, KerasInput) throws(ModelFileError.Problem) -> any KerasLayer
  ) -> Reader {
    { (options, input) throws(ModelFileError.Problem) in [KerasPart(try make(&options, input))] }
  }
}
