import Data
import NN

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
  /// For many photos, a ``PhotoPredictor`` of the model is faster.
  ///
  /// - Throws: ``ClassifyError`` when the model has no preprocessing or was not trained on numbers, or when an output is
  ///   not finite.
  public func estimate(_ photo: Image) throws -> [Estimate] {
    try PhotoPredictor(self).predict(photo).estimated()
  }

  /// The numbers that the model predicts for the photo in a file. The file is decoded like the photos of the training.
  ///
  /// - Throws: ``ClassifyError`` as `estimate(_:)`, and `ImageError` when the file cannot be used.
  public func estimate(contentsOfFile path: String, limits: ImageLimits = .standard) throws -> [Estimate] {
    try PhotoPredictor(self).predict(contentsOfFile: path, limits: limits).estimated()
  }
}
