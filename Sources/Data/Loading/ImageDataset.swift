import Tensor

/// Photos of several classes: some rows of one tensor of bytes, which the parts of a split share.
public struct ImageDataset: Dataset {
  /// The names of the classes, sorted.
  public let classes: [String]
  /// How the photos became what is stored, and how a photo to predict must become an input.
  public let preprocessing: Preprocessing
  /// The form of the targets in a batch.
  public let labelMode: LabelMode

  /// The photos of all parts, `[rows, 3, height, width]`, with the file and the class of each row.
  private let storage: Tensor<UInt8>
  private let rowPaths: [String]
  private let rowLabels: [Int]
  /// The row of each example.
  private let rows: [Int]

  init(
    storage: Tensor<UInt8>, rows: [Int], paths: [String], rowLabels: [Int], classes: [String],
    preprocessing: Preprocessing, labelMode: LabelMode
  ) {
    self.storage = storage
    self.rows = rows
    rowPaths = paths
    self.rowLabels = rowLabels
    self.classes = classes
    self.preprocessing = preprocessing
    self.labelMode = labelMode
  }

  /// The number of photos.
  public var count: Int { rows.count }
  /// The shape of one input, `[3, height, width]`.
  public var inputShape: Shape { preprocessing.inputShape }
  /// The class of each photo, an index into `classes`.
  public var labels: [Int] { rows.map { rowLabels[$0] } }
  /// The file of each photo.
  public var paths: [String] { rows.map { rowPaths[$0] } }
  /// The number of photos of each class.
  public var counts: [Int] {
    rows.reduce(into: [Int](repeating: 0, count: classes.count)) { $0[rowLabels[$1]] += 1 }
  }

  /// One photo, as it was resized, in RGB.
  public func image(at index: Int) -> Image {
    storage.withUnsafeScalars { preprocessing.image(ofPlanes: planes(of: index, in: $0)) }
  }

  /// The photos of the given numbers: inputs `[B, 3, height, width]` in floating point, targets as `labelMode` says.
  public func batch(_ indices: [Int]) -> Batch {
    let imageBytes = inputShape.elementCount
    let inputs = Tensor<Float>(unsafeUninitialized: Shape([indices.count] + inputShape)) { target in
      storage.withUnsafeScalars { bytes in
        for (position, index) in indices.enumerated() {
          let part = target[position * imageBytes..<(position + 1) * imageBytes]
          preprocessing.writeScaled(planes(of: index, in: bytes), to: UnsafeMutableBufferPointer(rebasing: part))
        }
      }
    }
    return Batch(inputs: inputs, targets: targets(of: indices.map { rowLabels[rows[$0]] }))
  }

  private func planes(of index: Int, in bytes: UnsafeBufferPointer<UInt8>) -> UnsafeBufferPointer<UInt8> {
    let imageBytes = inputShape.elementCount
    return UnsafeBufferPointer(rebasing: bytes[rows[index] * imageBytes..<(rows[index] + 1) * imageBytes])
  }

  private func targets(of labels: [Int]) -> Tensor<Float> {
    switch labelMode {
    case .index:
      return Tensor(labels.map { Float($0) })
    case .oneHot:
      return Tensor(oneHot: Tensor(labels.map { Float($0) }), classCount: classes.count)
    }
  }

  /// Some of the photos, in the order given. Shares the bytes.
  public func selecting(_ indices: [Int]) -> ImageDataset {
    ImageDataset(
      storage: storage, rows: indices.map { rows[$0] }, paths: rowPaths, rowLabels: rowLabels, classes: classes,
      preprocessing: preprocessing, labelMode: labelMode)
  }

  /// Splits the photos at random into a training and a test part that share the bytes.
  ///
  /// The split is that of scikit-learn's `train_test_split(test_size: testShare, random_state: seed)` over the photos
  /// in the order of their paths.
  ///
  /// - Parameters:
  ///   - testShare: the part to test on, above 0 and below 1; rounded up.
  ///   - seed: picks one of the possible splits.
  ///   - stratify: whether each class has the same share in both parts.
  /// - Throws: ``SplitError`` when the share is out of range, or a class is too small to be stratified.
  public func split(
    testShare: Double = 0.2, seed: UInt32 = 0, stratify: Bool = false
  ) throws(SplitError) -> (train: ImageDataset, test: ImageDataset) {
    let parts =
      stratify
      ? try trainTestSplit(stratifying: labels.map { classes[$0] }, testSize: .share(testShare), seed: seed)
      : try trainTestSplit(count: count, testSize: .share(testShare), seed: seed)
    return (selecting(parts.train), selecting(parts.test))
  }
}
