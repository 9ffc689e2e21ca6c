import Data
import NN
import Tensor
import Testing
import Training

/// A program's own data set whose batches are not what it says: an error that tells it, wherever it is met.
@Suite struct OwnDatasetTests {
  /// 12 examples of 3 numbers, with targets of 2 classes. One batch is changed.
  private struct Own: Dataset {
    var inputShape: Shape = [3]
    /// Whether the first example, which is looked at before a training, is as it should be.
    var beginsWell = true
    var change: @Sendable (inout Batch) -> Void = { _ in }
    var saysMeaning = false

    var count: Int { 12 }
    var classes: [String] { saysMeaning ? ["a", "b"] : [] }
    var targetMeaning: TargetMeaning? { saysMeaning ? .oneClass(names: ["a", "b"]) : nil }
    func batch(_ indices: [Int]) throws -> Batch {
      let inputs = indices.flatMap { (index: Int) -> [Float] in [Float(index), Float(index % 3), 1] }
      let targets = indices.flatMap { (index: Int) -> [Float] in index % 2 == 0 ? [1, 0] : [0, 1] }
      var batch = Batch(
        inputs: Tensor(shape: [indices.count, 3], scalars: inputs),
        targets: Tensor(shape: [indices.count, 2], scalars: targets))
      if !beginsWell || indices != [0] { change(&batch) }
      return batch
    }
    func checksum() throws -> UInt64 { 7 }
  }

  private static let changes: [(name: String, change: @Sendable (inout Batch) -> Void)] = [
    ("inputs of another shape", { $0.inputs = Tensor(zeros: [$0.count, 4]) }),
    ("inputs of another rank", { $0.inputs = Tensor(zeros: [$0.count, 3, 1]) }),
    ("a number alone", { $0.inputs = Tensor(scalar: 1) }),
    ("fewer inputs", { $0.inputs = Tensor(zeros: [$0.count - 1, 3]) }),
    ("no inputs", { $0.inputs = Tensor(zeros: [0, 3]) }),
    ("more inputs", { $0.furtherInputs = [$0.inputs] }),
    ("fewer targets", { $0.targets = Tensor(zeros: [$0.count - 1, 2]) }),
    ("targets of three classes", { $0.targets = Tensor(zeros: [$0.count, 3]) }),
    ("targets of another rank", { $0.targets = Tensor(zeros: [$0.count, 2, 2]) }),
    ("one target alone", { $0.targets = Tensor(scalar: 1) }),
    ("targets without elements", { $0.targets = Tensor(zeros: [$0.count, 0]) }),
    ("more targets", { $0.furtherTargets = [$0.targets] }),
    ("targets that are no numbers", { $0.targets = $0.targets * Float.nan }),
    ("fewer weights", { $0.weights = Tensor(zeros: [$0.count - 1]) }),
    ("weights of another rank", { $0.weights = Tensor(zeros: [$0.count, 1]) }),
    ("weights that are no numbers", { $0.weights = Tensor(zeros: [$0.count]) + Float.nan }),
    ("weights below zero", { $0.weights = Tensor(zeros: [$0.count]) - 1 }),
  ]

  private func model() throws -> Sequential {
    try Sequential(input: [3], seed: 1) { Dense(2, activation: .softmax) }
  }

  @Test(arguments: changes.indices, [true, false])
  func fitAndEvaluateThrow(number: Int, beginsWell: Bool) throws {
    let (name, change) = Self.changes[number]
    let good = Own()
    for saysMeaning in [false, true] {
      let wrong = Own(beginsWell: beginsWell, change: change, saysMeaning: saysMeaning)
      let data = Own(saysMeaning: saysMeaning)
      let comment = Comment(rawValue: "\(name) \(saysMeaning)")
      #expect(throws: (any Error).self, comment) {
        try model().fit(wrong, epochs: 1, batchSize: 4, loss: .categoricalCrossEntropy, progress: .silent)
      }
      #expect(throws: (any Error).self, comment) {
        try model().fit(
          data, validation: wrong, epochs: 1, batchSize: 4, loss: .categoricalCrossEntropy, progress: .silent)
      }
      #expect(throws: (any Error).self, comment) {
        try model().evaluate(wrong, batchSize: 4, loss: .categoricalCrossEntropy)
      }
    }
    if name.contains("inputs") {
      #expect(throws: (any Error).self) {
        try model().predict(Own(beginsWell: beginsWell, change: change), batchSize: 4)
      }
    }
    #expect(try model().predict(good, batchSize: 5).shape == [12, 2])
  }

  /// With another loss, which takes numbers as they are.
  @Test(arguments: changes.indices)
  func regressionThrows(number: Int) throws {
    let (name, change) = Self.changes[number]
    if name == "targets that are no numbers" { return }
    let wrong = Own(change: change)
    let model = try Sequential(input: [3], seed: 1) { Dense(2) }
    #expect(throws: (any Error).self, Comment(rawValue: name)) {
      try model.fit(wrong, epochs: 1, batchSize: 4, loss: .meanSquaredError, progress: .silent)
    }
  }

  @Test func saysWhatIsWrong() throws {
    let wrong = Own(change: { $0.inputs = Tensor(zeros: [$0.count, 4]) })
    let error = #expect(throws: DatasetError.self) {
      try model().fit(wrong, epochs: 1, batchSize: 4, loss: .categoricalCrossEntropy, progress: .silent)
    }
    #expect(
      error?.description
        == "a batch of the data set: found inputs of shape [4, 4], expected [4, 3], as the data set says")
    let few = Own(change: { $0.targets = Tensor(zeros: [$0.count - 1, 2]) })
    let other = #expect(throws: DatasetError.self) { try BatchLoader(few, batchSize: 4).batches(epoch: 0).next() }
    #expect(
      other?.description
        == "a batch of the data set: found targets of shape [3, 2], expected [4, …], as the data set says")
  }

  /// Photos with fewer rows than were asked for are not read beyond their end.
  @Test func changedPhotosAreChecked() throws {
    struct Photos: Dataset {
      var inputShape: Shape { [3, 4, 4] }
      var count: Int { 8 }
      var classes: [String] { [] }
      func batch(_ indices: [Int]) -> Batch {
        Batch(inputs: Tensor(zeros: [1, 3, 4, 4]), targets: Tensor(zeros: [indices.count, 2]))
      }
      func checksum() -> UInt64 { 0 }
    }
    let loader = try BatchLoader(Photos(), batchSize: 4, augmentation: Augmentation(horizontalFlip: true))
    #expect(throws: DatasetError.self) { try loader.batches(epoch: 0).next() }
  }
}
