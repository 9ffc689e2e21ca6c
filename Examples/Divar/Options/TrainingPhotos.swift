import Kilim

/// The photos of a training, in parts.
struct TrainingPhotos {
  /// The photos to train on.
  let train: ImageDataset
  /// The photos that are measured after each epoch, and choose the best one.
  let validation: ImageDataset
  /// The photos that the model is measured on at the end: the same, unless there are two parts beside the training part.
  let test: ImageDataset
  /// Whether the photos to validate are others than those of the test.
  let hasOwnValidation: Bool

  /// What the choice of the best epoch means for the figures of the test photos, for the user.
  var remarkOnChoice: String {
    hasOwnValidation
      ? "It was chosen by the validation photos."
      : "It was chosen by the test photos, so its figures on them are a little too good."
  }

  /// Prints how many photos there are.
  ///
  /// - Parameters:
  ///   - validation: the photos to choose by, if they are not those of the test.
  ///   - isNormalized: whether the mean and the deviation of the colours of the training photos are used.
  init(train: ImageDataset, validation: ImageDataset? = nil, test: ImageDataset, normalized isNormalized: Bool) throws {
    // The training photos alone decide.
    let normalization = isNormalized ? try train.channelStatistics() : nil
    func normalized(_ photos: ImageDataset) -> ImageDataset { normalization.map(photos.normalized) ?? photos }
    (self.train, self.test) = (normalized(train), normalized(test))
    self.validation = validation.map(normalized) ?? self.test
    hasOwnValidation = validation != nil
    let parts = [(train, "to train"), (validation, "to validate"), (test, "to test")].compactMap { photos, use in
      photos.map { "\($0.count) \(use)" }
    }
    let count = train.count + (validation?.count ?? 0) + test.count
    let kind =
      train.classes.isEmpty ? "with numbers" : "of \(counted(train.classes.count, "class", plural: "classes"))"
    try Console.print("\(counted(count, "photo")) \(kind): \(parts.joined(separator: ", "))")
  }

  /// The photos of a folder that is split already. Prints what is wrong with them.
  init(_ folders: ImageFolders, normalized isNormalized: Bool) throws {
    for folder in [folders.train, folders.validation, folders.test].compactMap(\.self) {
      try PhotoData(folder).reportProblems()
    }
    if let warning = folders.train.images.warningOfCopiesInClasses { Console.warn(warning) }
    for (part, use) in [(folders.validation, "to validate"), (folders.test, "to test")] {
      guard let warning = part?.images.warning(ofCopiesOf: folders.train.images, use) else { continue }
      Console.warn(warning)
    }
    // Without a part of its own, the test is the validation.
    let test = folders.test ?? folders.validation ?? folders.train
    try self.init(
      train: folders.train.images, validation: folders.test == nil ? nil : folders.validation?.images,
      test: test.images, normalized: isNormalized)
  }
}
