import Data
import NN
import Tensor

/// How likely a photo shows a class.
public struct Classification: Hashable, Sendable {
  /// The name of the class.
  public let name: String
  /// From 0 to 1.
  public let probability: Float
}

/// The classes of a photo, the most likely first.
public struct ClassifiedPhoto: RandomAccessCollection, Hashable, Sendable {
  /// All classes of the model.
  public let classes: [Classification]
  /// Whether the photo shows none of these classes, by the ``Confidence`` of the model; always `false` if the model has no rule
  /// for that. The probabilities then say which of the classes it would be.
  public let isUnknown: Bool

  /// The position of the most likely class: 0.
  public var startIndex: Int { classes.startIndex }
  /// The number of classes.
  public var endIndex: Int { classes.endIndex }
  /// The class at a position, counted from the most likely one.
  public subscript(position: Int) -> Classification { classes[position] }
}

/// Why a model cannot classify a photo.
public enum ClassifyError: Error, Hashable, CustomStringConvertible {
  /// The model does not say how to convert a photo to an input.
  case noPreprocessing
  /// The number of outputs does not fit the number of class names.
  case classes(names: Int, outputs: Int)
  /// The outputs are values, not scores of classes: the model was trained for regression.
  case noProbabilities
  /// The outputs are not numbers that the model was trained to predict.
  case noNumbers
  /// The number of outputs does not fit the names of the numbers.
  case numbers(names: Int, outputs: Int)
  /// An output is NaN or infinite.
  case notFinite(Float)
  /// An output is not a probability, and the model does not say that its outputs are logits.
  case outOfRange(Float)
  /// The model says that its outputs are logits, and ends in a softmax or a sigmoid.
  case probabilitiesForLogits
  /// What the model stores about its confidence cannot be used.
  case confidence(ConfidenceError)
  /// What the model stores about its targets cannot be used.
  case targets(DamagedTargets)

  /// What is wrong with the model.
  public var description: String {
    switch self {
    case .noPreprocessing:
      "the model does not say how to turn a photo into an input: set model.preprocessing, which fit on photos does"
    case .classes(let names, let outputs):
      "the model has \(counted(outputs, "output")) and \(counted(names, "class name")): a name for each "
        + "output is needed, or two for one output"
    case .noProbabilities: "the model outputs values, not probabilities: it was trained for regression"
    case .noNumbers: "the model predicts classes, not numbers: use classify"
    case .numbers(let names, let outputs):
      "the model has \(counted(outputs, "output")) and names of \(counted(names, "number"))"
    case .notFinite(let value):
      "the model's outputs are not numbers: one is \(value.isNaN ? "nan" : "\(value)"). Its training has failed, for "
        + "example by too large a learning rate"
    case .outOfRange(let value):
      "an output is \(value), no probability from 0 to 1. If the outputs are logits, set model.outputMeaning = .logits"
    case .probabilitiesForLogits:
      "the model ends in a softmax or a sigmoid, and says that its outputs are logits: set model.outputMeaning = nil"
    case .confidence(let error): "\(error); set model.confidence = nil to do without it"
    case .targets(let error): "\(error)"
    }
  }
}

extension Model {
  /// The classes of a photo, the most likely first.
  ///
  /// Logits become probabilities by a softmax or a sigmoid (``outputMeaning``). A model with one output and two class
  /// names gives the probability of the second class, as in Keras, and the first class gets the rest. The ``confidence`` of the
  /// model, if it has one, corrects the probabilities, and tells photos of none of the classes.
  ///
  /// For many photos, a ``PhotoPredictor`` of the model is faster.
  ///
  /// - Throws: ``ClassifyError`` when the model has no preprocessing or not the right number of class names, or when
  ///   its outputs are not probabilities.
  ///
  /// - Parameters:
  ///   - photo: the photo.
  ///   - views: the views of the photo whose probabilities are averaged; the photo alone by default.
  public func classify(_ photo: Image, views: TestViews = .single) throws -> ClassifiedPhoto {
    try PhotoPredictor(self, views: views).classify(photo)
  }

  /// The classes of the photo in a file, the most likely first. The file is decoded like the photos of the training.
  ///
  /// - Throws: ``ClassifyError`` as `classify(_:)`, and `ImageError` when the file cannot be read, is not a picture, is
  ///   damaged or too large.
  public func classify(
    contentsOfFile path: String, limits: ImageLimits = .standard, views: TestViews = .single
  ) throws -> ClassifiedPhoto {
    try PhotoPredictor(self, views: views).classify(contentsOfFile: path, limits: limits)
  }
}
