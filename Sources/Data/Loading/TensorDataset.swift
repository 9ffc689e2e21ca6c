import Tensor

/// Examples that are in memory as tensors.
public struct TensorDataset: Dataset {
  /// The inputs, `[N, …]`; the first of several.
  public let inputs: Tensor<Float>
  /// The targets, `[N, …]`, in the form that the loss takes; those of the first of several outputs.
  public let targets: Tensor<Float>
  /// The second input and those after it, each `[N, …]`; empty if there is one.
  public let furtherInputs: [Tensor<Float>]
  /// The targets of the second output and of those after it, each `[N, …]`; empty if there is one.
  public let furtherTargets: [Tensor<Float>]
  /// The names of the classes in the order of the targets, where there are any.
  public let classes: [String]
  /// What each of the targets means; `nil` if it was not said.
  public let targetMeanings: [TargetMeaning?]
  /// The names of the inputs; empty if they have the order of the model's.
  public let inputNames: [String]
  /// The names of the targets; empty if they have the order of the model's outputs.
  public let targetNames: [String]
  /// How much each example counts in the loss; `nil` for all the same.
  public let sampleWeights: [Float]?

  /// Makes a data set of inputs and their targets.
  ///
  /// - Throws: ``DatasetError`` when the numbers of examples differ, or a weight is negative or not finite.
  public init(
    inputs: Tensor<Float>, targets: Tensor<Float>, classes: [String] = [], sampleWeights: [Float]? = nil
  ) throws(DatasetError) {
    let counts = (inputs.shape.first ?? 0, targets.shape.first ?? 0)
    guard counts.0 == counts.1 else { throw .countsDiffer(inputs: counts.0, targets: counts.1) }
    try self.init([inputs], [targets], classes: classes, meanings: [nil], sampleWeights: sampleWeights)
  }

  /// Makes a data set of inputs and targets with a meaning.
  ///
  /// - Parameters:
  ///   - inputs: `[N, …]`.
  ///   - targets: those of all examples.
  ///   - mode: the form of the targets, if each example has one class.
  ///   - sampleWeights: how much each example counts in the loss; all the same by default.
  /// - Throws: ``DatasetError`` when the numbers of examples differ, or a weight is negative or not finite;
  ///   ``TargetValueError`` for targets without this form.
  public init(
    inputs: Tensor<Float>, targets: Targets, mode: LabelMode = .oneHot, sampleWeights: [Float]? = nil
  ) throws {
    try mode.check(targets.meaning)
    let count = inputs.shape.first ?? 0
    guard count == targets.count else { throw DatasetError.countsDiffer(inputs: count, targets: targets.count) }
    try self.init(
      [inputs], [targets.tensor(of: Array(0..<count), mode: mode)], classes: targets.meaning.classes,
      meanings: [targets.meaning], sampleWeights: sampleWeights)
  }

  /// Makes a data set of a source whose items are rows of numbers: inputs `[N, numbers]`.
  ///
  /// - Parameters:
  ///   - source: the rows, their targets, and their weights if it has some.
  ///   - mode: the form of the targets, if each example has one class.
  /// - Throws: the errors of the source; ``TargetValueError`` for targets that cannot be used, or a row of another length
  ///   or with a number that is not finite; ``DatasetError`` for a weight that is negative or not finite.
  public init(_ source: some ExampleSource<[Float], some ExampleTarget>, targets mode: LabelMode = .oneHot) throws {
    let targets = try source.targets()
    let rows = try (0..<source.count).map { try source.item(at: $0) }
    try self.init(
      inputs: Tensor(numbersOfExamples: rows), targets: targets, mode: mode, sampleWeights: source.sampleWeights)
  }

  /// Makes a data set of rows of numbers, `[N, numbers]`, without targets: an input beside others, or to predict.
  ///
  /// - Throws: ``TargetValueError`` for a row of another length or with a number that is not finite.
  public init(rows: [[Float]]) throws {
    try self.init(inputs: Tensor(numbersOfExamples: rows), targets: Targets(unknown: rows.count))
  }

  /// Makes a data set for a model with several inputs or outputs, in the order of the model's.
  ///
  /// - Throws: ``DatasetError`` when there is no input or no target, the numbers of examples differ, or a weight is negative or
  ///   not finite.
  public init(
    inputs: [Tensor<Float>], targets: [Tensor<Float>], sampleWeights: [Float]? = nil
  ) throws(DatasetError) {
    try self.init(inputs, targets, meanings: targets.map { _ in nil }, sampleWeights: sampleWeights)
  }

  /// Makes a data set for a model with several inputs or outputs, by their names.
  ///
  /// ```swift
  /// let data = try TensorDataset(
  ///   inputs: ["photo": images, "depth": images.mean([1])], targets: ["kind": targets, "price": targets.sum([1])])
  /// ```
  ///
  /// - Throws: ``DatasetError`` when there is no input or no target, the numbers of examples differ, a name occurs twice, or a
  ///   weight is negative or not finite.
  public init(
    inputs: KeyValuePairs<String, Tensor<Float>>, targets: KeyValuePairs<String, Tensor<Float>>,
    sampleWeights: [Float]? = nil
  ) throws(DatasetError) {
    try self.init(
      inputs.map(\.value), targets.map(\.value), inputNames: inputs.map(\.key), targetNames: targets.map(\.key),
      meanings: targets.map { _ in nil }, sampleWeights: sampleWeights)
  }

  private init(
    _ inputs: [Tensor<Float>], _ targets: [Tensor<Float>], inputNames: [String] = [], targetNames: [String] = [],
    classes: [String] = [], meanings: [TargetMeaning?], sampleWeights: [Float]?
  ) throws(DatasetError) {
    guard !inputs.isEmpty, !targets.isEmpty else {
      throw .missingParts(inputs: inputs.count, targets: targets.count)
    }
    for names in [inputNames, targetNames] { try checkDistinct(names) }
    let count = inputs[0].shape.first ?? 0
    let counts = (inputs + targets).map { $0.shape.first ?? 0 }
    guard counts.allSatisfy({ $0 == count }) else {
      let names = inputs.indices.map { "input \($0 + 1)" } + targets.indices.map { "target \($0 + 1)" }
      throw .partsDiffer(Dictionary(uniqueKeysWithValues: zip(names, counts)))
    }
    try checkSampleWeights(sampleWeights, count: count)
    self.inputs = inputs[0].contiguous()
    self.targets = targets[0].contiguous()
    furtherInputs = inputs.dropFirst().map { $0.contiguous() }
    furtherTargets = targets.dropFirst().map { $0.contiguous() }
    self.inputNames = inputNames
    self.targetNames = targetNames
    self.classes = classes
    targetMeanings = meanings
    self.sampleWeights = sampleWeights
  }

  /// The number of examples.
  public var count: Int { inputs.shape.first ?? 0 }
  /// The shape of one input; of the first of several.
  public var inputShape: Shape { Shape(inputs.shape.dropFirst()) }
  /// The shape of each input.
  public var inputShapes: [Shape] { ([inputs] + furtherInputs).map { Shape($0.shape.dropFirst()) } }
  /// What the targets mean, those of the first output; `nil` if it was not said.
  public var targetMeaning: TargetMeaning? { targetMeanings[0] }

  /// The examples of the given numbers.
  public func batch(_ indices: [Int]) -> Batch {
    var batch = Batch(
      inputs: inputs.gathering(indices), targets: targets.gathering(indices), weights: sampleWeights.tensor(of: indices)
    )
    batch.furtherInputs = furtherInputs.map { $0.gathering(indices) }
    batch.furtherTargets = furtherTargets.map { $0.gathering(indices) }
    return batch
  }
}

/// Throws ``DatasetError/repeatedPart(_:)`` for a name that occurs twice.
func checkDistinct(_ names: [String]) throws(DatasetError) {
  var seen: Set<String> = []
  for name in names where !seen.insert(name).inserted { throw .repeatedPart(name) }
}
