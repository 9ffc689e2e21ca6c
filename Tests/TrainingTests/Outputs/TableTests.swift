import Data
import Foundation
import NN
import Optim
import Tensor
import Testing
import Training

/// A classifier of a table from scikit-learn, with a normalization and an embedding, against Keras: see
/// `Fixtures/make_outputs.py`.
@Suite struct TableTests {
  private struct Reference: Decodable {
    let history: [String: [Double]]
    let train: [Int]
    let test: [Int]
  }

  @Test func historyEqualsKeras() throws {
    func file(_ ending: String) throws -> URL {
      try #require(Bundle.module.url(forResource: "wine", withExtension: ending, subdirectory: "Fixtures"))
    }
    let reference = try JSONDecoder().decode(Reference.self, from: Data(contentsOf: file("json")))
    let table = try CSVTable(contentsOf: file("csv").path)
    let names = table.columns.filter { $0 != "grade" && $0 != "cultivar" }
    let numbers = try TensorDataset(rows: table.numbers(names))
    let wines = try CombinedDataset(
      inputs: ["grade": TensorDataset(rows: table.numbers(["grade"])), "numbers": numbers],
      targets: ["cultivar": Targets(classNames: table.column("cultivar"))])
    let (train, test) = (wines.selecting(reference.train), wines.selecting(reference.test))

    let (grade, values) = (Input([1], name: "grade"), Input([12], name: "numbers"))
    let (embedding, normalization) = (Embedding(4, features: 3), DataNorm())
    let (hidden, last) = (Dense(8, activation: .relu), Dense(3, activation: .softmax))
    let joined = concatenate([Flatten()(embedding(grade)), normalization(values)])
    let model = try Model(inputs: [grade, values], outputs: [last(hidden(joined), name: "cultivar")])
    try normalization.adapt(to: numbers.inputs.gathering(reference.train))
    embedding.weight.value = hashed(32, [4, 3], 0.5)
    hidden.weight.value = hashed(33, [15, 8], 0.5)
    hidden.bias?.value = hashed(34, [8], 0.1)
    last.weight.value = hashed(35, [8, 3], 0.5)
    last.bias?.value = hashed(36, [3], 0.1)

    let history = try model.fit(
      train, validation: test, epochs: 6, batchSize: 16, optimizer: Adam(learningRate: 0.01),
      loss: .categoricalCrossEntropy, shuffle: false, progress: .silent)
    expectKeras(history, reference.history)
    #expect(model.classes == ["class_0", "class_1", "class_2"])
  }
}
