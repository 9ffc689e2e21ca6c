import Foundation
import Kilim

/// Why a model cannot classify photos: something is missing or does not fit.
struct ModelMeaningError: Error, CustomStringConvertible {
  /// The path of the model.
  let path: String
  /// What is wrong, and what the user can do.
  let problem: String

  /// A sentence for the user.
  var description: String { "\(path): \(problem)" }

  /// A model that does not hold its preprocessing.
  static func noPreprocessing(_ path: String) -> ModelMeaningError {
    ModelMeaningError(
      path: path,
      problem:
        "the file does not say how a photo becomes the model's input, nor what its outputs are called: files that "
        + "Keras writes hold neither. Add --classes with the names in the order of the outputs, and --scale (1/255 "
        + "for inputs from 0 to 1, 1 for 0 to 255), --colours, --mean, --deviation where they differ from the "
        + "defaults; divar import stores them in a new file")
  }
}

extension Model {
  /// The size of the photos that the model takes.
  ///
  /// - Throws: ``ModelMeaningError`` when its input is not a photo of three colours.
  func photoSize(from path: String) throws(ModelMeaningError) -> ImageSize {
    let shape = inputShape ?? []
    guard shape.count == 3, shape[0] == 3, shape[1] > 0, shape[2] > 0 else {
      throw ModelMeaningError(
        path: path,
        problem:
          "its input has the shape \(shape); expected a photo, [3, height, width] with red, green and blue")
    }
    return ImageSize(height: shape[1], width: shape[2])
  }

  /// Whether the model predicts numbers, and no classes.
  var predictsNumbers: Bool {
    if case .numbers = targetMeaning { true } else { false }
  }

  /// Whether the model is a sealed one, which scales the bytes of photos itself.
  var takesBytes: Bool { metadata[Model.bytesKey] != nil }

  /// The default factor for the bytes of a photo: 1 for a model that begins with a rescaling layer, otherwise 1/255.
  var naturalScale: Float { layers.first is Rescaling ? 1 : 1 / 255 }
}

extension Model {
  /// The model, prepared to answer for photos.
  ///
  /// - Parameters:
  ///   - path: of the model.
  ///   - views: of each photo, whose probabilities are averaged.
  /// - Throws: ``ModelMeaningError`` when it cannot.
  func predictor(from path: String, views: TestViews) throws(ModelMeaningError) -> PhotoPredictor {
    try check(views, from: path)
    do {
      return try PhotoPredictor(self, views: views)
    } catch {
      throw ModelMeaningError(path: path, problem: commandWords(for: error))
    }
  }

  /// - Throws: ``ModelMeaningError`` when the model cannot answer with these views.
  func check(_ views: TestViews, from path: String) throws(ModelMeaningError) {
    if case .numbers = targetMeaning, views != .single {
      throw ModelMeaningError(path: path, problem: "it predicts numbers; leave out --views")
    }
  }

  /// The loss that measures the model on photos, and the form of the targets that it takes.
  var measure: (loss: any Loss, targets: LabelMode) {
    let isLogits = outputMeaning?.isLogits ?? false
    switch targetMeaning {
    case .severalClasses: return (BinaryCrossEntropy(fromLogits: isLogits), .oneHot)
    case .numbers: return (MeanSquaredError(), .oneHot)
    case .oneClass, .unknown, nil: break
    }
    return outputShape?.elementCount == 1
      ? (BinaryCrossEntropy(fromLogits: isLogits), .binary) : (CategoricalCrossEntropy(fromLogits: isLogits), .oneHot)
  }
}

/// The kind of a model's outputs, as a value of the option `--outputs`.
enum OutputKind: String, CaseIterable {
  /// Numbers from 0 to 1, as after a softmax or a sigmoid.
  case probabilities
  /// Numbers of any size: the inputs of a softmax or a sigmoid.
  case logits

  /// The meaning for the library.
  func meaning(for model: Model) -> OutputMeaning {
    var isBinary = model.outputShape?.elementCount == 1
    if case .severalClasses = model.targetMeaning { isBinary = true }
    return switch self {
    case .probabilities: isBinary ? .binaryProbabilities : .probabilities
    case .logits: isBinary ? .binaryLogits : .logits
    }
  }
}

extension Preprocessing {
  /// A description of the preprocessing for the user.
  var inWords: String {
    let crop = cropShare == 1 ? "" : String(format: " of %.3g of the sides", cropShare)
    let factor = scale == 1 / 255 ? "1/255" : "\(scale)"
    let steps = [
      "\(imageSize) pixels (\(framing.rawValue)\(crop), \(resize.rawValue))", colours.rawValue, "bytes times \(factor)",
      normalization.map { "minus \($0.mean), divided by \($0.deviation)" }, exact ? "JPEGs decoded at full size" : nil,
    ]
    return steps.compactMap(\.self).joined(separator: ", ")
  }
}
