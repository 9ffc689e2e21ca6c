import Tensor

/// Photos with their targets: all photos of a source, or some of them. Parts of a source share the storage.
public struct ImageDataset: Dataset {
  /// How a photo is converted to an input, for training and for prediction.
  public let preprocessing: Preprocessing
  /// The form of the targets in a batch, if each photo has one class.
  public let labelMode: LabelMode
  /// How much each photo counts in the loss; `nil` for all the same.
  public let sampleWeights: [Float]?

  /// All photos of the source, row by row, as they are kept and where they come from.
  let decoded: any DecodedPhotos
  let photos: PhotoRows
  /// The targets of all rows.
  let rowTargets: Targets
  /// The row of each example.
  let rows: [Int]

  init(
    decoded: any DecodedPhotos, photos: PhotoRows, targets: Targets, rows: [Int], sampleWeights: [Float]?,
    preprocessing: Preprocessing, labelMode: LabelMode
  ) {
    self.decoded = decoded
    self.photos = photos
    rowTargets = targets
    self.rows = rows
    self.sampleWeights = sampleWeights
    self.preprocessing = preprocessing
    self.labelMode = labelMode
  }

  /// The number of photos.
  public var count: Int { rows.count }
  /// The shape of one input, `[3, height, width]`.
  public var inputShape: Shape { preprocessing.inputShape }
  /// The preprocessing.
  public var inputMeanings: [InputMeaning?] { [.photos(preprocessing)] }
  /// What the targets mean.
  public var targetMeaning: TargetMeaning? { rowTargets.meaning }
  /// The names of the classes in the order of the outputs; empty if the targets are not classes.
  public var classes: [String] { rowTargets.meaning.classes }
  /// The class of each photo, an index into `classes`. Stops the program unless each photo has one class.
  public var labels: [Int] {
    guard let classLabels else { stop("ImageDataset.labels: the targets are \(rowTargets.meaning.inWords)") }
    return classLabels
  }
  /// The class of each photo, an index into `classes`; `nil` unless each photo has one class.
  public var classLabels: [Int]? { rowTargets.labels.map { all in rows.map { all[$0] } } }
  /// The group of each photo: a number that only its copies have. A group must stay in one part of a split.
  package var groups: [Int] { rows }
  /// The file of each photo; the name of one that is no file.
  public var paths: [String] { rows.map(photos.name) }

  /// The number of each photo in the source that it comes from: the row of a table, for example.
  public var sourceIndices: [Int] { rows }
  /// The targets of the photos, to combine them with other inputs.
  public var targets: Targets { rowTargets.selecting(rows) }

  /// The names of the classes of a photo, or its numbers in their own units.
  public func target(at index: Int) -> [String] { rowTargets.words(of: rows[index]) }

  /// One photo, as it was resized, in RGB.
  ///
  /// - Throws: ``ImageError`` when a photo that is streamed cannot be read any more.
  public func image(at index: Int) throws -> Image {
    try decoded.withPlanes(ofRow: rows[index]) { preprocessing.image(ofPlanes: $0) }
  }

  /// The photos of the given numbers: inputs `[B, 3, height, width]` in floating point, targets as `labelMode` says.
  ///
  /// - Throws: ``ImageError`` when a photo that is streamed cannot be read.
  public func batch(_ indices: [Int]) throws -> Batch {
    try batch(indices) { _, planes, target in preprocessing.writeScaled(planes, to: target) }
  }

  /// The photos of the given numbers, each changed at random before its values are scaled.
  ///
  /// - Throws: ``ImageError`` when a photo that is streamed cannot be read.
  public func batch(_ indices: [Int], changedBy changes: EpochChanges) throws -> Batch {
    let shape = inputShape
    return try batch(indices) { index, planes, target in
      var generator = changes.generator(forExample: index)
      withUnsafeTemporaryAllocation(of: Float.self, capacity: planes.count) { values in
        for position in 0..<planes.count { values[position] = Float(planes[position]) * (1 / 255) }
        changes.augmentation.apply(
          from: UnsafeBufferPointer(values), to: target, shape: shape, colours: preprocessing.colours,
          using: &generator)
      }
      preprocessing.scale(target)
    }
  }

  /// A batch whose inputs `write` makes of the bytes of each photo.
  private func batch(
    _ indices: [Int],
    _ write: (_ index: Int, _ planes: UnsafeBufferPointer<UInt8>, _ target: UnsafeMutableBufferPointer<Float>) -> Void
  ) throws -> Batch {
    let size = inputShape.elementCount
    let byteCount = saturatingProduct(indices.count, 4 * size)
    if byteCount > 1 << 28 { try requireMemory("a batch of \(counted(indices.count, "photo"))", byteCount) }
    let inputs = try Tensor<Float>(unsafeUninitialized: Shape([indices.count] + inputShape)) { target in
      for (position, index) in indices.enumerated() {
        let part = UnsafeMutableBufferPointer(rebasing: target[position * size..<(position + 1) * size])
        try decoded.withPlanes(ofRow: rows[index]) { write(index, $0, part) }
      }
    }
    return Batch(inputs: inputs, targets: targets(of: indices), weights: sampleWeights.tensor(of: indices))
  }

  /// The targets of the photos of the given numbers. Nothing is read.
  package func targets(of indices: [Int]) -> Tensor<Float> {
    rowTargets.tensor(of: indices.map { rows[$0] }, mode: labelMode)
  }

  /// Some of the photos, in the given order; a photo may occur more than once. Shares the storage.
  public func selecting(_ indices: [Int]) -> ImageDataset {
    ImageDataset(
      decoded: decoded, photos: photos, targets: rowTargets, rows: indices.map { rows[$0] },
      sampleWeights: sampleWeights.selecting(indices), preprocessing: preprocessing, labelMode: labelMode)
  }

  /// The same photos with a weight each: how much it counts in the loss; with `nil`, all count the same.
  ///
  /// - Throws: ``DatasetError`` unless there is a weight for each photo, finite and at least 0.
  public func weighted(by weights: [Float]?) throws(DatasetError) -> ImageDataset {
    try checkSampleWeights(weights, count: count)
    return ImageDataset(
      decoded: decoded, photos: photos, targets: rowTargets, rows: rows, sampleWeights: weights,
      preprocessing: preprocessing, labelMode: labelMode)
  }

  /// The scaling of the numbers of these photos; `nil` if their targets are not numbers in their own units.
  ///
  /// ```swift
  /// let (train, test) = try photos.split()
  /// guard let scaling = train.targetScaling else { return }
  /// let scaledTrain = try train.standardizingTargets(by: scaling)
  /// let scaledTest = try test.standardizingTargets(by: scaling)
  /// ```
  public var targetScaling: NumberScaling? { rowTargets.scaling(of: rows) }

  /// The same photos with standardized numbers. A model that is trained on them keeps the scaling.
  ///
  /// - Throws: ``TargetValueError`` if the targets are not as many numbers in their own units.
  public func standardizingTargets(by scaling: NumberScaling) throws(TargetValueError) -> ImageDataset {
    ImageDataset(
      decoded: decoded, photos: photos, targets: try rowTargets.standardized(by: scaling), rows: rows,
      sampleWeights: sampleWeights, preprocessing: preprocessing, labelMode: labelMode)
  }
}
