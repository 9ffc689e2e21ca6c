import Serialization

extension ExampleSource {
  /// The examples of the given numbers, in this order. An example may occur more than once.
  public func selecting(_ indices: [Int]) -> SelectedExamples<Self> { SelectedExamples(base: self, indices: indices) }

  /// The examples whose target fulfils a condition.
  ///
  /// - Throws: the errors of the source and of the condition.
  public func filter(_ isIncluded: (Target) throws -> Bool) throws -> SelectedExamples<Self> {
    selecting(try (0..<count).filter { try isIncluded(target(at: $0)) })
  }

  /// The same items with other targets: another type, other names.
  public func mapTargets<Other: ExampleTarget>(
    targetNames: [String]? = nil, _ transform: @escaping @Sendable (Target) throws -> Other
  ) -> MappedExamples<Self, Item, Other> {
    MappedExamples(base: self, targetNames: targetNames, mapItem: { $0 }, mapTarget: transform)
  }

  /// Other items with the same targets. `transform` is called whenever an item is needed.
  public func mapItems<Other: Sendable>(
    _ transform: @escaping @Sendable (Item) throws -> Other
  ) -> MappedExamples<Self, Other, Target> {
    MappedExamples(base: self, targetNames: targetNames, mapItem: transform, mapTarget: { $0 })
  }

  /// The same examples with a weight each: how much it counts in the loss.
  ///
  /// - Throws: ``DatasetError`` unless there is a weight for each example, finite and at least 0.
  public func weighted(by weights: [Float]) throws(DatasetError) -> WeightedExamples<Self> {
    try checkSampleWeights(weights, count: count)
    return WeightedExamples(base: self, weights: weights)
  }

  /// The examples of this source, and then those of another one. Names of targets that are given must be the same in both.
  ///
  /// - Throws: ``DatasetError/otherClasses(first:second:)`` if both sources give names of targets, and these differ.
  public func followed<Other: ExampleSource>(
    by other: Other
  ) throws(DatasetError) -> JoinedExamples<Self, Other> where Other.Item == Item, Other.Target == Target {
    if let first = targetNames, let second = other.targetNames, first.map(ExactText.init) != second.map(ExactText.init)
    {
      throw .otherClasses(first: first, second: second)
    }
    return JoinedExamples(first: self, second: other)
  }
}

/// Some examples of a source.
public struct SelectedExamples<Base: ExampleSource>: ExampleSource {
  let base: Base
  /// The numbers of the examples in the source.
  public let indices: [Int]

  /// The number of chosen examples.
  public var count: Int { indices.count }
  /// Those of the source.
  public var targetNames: [String]? { base.targetNames }
  /// Those of the source.
  public var sampleWeights: [Float]? { base.sampleWeights.selecting(indices) }
  /// The item of a chosen example.
  public func item(at index: Int) throws -> Base.Item { try base.item(at: indices[index]) }
  /// The target of a chosen example.
  public func target(at index: Int) throws -> Base.Target { try base.target(at: indices[index]) }
  /// Those of the source.
  public var hints: [String] { base.hints }
  /// That of the source.
  public func place(of index: Int) -> String? { base.place(of: indices[index]) }
}

/// The examples of a source with changed items or targets.
public struct MappedExamples<Base: ExampleSource, Item: Sendable, Target: ExampleTarget>: ExampleSource {
  let base: Base
  /// The names of all classes, or of the numbers, in the order of the outputs, if they are given.
  public let targetNames: [String]?
  let mapItem: @Sendable (Base.Item) throws -> Item
  let mapTarget: @Sendable (Base.Target) throws -> Target

  /// The number of examples.
  public var count: Int { base.count }
  /// Those of the source.
  public var sampleWeights: [Float]? { base.sampleWeights }
  /// The changed item of an example.
  public func item(at index: Int) throws -> Item { try mapItem(base.item(at: index)) }
  /// The changed target of an example.
  public func target(at index: Int) throws -> Target { try mapTarget(base.target(at: index)) }
  /// Those of the source.
  public var hints: [String] { base.hints }
  /// That of the source.
  public func place(of index: Int) -> String? { base.place(of: index) }
}

/// The examples of two sources, one after the other.
public struct JoinedExamples<First: ExampleSource, Second: ExampleSource>: ExampleSource
where First.Item == Second.Item, First.Target == Second.Target {
  let first: First
  let second: Second

  /// The number of examples of both.
  public var count: Int { first.count + second.count }
  /// The names that one of them gives.
  public var targetNames: [String]? { first.targetNames ?? second.targetNames }
  /// Those of both; 1 for the examples of a source without weights.
  public var sampleWeights: [Float]? {
    let parts = [(first.sampleWeights, first.count), (second.sampleWeights, second.count)]
    guard parts.contains(where: { $0.0 != nil }) else { return nil }
    return parts.flatMap { $0.0 ?? [Float](repeating: 1, count: $0.1) }
  }
  /// The item of an example.
  public func item(at index: Int) throws -> First.Item {
    try index < first.count ? first.item(at: index) : second.item(at: index - first.count)
  }
  /// The target of an example.
  public func target(at index: Int) throws -> First.Target {
    try index < first.count ? first.target(at: index) : second.target(at: index - first.count)
  }
  /// Those of both.
  public var hints: [String] { first.hints + second.hints }
  /// That of its source.
  public func place(of index: Int) -> String? {
    index < first.count ? first.place(of: index) : second.place(of: index - first.count)
  }
}

/// The examples of a source with a weight each.
public struct WeightedExamples<Base: ExampleSource>: ExampleSource {
  let base: Base
  let weights: [Float]

  /// The number of examples.
  public var count: Int { base.count }
  /// Those of the source.
  public var targetNames: [String]? { base.targetNames }
  /// The weights.
  public var sampleWeights: [Float]? { weights }
  /// The item of an example.
  public func item(at index: Int) throws -> Base.Item { try base.item(at: index) }
  /// The target of an example.
  public func target(at index: Int) throws -> Base.Target { try base.target(at: index) }
  /// Those of the source.
  public var hints: [String] { base.hints }
  /// That of the source.
  public func place(of index: Int) -> String? { base.place(of: index) }
  /// Those of the source.
  public func targets() throws -> Targets { try base.targets() }
}
