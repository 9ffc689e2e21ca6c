import Tensor

/// Photos of several classes: all photos of a folder, or some of them. Parts of a folder share the storage.
public struct ImageDataset: Dataset {
  /// The names of the classes, sorted.
  public let classes: [String]
  /// How a photo is converted to an input, for training and for prediction.
  public let preprocessing: Preprocessing
  /// The form of the targets in a batch.
  public let labelMode: LabelMode

  /// The photos of all parts, row by row, with their files.
  let source: any PhotoSource
  let files: [PhotoFile]
  /// The row of each example.
  let rows: [Int]

  init(
    source: any PhotoSource, files: [PhotoFile], rows: [Int], classes: [String], preprocessing: Preprocessing,
    labelMode: LabelMode
  ) {
    self.source = source
    self.files = files
    self.rows = rows
    self.classes = classes
    self.preprocessing = preprocessing
    self.labelMode = labelMode
  }

  /// The number of photos.
  public var count: Int { rows.count }
  /// The shape of one input, `[3, height, width]`.
  public var inputShape: Shape { preprocessing.inputShape }
  /// The class of each photo, an index into `classes`.
  public var labels: [Int] { rows.map { files[$0].label } }
  /// The group of each photo: a number that only its copies have. A group must stay in one part of a split.
  package var groups: [Int] { rows }
  /// The file of each photo.
  public var paths: [String] { rows.map { files[$0].path } }

  /// One photo, as it was resized, in RGB.
  ///
  /// - Throws: ``ImageError`` when a photo that is streamed cannot be read any more.
  public func image(at index: Int) throws -> Image {
    try source.withPlanes(ofRow: rows[index]) { preprocessing.image(ofPlanes: $0) }
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
        try source.withPlanes(ofRow: rows[index]) { write(index, $0, part) }
      }
    }
    return Batch(inputs: inputs, targets: targets(of: indices))
  }

  /// The targets of the photos of the given numbers. Nothing is read.
  package func targets(of indices: [Int]) -> Tensor<Float> { targets(ofLabels: indices.map { files[rows[$0]].label }) }

  private func targets(ofLabels labels: [Int]) -> Tensor<Float> {
    switch labelMode {
    case .index:
      return Tensor(labels.map { Float($0) })
    case .oneHot:
      return Tensor(oneHot: Tensor(labels.map { Float($0) }), classCount: classes.count)
    case .binary:
      return Tensor(shape: [labels.count, 1], scalars: labels.map { Float($0) })
    }
  }

  /// Some of the photos, in the given order; a photo may occur more than once. Shares the storage.
  public func selecting(_ indices: [Int]) -> ImageDataset {
    ImageDataset(
      source: source, files: files, rows: indices.map { rows[$0] }, classes: classes, preprocessing: preprocessing,
      labelMode: labelMode)
  }
}
