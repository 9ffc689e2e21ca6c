extension ImageDataset {
  /// Splits the photos at random into a training and a test part that share the bytes.
  ///
  /// The split is that of scikit-learn's `train_test_split(test_size: testShare, random_state: seed)` for the photos in
  /// the order of their paths. If duplicates are kept together, the different photos are split, and each is followed by
  /// its copies (scikit-learn's `GroupShuffleSplit`), so that no test photo is also trained on. Without duplicates,
  /// both splits are the same.
  ///
  /// - Parameters:
  ///   - testShare: the part to test on, above 0 and below 1; rounded up.
  ///   - seed: selects one of the possible splits.
  ///   - stratify: whether each class has the same share in both parts. Each example must have one class; of duplicates
  ///     in several classes the first counts.
  ///   - keepingDuplicatesTogether: whether photos with the same bytes in their files are on the same side. Reads the
  ///     files whose size is not unique.
  /// - Throws: ``SplitError`` when the share is out of range, or a class is too small to be stratified; `FileError`
  ///   when a file that may be a duplicate cannot be read.
  public func split(
    testShare: Double = 0.2, seed: UInt32 = 0, stratify: Bool = false, keepingDuplicatesTogether: Bool = false
  ) throws -> (train: ImageDataset, test: ImageDataset) {
    let groups = keepingDuplicatesTogether ? try contentGroups() : (0..<count).map { [$0] }
    let parts =
      stratify
      ? try trainTestSplit(
        stratifying: try classNames(for: "a stratified split", of: groups.map { $0[0] }), testSize: .share(testShare),
        seed: seed)
      : try trainTestSplit(count: groups.count, testSize: .share(testShare), seed: seed)
    return (selecting(parts.train.flatMap { groups[$0] }), selecting(parts.test.flatMap { groups[$0] }))
  }

  /// The numbers of the photos that share the bytes of their files with another one, in groups of the same bytes.
  ///
  /// Reads the files whose size is not unique; links to the same file are recognized without reading.
  ///
  /// - Throws: `FileError` when a file cannot be read any more.
  public func duplicates() throws -> [[Int]] {
    try contentGroups().filter { $0.count > 1 }
  }

  /// For each photo, the number of the first photo with the same content. Reads as ``duplicates()`` does.
  ///
  /// - Throws: `FileError` when a file cannot be read any more.
  package func copyGroups() throws -> [Int] {
    var first = groups
    for group in try duplicates() {
      for example in group { first[example] = groups[group[0]] }
    }
    return first
  }

  /// The photos with the first of each group of duplicates only.
  ///
  /// - Throws: `FileError` when a file cannot be read any more.
  public func withoutDuplicates() throws -> ImageDataset {
    selecting(try contentGroups().map { $0[0] })
  }

  /// All photos in groups of the same bytes, in the order of the first of each.
  private func contentGroups() throws -> [[Int]] {
    try groupByContent(PhotoRows(count: count) { [self] in try photos.photo(rows[$0]) })
  }

  /// The class of each of the given examples.
  ///
  /// - Throws: ``TargetValueError`` unless each example has one class.
  private func classNames(for operation: String, of examples: [Int]) throws(TargetValueError) -> [String] {
    let labels = try requireOneClass(operation)
    return examples.map { classes[labels[$0]] }
  }

  /// The class of each photo, an index into `classes`.
  ///
  /// - Throws: ``TargetValueError`` unless each photo has one class.
  @discardableResult
  func requireOneClass(_ operation: String) throws(TargetValueError) -> [Int] {
    guard let labels = classLabels else {
      throw .unfit(operation: operation, rowTargets.meaning, expected: "one class for each example")
    }
    return labels
  }
}
