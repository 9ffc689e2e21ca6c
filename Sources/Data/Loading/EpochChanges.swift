import Tensor

/// The random changes of one epoch. The change of an example depends only on the seed, the epoch and its number.
public struct EpochChanges: Hashable, Sendable {
  /// What is changed.
  public let augmentation: Augmentation
  /// The seed of the changes.
  public let seed: UInt64
  /// The number of the epoch, from 0.
  public let epoch: Int

  /// Makes the changes of an epoch.
  public init(_ augmentation: Augmentation, seed: UInt64, epoch: Int) {
    self.augmentation = augmentation
    self.seed = seed
    self.epoch = epoch
  }

  /// The random numbers for the changes of an example.
  public func generator(forExample example: Int) -> RandomGenerator {
    RandomGenerator(seed: seed, stream: UInt64(example + 1) << 32 | UInt64(epoch))
  }

  /// The batch with each photo changed. If there are several inputs, all that are pictures are changed alike, and the others
  /// stay as they are.
  ///
  /// - Parameters:
  ///   - batch: inputs `[B, C, H, W]` with values from 0 to 1.
  ///   - examples: the number of each photo in its data set.
  /// - Throws: ``DatasetError`` if the inputs are not such photos.
  func apply(to batch: Batch, examples: [Int]) throws(DatasetError) -> Batch {
    var changed = batch
    let inputs = batch.allInputs
    let isPicture = inputs.map { inputs.count == 1 || $0.rank == 4 }
    guard isPicture.contains(true) else {
      throw .notPhotos(
        found: "inputs of shapes \(inputs.map { "\(Shape($0.shape.dropFirst()))" }.joined(separator: ", "))",
        expected: "in one of the inputs")
    }
    if isPicture[0] { changed.inputs = try apply(to: batch.inputs, examples: examples) }
    for index in batch.furtherInputs.indices where isPicture[index + 1] {
      changed.furtherInputs[index] = try apply(to: batch.furtherInputs[index], examples: examples)
    }
    return changed
  }

  private func apply(to photos: Tensor<Float>, examples: [Int]) throws(DatasetError) -> Tensor<Float> {
    let shape = photos.shape
    let imageShape = Shape(shape.dropFirst())
    try checkPhotos(photos, imageShape)
    let size = imageShape.elementCount
    return Tensor<Float>(unsafeUninitialized: shape) { target in
      photos.withUnsafeScalars { source in
        for (position, example) in examples.enumerated() {
          var generator = generator(forExample: example)
          let part = position * size..<(position + 1) * size
          augmentation.apply(
            from: UnsafeBufferPointer(rebasing: source[part]), to: UnsafeMutableBufferPointer(rebasing: target[part]),
            shape: imageShape, colours: .rgb, using: &generator)
        }
      }
    }
  }

  private func checkPhotos(_ inputs: Tensor<Float>, _ shape: Shape) throws(DatasetError) {
    let needsColours = augmentation.saturation > 0 || augmentation.hue > 0 || augmentation.randAugment != nil
    guard shape.rank == 3, !needsColours || shape[0] == 3 else {
      throw .notPhotos(
        found: "inputs of shape \(shape)", expected: needsColours ? "of shape [3, H, W]" : "of shape [C, H, W]")
    }
    // Colours are limited to 0 to 1, and noise is from 0 to 1. Resizing may round a little beyond.
    let changesValues =
      needsColours || [augmentation.brightness, augmentation.contrast, augmentation.erasing] != [0, 0, 0]
    let range: ClosedRange<Float> = -0.001...1.001
    let wrong = changesValues ? inputs.withUnsafeScalars { $0.first { !range.contains($0) } } : nil
    if let wrong { throw .notPhotos(found: "a value of \(wrong)", expected: "with values from 0 to 1") }
  }
}
