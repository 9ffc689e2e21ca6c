import Tensor

/// Examples that are in memory as two tensors.
public struct TensorDataset: Dataset {
  /// The inputs, `[N, …]`.
  public let inputs: Tensor<Float>
  /// The targets, `[N, …]`, in the form that the loss takes.
  public let targets: Tensor<Float>
  /// The names of the classes in the order of the targets, where there are any.
  public let classes: [String]
  /// What the targets mean; `nil` if it was not said.
  public let targetMeaning: TargetMeaning?

  /// Makes a data set of inputs and their targets.
  ///
  /// - Throws: ``DatasetError`` when the numbers of examples differ.
  public init(inputs: Tensor<Float>, targets: Tensor<Float>, classes: [String] = []) throws(DatasetError) {
    let (inputCount, targetCount) = (inputs.shape.first ?? 0, targets.shape.first ?? 0)
    guard inputCount == targetCount else { throw .countsDiffer(inputs: inputCount, targets: targetCount) }
    self.inputs = inputs.contiguous()
    self.targets = targets.contiguous()
    self.classes = classes
    targetMeaning = nil
  }

  /// Makes a data set of inputs and targets with a meaning.
  ///
  /// - Parameter mode: the form of the targets, if each example has one class.
  /// - Throws: ``DatasetError`` when the numbers of examples differ; ``TargetValueError`` for targets without this form.
  public init(inputs: Tensor<Float>, targets: Targets, mode: LabelMode = .oneHot) throws {
    try mode.check(targets.meaning)
    let count = inputs.shape.first ?? 0
    guard count == targets.count else { throw DatasetError.countsDiffer(inputs: count, targets: targets.count) }
    self.inputs = inputs.contiguous()
    self.targets = targets.tensor(of: Array(0..<count), mode: mode)
    classes = targets.meaning.classes
    targetMeaning = targets.meaning
  }

  /// Makes a data set of a source whose items are rows of numbers: inputs `[N, numbers]`.
  ///
  /// - Parameters:
  ///   - source: the rows and their targets.
  ///   - mode: the form of the targets, if each example has one class.
  /// - Throws: the errors of the source; ``TargetValueError`` for targets that cannot be used, or a row of another length
  ///   or with a number that is not finite.
  public init(_ source: some ExampleSource<[Float], some ExampleTarget>, targets mode: LabelMode = .oneHot) throws {
    let targets = try source.targets()
    let rows = try (0..<source.count).map { try source.item(at: $0) }
    try self.init(inputs: Tensor(numbersOfExamples: rows), targets: targets, mode: mode)
  }

  /// The number of examples.
  public var count: Int { inputs.shape.first ?? 0 }
  /// The shape of one input.
  public var inputShape: Shape { Shape(inputs.shape.dropFirst()) }

  /// The examples of the given numbers.
  public func batch(_ indices: [Int]) -> Batch {
    Batch(inputs: inputs.gathering(indices), targets: targets.gathering(indices))
  }
}
