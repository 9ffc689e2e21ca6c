import Tensor

extension ImageDataset {
  /// The number of photos of each class; empty if the targets are not classes.
  public var counts: [Int] { rowTargets.counts(of: rows) }

  /// The classes of which there is no photo, such as those that a split leaves out of one part.
  public var missingClasses: [String] {
    zip(classes, counts).filter { $0.1 == 0 }.map(\.0)
  }

  /// The weight of each class that makes all classes equally important: `count / (classes * counts[class])`, as
  /// scikit-learn's `compute_class_weight("balanced")`. For `classWeights` of `fit`.
  ///
  /// A class without a photo has the weight 0.
  ///
  /// - Throws: ``TargetValueError`` unless each photo has one class.
  public var classWeights: [Float] {
    get throws(TargetValueError) {
      try requireOneClass("class weights")
      return counts.map { $0 == 0 ? 0 : Float(Double(count) / Double(classes.count * $0)) }
    }
  }

  /// A data set in which each class has as many photos as the largest class. Photos of smaller classes are repeated;
  /// some of them, chosen at random, once more than the others. Each repetition is augmented differently.
  ///
  /// - Parameter seed: selects the photos that occur once more.
  /// - Throws: ``TargetValueError`` unless each photo has one class.
  public func balanced(seed: UInt64 = 0) throws(TargetValueError) -> ImageDataset {
    let labels = try requireOneClass("balancing")
    let largest = counts.max() ?? 0
    var examples = Array(0..<count)
    for label in classes.indices {
      let members = examples[..<count].filter { labels[$0] == label }
      guard !members.isEmpty else { continue }
      var generator = RandomGenerator(seed: seed, stream: 1 << 61 | UInt64(label))
      let lucky = generator.permutation(of: members.count).prefix(largest % members.count)
      for _ in 1..<largest / members.count { examples += members }
      examples += lucky.sorted().map { members[$0] }
    }
    return selecting(examples)
  }
}
