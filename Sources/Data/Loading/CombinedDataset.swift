import Serialization
import Tensor

/// The same examples in several data sets, each for one input of a model: a photo and a row of numbers, for example.
///
/// ```swift
/// let table = try CSVTable(contentsOf: "flats.csv")
/// let photos = try PhotoSet(table.photos(path: "file", number: "price"), imageSize: 64).images
/// let sizes = try TensorDataset(rows: table.numbers(["rooms", "area"]))
/// let flats = try CombinedDataset(inputs: ["photo": photos, "size": sizes])
/// let (train, test) = try flats.split(testShare: 0.2, seed: 7)
/// ```
///
/// Example i of each part is the same thing. A ``PhotoSet`` that leaves out unreadable photos has fewer examples:
/// ``ImageDataset/sourceIndices`` tells which rows of the source it has.
public struct CombinedDataset: Dataset {
  private let parts: [(name: String, dataset: any Dataset)]
  private let columns: [Column]
  /// The part whose targets are used, if there are no columns.
  private let targetPart: Int
  /// The number of each example in the parts.
  private let rows: [Int]
  /// How much each example counts in the loss; `nil` for all the same.
  public let sampleWeights: [Float]?
  /// The part that says ``sampleWeights``; `nil` if they were given, or no part says any.
  private let weightedPart: Int?

  /// The targets of an output.
  private struct Column {
    let name: String
    let targets: Targets
    let mode: LabelMode
  }

  /// Combines data sets.
  ///
  /// - Parameters:
  ///   - inputs: a data set for each input, by the name of the input. Each has one input.
  ///   - targets: the targets of each output, by the name of the output; by default those of the only data set that has
  ///     some.
  ///   - labelModes: the form of targets in a batch, by the name of the output, if each example has one class; one-hot by
  ///     default.
  ///   - sampleWeights: how much each example counts in the loss; by default what the only data set with weights says, or has in
  ///     its batches.
  /// - Throws: ``DatasetError`` for different numbers of examples, a data set with several inputs, a name that occurs twice or that
  ///   no target has, weights that are negative or not finite, and targets or weights of which it is not clear whose;
  ///   ``TargetValueError`` for targets without the form; ``GeneratorError/onlyInOrder`` for a generator.
  public init(
    inputs: KeyValuePairs<String, any Dataset>, targets: KeyValuePairs<String, Targets> = [:],
    labelModes: [String: LabelMode] = [:], sampleWeights: [Float]? = nil
  ) throws {
    require(!inputs.isEmpty, "CombinedDataset: at least one input is needed")
    let parts = inputs.map { (name: $0.key, dataset: $0.value) }
    // Its examples have no numbers.
    guard !parts.contains(where: { $0.dataset is GeneratedBatches }) else { throw GeneratorError.onlyInOrder }
    let columns = try targets.map { name, targets in
      let mode = labelModes[name] ?? .oneHot
      try mode.check(targets.meaning)
      return Column(name: name, targets: targets, mode: mode)
    }
    try checkDistinct(parts.map(\.name))
    try checkDistinct(columns.map(\.name))
    for part in parts where part.dataset.inputShapes.count != 1 {
      throw DatasetError.severalInputs(part.name, count: part.dataset.inputShapes.count)
    }
    let unknown = labelModes.keys.filter { name in !columns.contains { $0.name == name } }
    guard unknown.isEmpty else {
      throw DatasetError.modesOfNoTargets(unknown.sorted(), targets: columns.map(\.name))
    }
    let counts = parts.map { ($0.name, $0.dataset.count) } + columns.map { ("targets of \($0.name)", $0.targets.count) }
    guard counts.allSatisfy({ $0.1 == counts[0].1 }) else {
      throw DatasetError.partsDiffer(Dictionary(counts) { first, _ in first })
    }
    let withTargets = parts.indices.filter { parts[$0].dataset.targetMeanings != [.unknown] }
    guard !columns.isEmpty || withTargets.count == 1 else {
      throw DatasetError.targetsOfParts(withTargets.map { parts[$0].name })
    }
    (self.parts, self.columns, targetPart) = (parts, columns, withTargets.first ?? 0)
    rows = Array(0..<counts[0].1)
    let weighted = sampleWeights == nil ? parts.indices.filter { parts[$0].dataset.sampleWeights != nil } : []
    guard weighted.count <= 1 else { throw DatasetError.weightsTwice(weighted.map { parts[$0].name }) }
    weightedPart = weighted.first
    self.sampleWeights = sampleWeights ?? weighted.first.flatMap { parts[$0].dataset.sampleWeights }
    try checkSampleWeights(self.sampleWeights, count: rows.count)
  }

  private init(_ whole: CombinedDataset, selecting indices: [Int]) {
    (parts, columns, targetPart, weightedPart) = (whole.parts, whole.columns, whole.targetPart, whole.weightedPart)
    rows = indices.map { whole.rows[$0] }
    sampleWeights = whole.sampleWeights.selecting(indices)
  }

  /// The number of examples.
  public var count: Int { rows.count }
  /// The shape of the first input.
  public var inputShape: Shape { inputShapes[0] }
  /// The shape of each input.
  public var inputShapes: [Shape] { parts.map(\.dataset.inputShape) }
  /// The names of the inputs.
  public var inputNames: [String] { parts.map(\.name) }
  /// What each of the inputs was made from.
  public var inputMeanings: [InputMeaning?] { parts.map { $0.dataset.inputMeanings.first ?? nil } }
  /// The names of the outputs, if the targets have some.
  public var targetNames: [String] {
    columns.isEmpty ? parts[targetPart].dataset.targetNames : columns.map(\.name)
  }
  /// What each of the targets means.
  public var targetMeanings: [TargetMeaning?] {
    columns.isEmpty ? parts[targetPart].dataset.targetMeanings : columns.map(\.targets.meaning)
  }
  /// What the targets of the first output mean.
  public var targetMeaning: TargetMeaning? { targetMeanings[0] }
  /// The names of the classes of the first output.
  public var classes: [String] {
    columns.isEmpty ? parts[targetPart].dataset.classes : columns[0].targets.meaning.classes
  }
  /// The class of each example, if the only output has one class for each.
  ///
  /// - Parameter labelsOfPart: the classes of all examples of a part; `nil` where they are not known.
  package func labels(_ labelsOfPart: (any Dataset) -> [Int]?) -> [Int]? {
    if !columns.isEmpty {
      return columns.count == 1 ? columns[0].targets.labels.map { all in rows.map { all[$0] } } : nil
    }
    return labelsOfPart(parts[targetPart].dataset).map { all in rows.map { all[$0] } }
  }
  /// For each example, a number that only its copies have: examples that repeat it, or share a copy with it in one of the parts.
  /// A group must stay in one part of a split.
  ///
  /// - Parameter groupsOfPart: such numbers for all examples of a part; `nil` where the part knows of no copies.
  package func groups(_ groupsOfPart: (any Dataset) throws -> [Int]?) rethrows -> [Int] {
    var sets = DisjointSets(count: count)
    sets.join(by: rows)
    for part in parts {
      guard let groups = try groupsOfPart(part.dataset) else { continue }
      sets.join(by: rows.map { groups[$0] })
    }
    return (0..<count).map { sets.first(of: $0) }
  }

  /// The examples of the given numbers.
  ///
  /// - Throws: the errors of the parts; ``DatasetError/weightsTwice(_:)`` if two of them have weights in their batches.
  public func batch(_ indices: [Int]) throws -> Batch {
    try batch(indices) { try $0.batch($1) }
  }

  /// The examples of the given numbers with changed photos. Inputs that are no pictures stay as they are.
  ///
  /// - Throws: ``DatasetError`` if no input is a picture; the errors of the parts.
  public func batch(_ indices: [Int], changedBy changes: EpochChanges) throws -> Batch {
    guard inputShapes.contains(where: { $0.rank == 3 }) else {
      throw DatasetError.notPhotos(
        found: "inputs of shapes \(inputShapes.map(\.description).joined(separator: ", "))",
        expected: "in one of the inputs")
    }
    return try batch(indices) { part, rows in
      part.inputShape.rank == 3 ? try part.batch(rows, changedBy: changes) : try part.batch(rows)
    }
  }

  /// XXH64 over the checksums of the parts, which of their examples are used, the targets and the weights.
  public func checksum() throws -> UInt64 {
    var hash = try parts.map { try $0.dataset.checksum() }.withUnsafeBytes { xxh64($0, seed: UInt64(count)) }
    hash = rows.withUnsafeBytes { xxh64($0, seed: hash) }
    for column in columns {
      hash = column.targets.tensor(of: rows, mode: column.mode).withUnsafeScalars {
        xxh64(UnsafeRawBufferPointer($0), seed: hash)
      }
    }
    return sampleWeights?.withUnsafeBytes { xxh64($0, seed: hash) } ?? hash
  }

  private func batch(_ indices: [Int], _ read: (any Dataset, [Int]) throws -> Batch) throws -> Batch {
    let examples = indices.map { rows[$0] }
    let batches = try parts.map { try read($0.dataset, examples) }
    return Batch(
      inputs: batches.map(\.inputs),
      targets: columns.isEmpty
        ? batches[targetPart].allTargets : columns.map { $0.targets.tensor(of: examples, mode: $0.mode) },
      weights: try weights(of: batches) ?? sampleWeights.tensor(of: indices))
  }

  /// The weights that stand in the batches of a part, unless others were given.
  private func weights(of batches: [Batch]) throws -> Tensor<Float>? {
    guard sampleWeights == nil || weightedPart != nil else { return nil }
    let weighted = parts.indices.filter { $0 == weightedPart || batches[$0].weights != nil }
    guard weighted.count <= 1 else { throw DatasetError.weightsTwice(weighted.map { parts[$0].name }) }
    return weighted.first.flatMap { batches[$0].weights }
  }

  /// Some of the examples, in the given order; one may occur more than once. Shares the storage.
  public func selecting(_ indices: [Int]) -> CombinedDataset { CombinedDataset(self, selecting: indices) }

  /// Splits the examples at random into a training and a test part, as
  /// ``ImageDataset/split(testShare:seed:stratify:keepingDuplicatesTogether:)`` does.
  ///
  /// - Parameters:
  ///   - testShare: the part to test on, above 0 and below 1; rounded up.
  ///   - seed: selects one of the possible splits.
  ///   - keepingDuplicatesTogether: whether examples with the same photo, by the bytes of its file, are on the same side. Reads
  ///     the files whose size is not unique.
  /// - Throws: ``SplitError`` when the share is out of range; `FileError` when a file that may be a duplicate cannot be read.
  public func split(
    testShare: Double = 0.2, seed: UInt32 = 0, keepingDuplicatesTogether: Bool = false
  ) throws -> (train: CombinedDataset, test: CombinedDataset) {
    let own = keepingDuplicatesTogether ? try groups { try ($0 as? ImageDataset)?.copyGroups() } : Array(0..<count)
    let copies = Dictionary(grouping: 0..<count) { own[$0] }.values.sorted { $0[0] < $1[0] }
    let parts = try trainTestSplit(count: copies.count, testSize: .share(testShare), seed: seed)
    return (selecting(parts.train.flatMap { copies[$0] }), selecting(parts.test.flatMap { copies[$0] }))
  }
}
