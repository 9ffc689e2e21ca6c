import Data
import Tensor
import Testing

@Suite struct TensorDatasetTests {
  @Test func gathersRows() throws {
    let inputs = Tensor<Float>(shape: [3, 2, 2], scalars: (0..<12).map { Float($0) })
    let dataset = try TensorDataset(inputs: inputs, targets: Tensor([7, 8, 9]))
    #expect(dataset.count == 3 && dataset.inputShape == [2, 2])
    let batch = dataset.batch([2, 0])
    #expect(batch.inputs == Tensor(shape: [2, 2, 2], scalars: [8, 9, 10, 11, 0, 1, 2, 3]))
    #expect(batch.targets == Tensor([9, 7]))
    #expect(batch.count == 2)
  }

  @Test func readsViews() throws {
    let inputs = Tensor<Float>(shape: [2, 3], scalars: [1, 2, 3, 4, 5, 6]).transposed()
    let dataset = try TensorDataset(inputs: inputs, targets: inputs)
    #expect(dataset.batch([1]).inputs.scalars == [2, 5])
  }

  @Test func refusesDifferentCounts() {
    #expect(throws: DatasetError.countsDiffer(inputs: 3, targets: 2)) {
      try TensorDataset(inputs: Tensor(zeros: [3, 1]), targets: Tensor(zeros: [2]))
    }
  }

  @Test func refusesNoInputsAndNoTargets() {
    let tensor = Tensor<Float>(zeros: [3, 1])
    #expect(throws: DatasetError.missingParts(inputs: 1, targets: 0)) {
      try TensorDataset(inputs: [tensor], targets: [])
    }
    #expect(throws: DatasetError.missingParts(inputs: 0, targets: 1)) {
      try TensorDataset(inputs: [:], targets: ["price": tensor])
    }
  }
}
