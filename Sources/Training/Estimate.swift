import Autograd
import Data
import NN
import Tensor

/// A number that a model predicts.
public struct Estimate: Hashable, Sendable {
  /// The name of the number.
  public let name: String
  /// Its value, in its own units.
  public let value: Float
}

extension Model {
  /// The numbers that the model predicts for a photo, in their own units.
  ///
  /// - Throws: ``ClassifyError`` when the model has no preprocessing or was not trained on numbers, or when an output is
  ///   not finite.
  public func estimate(_ photo: Image) throws -> [Estimate] {
    guard let preprocessing else { throw ClassifyError.noPreprocessing }
    return try estimate(input: preprocessing(photo))
  }

  /// The numbers that the model predicts for the photo in a file. The file is decoded like the photos of the training.
  ///
  /// - Throws: ``ClassifyError`` as `estimate(_:)`, and `ImageError` when the file cannot be used.
  public func estimate(contentsOfFile path: String, limits: ImageLimits = .standard) throws -> [Estimate] {
    guard let preprocessing else { throw ClassifyError.noPreprocessing }
    return try estimate(input: preprocessing(contentsOfFile: path, limits: limits))
  }

  /// The numbers that the model predicts for an input `[C, H, W]`, which its ``preprocessing`` has made of a photo.
  ///
  /// - Throws: ``ClassifyError`` as `estimate(_:)`, and ``FitError`` when the shape does not fit.
  public func estimate(input: Tensor<Float>) throws -> [Estimate] {
    let meaning = targetMeaning
    guard case .numbers(let names, _) = meaning else { throw ClassifyError.noNumbers }
    try check(inputShape: input.shape, count: 1)
    let values = meaning.inOwnUnits(self(input.expandingShape(at: 0))).scalars
    if let wrong = values.first(where: { !$0.isFinite }) { throw ClassifyError.notFinite(wrong) }
    guard values.count == names.count else { throw ClassifyError.numbers(names: names.count, outputs: values.count) }
    return zip(names, values).map(Estimate.init)
  }
}
