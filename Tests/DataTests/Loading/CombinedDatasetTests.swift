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

  @Test func weightsFollowTheCombinatorsOfSources() throws {
    let source = try Examples([[Float(0)], [1], [2]], [0 as Float, 1, 2])
    let weighted = try source.weighted(by: [0, 1, 2])
    #expect(weighted.selecting([2, 0]).sampleWeights == [2, 0])
    #expect(weighted.mapTargets { $0 + 1 }.sampleWeights == [0, 1, 2])
    #expect(try weighted.followed(by: source.weighted(by: [3, 4, 5])).sampleWeights == [0, 1, 2, 3, 4, 5])
    #expect(throws: DatasetError.sampleWeightCount(found: 1, expected: 3)) { try source.weighted(by: [1]) }
  }
}
