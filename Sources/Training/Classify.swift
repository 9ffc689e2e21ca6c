import Data
import NN
import Tensor

/// How likely a photo shows a class.
public struct Classification: Hashable, Sendable {
  /// The name of the class.
  public let name: String
  /// From 0 to 1, as the model's last layer gives it.
  public let probability: Float
}

/// Why a model cannot name what a photo shows.
public enum ClassifyError: Error, Hashable, CustomStringConvertible {
  /// The model was not trained on photos: it does not say how to make an input of one.
  case noPreprocessing
  /// The model has another number of outputs than of class names.
  case classes(names: Int, outputs: Int)

  /// What is missing in the model.
  public var description: String {
    switch self {
    case .noPreprocessing: "the model does not say how a photo becomes its input; it was not trained on photos"
    case .classes(let names, let outputs): "the model has \(outputs) outputs and \(names) class names"
    }
  }
}

extension Sequential {
  /// What a photo shows, the likeliest class first.
  ///
  /// - Throws: ``ClassifyError`` when the model carries no preprocessing or no name for each output.
  public func classify(_ photo: Image) throws -> [Classification] {
    guard let preprocessing else { throw ClassifyError.noPreprocessing }
    return try classify(input: preprocessing(photo))
  }

  /// What the photo in a file shows, the likeliest class first. The file is decoded just as those of the training were.
  ///
  /// - Throws: ``ClassifyError`` when the model carries no preprocessing or no name for each output; `ImageError` when
  ///   the file cannot be read, holds no picture, is damaged or too large.
  public func classify(contentsOfFile path: String, limits: ImageLimits = .standard) throws -> [Classification] {
    guard let preprocessing else { throw ClassifyError.noPreprocessing }
    return try classify(input: preprocessing(contentsOfFile: path, limits: limits))
  }

  private func classify(input: Tensor<Float>) throws -> [Classification] {
    let output = try predict(input.expandingShape(at: 0)).scalars
    let names = classes
    guard names.count == output.count else {
      throw ClassifyError.classes(names: names.count, outputs: output.count)
    }
    return zip(names, output).map(Classification.init).sorted { $0.probability > $1.probability }
  }
}
