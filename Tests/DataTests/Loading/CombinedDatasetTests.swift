import Data
import Tensor
import Testing

@Suite struct CombinedDatasetTests {
  private let numbers = (0..<6).map { [Float($0), Float(10 * $0)] }

  private func rows(_ range: Range<Int> = 0..<6) throws -> TensorDataset {
    try TensorDataset(rows: Array(numbers[range]))
  }

  private func prices(_ count: Int = 6) throws -> TensorDataset {
    try TensorDataset(
      Examples((0..<count).map { [Float($0) / 2] }, (0..<count).map { Float($0) }).weighted(
        by: (0..<count).map { Float($0) + 1 }))
  }

  @Test func partsFollowEachOther() throws {
    let data = try CombinedDataset(inputs: ["row": rows(), "half": prices()])
    #expect(data.count == 6 && data.inputShapes == [[2], [1]] && data.inputNames == ["row", "half"])
    #expect(data.targetMeaning == .numbers(names: ["value"], scaling: nil) && data.targetNames.isEmpty)
    let batch = try data.selecting([4, 1, 4]).batch([2, 1])
    #expect(batch.allInputs.map(\.scalars) == [[4, 40, 1, 10], [2, 0.5]])
    #expect(batch.targets.scalars == [4, 1])
    #expect(batch.weights?.scalars == [5, 2])
    let (train, test) = try data.split(testShare: 0.5, seed: 3)
    #expect(train.count == 3 && test.count == 3)
    #expect(try train.checksum() != test.checksum())
    #expect(try data.checksum() == CombinedDataset(inputs: ["row": rows(), "half": prices()]).checksum())
  }

  @Test func targetsHaveTheirNames() throws {
    let data = try CombinedDataset(
      inputs: ["row": rows()],
      targets: [
        "kind": Targets(classNames: ["a", "b", "a", "b", "a", "b"]), "price": Targets(numbers: numbers.map { [$0[1]] }),
      ], labelModes: ["kind": .index], sampleWeights: [1, 2, 3, 4, 5, 6])
    #expect(data.targetNames == ["kind", "price"] && data.classes == ["a", "b"])
    let batch = try data.batch([5, 0])
    #expect(batch.allTargets.map(\.scalars) == [[1, 0], [50, 0]])
    #expect(batch.weights?.scalars == [6, 1])
  }

  @Test func whatIsUnclearIsRefused() throws {
    #expect(throws: DatasetError.partsDiffer(["row": 5, "half": 6])) {
      try CombinedDataset(inputs: ["row": rows(0..<5), "half": prices()])
    }
    #expect(throws: DatasetError.targetsOfParts([])) { try CombinedDataset(inputs: ["row": rows()]) }
    #expect(throws: DatasetError.targetsOfParts(["a", "b"])) {
      try CombinedDataset(inputs: ["a": prices(), "b": prices()])
    }
    #expect(throws: DatasetError.weightsTwice(["a", "b"])) {
      try CombinedDataset(
        inputs: ["a": prices(), "b": prices()], targets: ["kind": Targets(numbers: numbers)])
    }
    #expect(throws: DatasetError.repeatedPart("row")) {
      try CombinedDataset(inputs: ["row": rows(), "row": prices()])
    }
    #expect(throws: TargetValueError.self) {
      try CombinedDataset(
        inputs: ["row": rows()], targets: ["price": Targets(numbers: numbers)], labelModes: ["price": .index])
    }
    #expect(
      "\(DatasetError.partsDiffer(["row": 5, "half": 6]))"
        == "dataset: found 6 of half, 5 of row, expected as many examples of each")
  }

  /// Two inputs of a part would be one input of the model.
  @Test func aPartHasOneInput() throws {
    let two = try TensorDataset(
      inputs: [Tensor(zeros: [6, 2]), Tensor(zeros: [6, 3])], targets: [Tensor(zeros: [6])])
    let error = #expect(throws: DatasetError.severalInputs("both", count: 2)) {
      try CombinedDataset(inputs: ["row": rows(), "both": two])
    }
    #expect("\(error as Any)".contains("found 2 inputs in the part both, expected one"))
  }

  @Test func formsOfTargetsThatAreNotThereAreRefused() throws {
    let kinds = try Targets(classNames: ["a", "b", "a", "b", "a", "b"])
    #expect(throws: DatasetError.modesOfNoTargets(["Kind", "size"], targets: ["kind"])) {
      try CombinedDataset(
        inputs: ["row": rows()], targets: ["kind": kinds],
        labelModes: ["size": .index, "kind": .index, "Kind": .index])
    }
    #expect(throws: DatasetError.modesOfNoTargets(["kind"], targets: [])) {
      try CombinedDataset(inputs: ["row": rows(), "half": prices()], labelModes: ["kind": .index])
    }
  }

  /// Six numbers whose weights stand in the batches; said beforehand or not.
  private struct Own: Dataset {
    let saysWeights: Bool
    var inputShape: Shape { [1] }
    var count: Int { 6 }
    var classes: [String] { [] }
    var targetMeaning: TargetMeaning? { .unknown }
    var sampleWeights: [Float]? { saysWeights ? (0..<6).map { Float($0) + 10 } : nil }
    func batch(_ indices: [Int]) -> Batch {
      let numbers = Tensor(shape: [indices.count, 1], scalars: indices.map { Float($0) })
      return Batch(inputs: numbers, targets: numbers, weights: Tensor(indices.map { Float($0) + 10 }))
    }
    func checksum() -> UInt64 { 0 }
  }

  @Test(arguments: [false, true]) func weightsInBatchesCount(saysWeights: Bool) throws {
    let targets = try Targets(numbers: numbers)
    let data = try CombinedDataset(
      inputs: ["row": rows(), "own": Own(saysWeights: saysWeights)], targets: ["price": targets])
    #expect(try data.selecting([4, 1, 5]).batch([2, 0]).weights?.scalars == [15, 14])
    let given = try CombinedDataset(
      inputs: ["own": Own(saysWeights: saysWeights)], targets: ["price": targets], sampleWeights: [1, 2, 3, 4, 5, 6])
    #expect(try given.batch([3]).weights?.scalars == [4])
    #expect(throws: DatasetError.weightsTwice(["own", "half"])) {
      try CombinedDataset(
        inputs: ["own": Own(saysWeights: saysWeights), "half": prices()], targets: ["price": targets]
      ).batch([0])
    }
  }

  /// A photo that occurs twice is on one side, in either input; so is what shares a copy with it in the other one.
  @Test func copiesOfAPhotoStayOnOneSide() throws {
    func photos(_ kinds: [UInt8]) throws -> ImageDataset {
      let items = kinds.enumerated().map { number, kind in
        Photo.pixels(Image(width: 2, height: 2, pixels: [UInt8](repeating: kind, count: 12)), name: "\(number)")
      }
      return try PhotoSet(Examples(items, kinds.map { _ in Float(0) }), imageSize: 2).images
    }
    let (front, back): ([UInt8], [UInt8]) = ([1, 1, 2, 3, 4, 5, 6, 7, 8, 9], [11, 12, 12, 13, 14, 15, 16, 17, 18, 13])
    let numbers = try TensorDataset(rows: (0..<10).map { [Float($0)] })
    let data = try CombinedDataset(
      inputs: ["front": photos(front), "back": photos(back), "number": numbers],
      targets: ["price": Targets(numbers: (0..<10).map { [Float($0)] })])
    var parted = 0
    for seed in 0..<20 as Range<UInt32> {
      let (train, test) = try data.split(testShare: 0.3, seed: seed, keepingDuplicatesTogether: true)
      let sides = try [train, test].map { part in
        try part.batch(Array(0..<part.count)).targets.scalars.map { Int($0) }
      }
      #expect(sides.joined().sorted() == Array(0..<10))
      for group in [[0, 1, 2], [3, 9]] { #expect(sides.contains { Set(group).isSubset(of: $0) }) }
      let plain = try data.split(testShare: 0.3, seed: seed).test
      let rows = try Set(plain.batch(Array(0..<plain.count)).targets.scalars.map { Int($0) })
      if !rows.isDisjoint(with: [3, 9]), !rows.isSuperset(of: [3, 9]) { parted += 1 }
    }
    #expect(parted > 0)
  }

  @Test func weightsFollowTheCombinatorsOfSources() throws {
    let source = try Examples([[Float(0)], [1], [2]], [0 as Float, 1, 2])
    let weighted = try source.weighted(by: [0, 1, 2])
    #expect(weighted.selecting([2, 0]).sampleWeights == [2, 0])
    #expect(weighted.mapTargets { $0 + 1 }.sampleWeights == [0, 1, 2])
    #expect(try weighted.followed(by: source.weighted(by: [3, 4, 5])).sampleWeights == [0, 1, 2, 3, 4, 5])
    #expect(throws: DatasetError.sampleWeightCount(found: 1, expected: 3)) { try source.weighted(by: [1]) }
  }
}
