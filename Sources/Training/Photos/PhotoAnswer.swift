/// What a model tells about a photo.
public enum PhotoAnswer: Hashable, Sendable {
  /// The classes, the most likely first.
  case classes(ClassifiedPhoto)
  /// The numbers that the model predicts, in their own units.
  case numbers([Estimate])

  /// - Throws: ``ClassifyError/noProbabilities`` if these are numbers.
  func classified() throws(ClassifyError) -> ClassifiedPhoto {
    guard case .classes(let photo) = self else { throw .noProbabilities }
    return photo
  }

  /// - Throws: ``ClassifyError/noNumbers`` if these are classes.
  func estimated() throws(ClassifyError) -> [Estimate] {
    guard case .numbers(let numbers) = self else { throw .noNumbers }
    return numbers
  }
}
