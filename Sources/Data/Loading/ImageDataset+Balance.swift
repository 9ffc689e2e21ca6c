import Tensor

extension ImageDataset {
  /// The number of photos of each class.
  public var counts: [Int] {
    labels.reduce(into: [Int](repeating: 0, count: classes.count)) { $0[$1] += 1 }
  }

  /// The classes of which there is no photo, such as those that a split leaves out of one part.
  public var missingClasses: [String] {
    zip(classes, counts).filter { $0.1 == 0 }.map(\.0)
  }

  /// How much each photo of a class must count for all classes to count the same: `count / (classes * counts[class])`,
  /// as scikit-learn's `compute_class_weight("balanced")`. Taken by `fit` as `classWeights`.
  ///
  /// A class without a photo has the weight 0.
  public var classWeights: [Float] {
    counts.map { $0 == 0 ? 0 : Float(Double(count) / Double(classes.count * $0)) }
  }

  /// As many photos of each class as of the largest: those of smaller classes occur several times, at random some of
  /// them once more than the others, each with an augmentation of its own.
  ///
  /// - Parameter seed: chooses the photos that occur once more.
  public func balanced(seed: UInt64 = 0) -> ImageDataset {
    let labels = labels
    let largest = counts.max() ?? 0
    var examples = Array(0..<count)
    for label in classes.indices {
      let members = examples[..<count].filter { labels[$0] == label }
      guard !members.isEmpty else { continue }
      var generator = RandomGenerator(seed: seed, stream: UInt64(label))
      let lucky = generator.permutation(of: members.count).prefix(largest % members.count)
      for _ in 1..<largest / members.count { examples += members }
      examples += lucky.sorted().map { members[$0] }
    }
    return selecting(examples)
  }
}
