import Autograd
import Data
import NN
import Serialization
import Tensor

/// What a frozen backbone makes of examples, computed once for each of them.
///
/// Training the last layers of a large network on a few thousand photos (transfer learning) takes seconds if the rest of
/// the network runs only once, not in every epoch:
///
/// ```swift
/// let backbone = try Model(contentsOf: "efficientnet-lite0.keras").withoutClassifier()
/// let cache = FeatureCache(of: backbone, file: "features.safetensors")
/// let features = try cache.features(of: train, views: 4, augmentation: .standard)
/// let head = try Sequential(input: features.inputShape) {
///   Dropout(0.2)
///   Dense(train.classes.count, activation: .softmax)
/// }
/// try head.fit(features, validation: cache.features(of: test), epochs: 30, loss: .categoricalCrossEntropy)
/// let model = try backbone.followed(by: head)
/// ```
///
/// An example is recognized by its content: the bytes of a photo's file and the preprocessing, or the numbers of any other
/// input. So another split, another head and another folder with some of the same photos find what is there. A backbone
/// whose weights change has no features yet.
///
/// A photo and a row of numbers: `CombinedDataset(inputs: ["photo": cache.features(of: photos), "size": rows])`, for a head with
/// both inputs.
///
/// Features have the same bits whatever examples they are computed with, on any number of threads.
public final class FeatureCache: Sendable {
  /// The part of a network that makes the features. It runs in inference mode.
  public let backbone: Model
  /// The file that keeps the features; `nil` for memory only.
  public let file: String?
  private let table = Lock<FeatureTable?>(nil)

  /// Makes a cache.
  ///
  /// - Parameters:
  ///   - backbone: makes the features. It has one input and one output.
  ///   - file: keeps them for other runs. Its folder must exist. The features of another backbone in it are replaced, all
  ///     other files are left as they are.
  public init(of backbone: Model, file: String? = nil) {
    (self.backbone, self.file) = (backbone, file)
  }

  /// The features of a data set: those that are known, and the rest computed now. Calls on several tasks wait for each
  /// other.
  ///
  /// Cost: one inference of the backbone for each new example and view. Nothing is decoded for photos that are known. All
  /// features are in memory, 4 bytes for each number.
  ///
  /// - Parameters:
  ///   - dataset: the examples.
  ///   - views: how often each example occurs: once as it is, then with random changes.
  ///   - augmentation: the random changes.
  ///   - seed: of the random changes. They depend also on the number of the example in the data set.
  ///   - batchSize: the number of examples that the backbone computes at a time.
  ///   - distribution: the processes that share the work, each with the same backbone and data. Rank 0 alone has the file; its
  ///     features are those of all ranks.
  ///   - progress: is called after each batch with the number of examples done and of those to compute.
  /// - Throws: ``FeatureError``; ``FitError`` if the backbone takes other inputs; ``DistributionError`` if a rank has
  ///   another backbone or other data, or fails; the errors of the data set and of the file.
  public func features(
    of dataset: any Dataset, views: Int = 1, augmentation: Augmentation? = nil, seed: UInt64 = 0, batchSize: Int = 16,
    distribution: Distribution? = nil,
    progress: (_ done: Int, _ count: Int) -> Void = { _, _ in }
  ) throws -> FeatureDataset {
    func read() throws -> DatasetContent {
      guard views >= 1 else { throw FeatureError.views(views) }
      guard views == 1 || augmentation != nil else { throw FeatureError.sameViews(views) }
      guard batchSize >= 1 else { throw DatasetError.batchSize(batchSize) }
      for (owner, inputs, outputs) in [
        ("the backbone", backbone.inputNames.count, backbone.outputCount),
        ("the data set", dataset.inputShapes.count, dataset.targetMeanings.count),
      ] where inputs != 1 || outputs != 1 {
        throw FeatureError.severalValues(owner, inputs: inputs, outputs: outputs)
      }
      try backbone.check(inputShape: dataset.inputShape, count: dataset.count)
      try DataMeaning(dataset, "the data").checkInputs(against: DataMeaning(backbone))
      return try DatasetContent(of: dataset)
    }
    let content = try distribution?.together(read) ?? read()
    let plan = ViewPlan(
      dataset: dataset, content: content, views: views, augmentation: augmentation, seed: seed)
    let fingerprint = backbone.fingerprint
    try distribution?.requireAgreement(description(of: plan, batchSize: batchSize))
    let features = try table.withLock { table in
      func open() throws -> FeatureTable {
        try table.flatMap { $0.backbone == fingerprint ? $0 : nil } ?? openTable(fingerprint, distribution)
      }
      var current = try distribution?.together(open) ?? open()
      table = nil
      defer { table = current }
      guard let distribution, distribution.size > 1 else {
        try compute(plan, batchSize, into: &current, progress)
        return current.features(of: plan.keys)
      }
      return try share(plan, batchSize, into: &current, progress, distribution)
    }
    let nonFinite = features.nonFiniteRowCount
    guard nonFinite == 0 else { throw FeatureError.notFinite(nonFinite, of: features.shape[0]) }
    return FeatureDataset(
      features: features, targets: content.targets.gathering(plan.examples), classes: dataset.classes,
      targetMeaning: dataset.targetMeaning,
      sampleWeights: content.weights.map { all in plan.examples.map { all[$0] } }, views: views,
      origin: FeatureOrigin(backbone: fingerprint, preprocessing: dataset.inputMeanings.first??.preprocessing),
      keys: plan.keys, backboneValues: backbone.checksumOfValues)
  }

  /// The features of views that are known.
  ///
  /// - Throws: ``FeatureError/missing(_:of:)``.
  func known(_ keys: [UInt64], _ fingerprint: UInt64) throws -> Tensor<Float> {
    try table.withLock { table in
      let current = try table.flatMap { $0.backbone == fingerprint ? $0 : nil } ?? openTable(fingerprint)
      table = current
      let missing = keys.count { !current.holds($0) }
      guard missing == 0 else { throw FeatureError.missing(missing, of: keys.count) }
      return current.features(of: keys)
    }
  }

  private func openTable(_ fingerprint: UInt64, _ distribution: Distribution? = nil) throws -> FeatureTable {
    let shape = backbone.outputShape ?? []
    guard let file, distribution?.isLeader != false else { return FeatureTable(backbone: fingerprint, shape: shape) }
    try requireWritable(file, by: .safetensors)
    return try FeatureTable(contentsOf: file, backbone: fingerprint, shape: shape)
  }

  /// The number of batches after which the file is written, so that a run that is broken off loses little.
  private static let batchesBetweenWrites = 64

  /// Adds what is missing, and writes the file, also with a part of the examples if another one cannot be read. Batches are
  /// always full, so that a backbone computes each example in the same way whatever stands beside it.
  private func compute(
    _ plan: ViewPlan, _ batchSize: Int, into table: inout FeatureTable, _ progress: (Int, Int) -> Void
  ) throws {
    let missing = plan.parts(batchSize: batchSize) { !table.holds($0) }
    guard !missing.isEmpty else { return }
    let count = missing.reduce(0) { $0 + $1.keys.count }
    var done = 0
    let batches = BatchStream(count: missing.count, workers: Threads.count) { try plan.inputs(missing[$0]) }
    let result = Result {
      for (index, part) in missing.enumerated() {
        guard let inputs = try batches.next()?.inputs else { break }
        table.add(part.keys, try outputs(of: inputs, batchSize))
        done += part.keys.count
        progress(done, count)
        if let file, (index + 1) % Self.batchesBetweenWrites == 0 { try table.write(to: file) }
      }
    }
    if let file, done > 0 { try table.write(to: file) }
    try result.get()
  }

  /// The outputs of the backbone for a batch that is filled up.
  private func outputs(of inputs: Tensor<Float>, _ batchSize: Int) throws -> Tensor<Float> {
    try backbone.checkLookUps([inputs])
    return backbone(Self.filled(inputs, to: batchSize))
  }

  /// What decides the features. The key of a view depends on the example and on how it is changed.
  private func description(of plan: ViewPlan, batchSize: Int) -> RunDescription {
    var description = RunDescription(of: backbone)
    let checksum = String(plan.keys.withUnsafeBytes { xxh64($0) }, radix: 16)
    description.add("data", "\(counted(plan.keys.count, "view")) with checksum \(checksum)")
    description.add("batch size", "\(batchSize)")
    return description
  }

  /// Computes what is missing with other processes, each of which takes every R-th batch, in rounds after which rank 0 writes the
  /// file.
  ///
  /// - Returns: the features of all views, on all ranks.
  private func share(
    _ plan: ViewPlan, _ batchSize: Int, into table: inout FeatureTable, _ progress: (Int, Int) -> Void,
    _ distribution: Distribution
  ) throws -> Tensor<Float> {
    // What rank 0 knows from its file, the others need not compute.
    let missing = try distribution.lead { [table] in plan.parts(batchSize: batchSize) { !table.holds($0) } }
    let count = missing.reduce(0) { $0 + $1.keys.count }
    var done = 0
    for start in stride(from: 0, to: missing.count, by: Self.batchesBetweenWrites) {
      let round = missing[start..<min(start + Self.batchesBetweenWrites, missing.count)]
      let own = round.indices.filter { $0 % distribution.size == distribution.rank }
      let states = try distribution.states {
        let batches = BatchStream(count: own.count, workers: Threads.count) { try plan.inputs(missing[own[$0]]) }
        var state = SavedState()
        for index in own {
          guard let inputs = try batches.next()?.inputs else { break }
          let features = try outputs(of: inputs, batchSize)
          state.tensors["\(index)"] = features.slice(0..<missing[index].keys.count, axis: 0)
        }
        return state
      }
      for index in round.indices {
        let rank = index % distribution.size
        guard let features = states[rank].tensors["\(index)"] else {
          throw SavedStateError(name: "features", reason: "rank \(rank) has sent fewer batches than its share")
        }
        table.add(missing[index].keys, features)
        done += missing[index].keys.count
      }
      if distribution.isLeader { progress(done, count) }
      try distribution.onLeader { [table] in if let file { try table.write(to: file) } }
    }
    let features = try distribution.leadersState { [table] in
      SavedState(values: [:], tensors: ["features": table.features(of: plan.keys)])
    }
    guard let features = features.tensors["features"] else {
      throw SavedStateError(name: "features", reason: "missing in the message of rank 0")
    }
    return features
  }

  private static func filled(_ inputs: Tensor<Float>, to count: Int) -> Tensor<Float> {
    let missing = count - inputs.shape[0]
    return missing == 0
      ? inputs : Tensor(concatenating: [inputs, Tensor(zeros: Shape([missing] + inputs.shape.dropFirst()))])
  }
}
