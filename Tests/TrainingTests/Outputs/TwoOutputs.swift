import Data
import Foundation
import NN
import Tensor
import Testing
import Training

/// What Keras computed; see `Fixtures/make_outputs.py`.
struct OutputsFixture: Decodable {
  let runs: [String: [String: [Double]]]

  static func load() throws -> OutputsFixture {
    let url = try #require(Bundle.module.url(forResource: "outputs", withExtension: "json", subdirectory: "Fixtures"))
    return try JSONDecoder().decode(OutputsFixture.self, from: Data(contentsOf: url))
  }
}

/// A photo and three numbers as inputs, a class and a number as outputs: the model and the data of `make_outputs.py`.
enum TwoOutputs {
  static let photos = hashed(11, [52, 3, 8, 8], 1)
  static let sizes = hashed(12, [52, 3], 1)
  static let kinds = Tensor<Float>(
    oneHot: Tensor(hashed(13, [52], 3).scalars.map { abs($0).rounded(.down) }), classCount: 3)
  static let prices = hashed(14, [52, 1], 2)
  static let weights: [Float] = {
    var weights = hashed(15, [52], 3).scalars.map { abs($0) }
    weights[5] = 0
    return weights
  }()

  static func model() throws -> Model {
    let (photo, size) = (Input([3, 8, 8], name: "photo"), Input([3], name: "size"))
    let conv = Conv2D(4, kernelSize: 3, padding: .same, activation: .relu)
    let shared = Dense(6, activation: .relu)
    let (kind, price) = (Dense(3, activation: .softmax), Dense(1))
    let features = shared(concatenate([GlobalAveragePool2D()(conv(photo)), size]))
    let model = try Model(
      inputs: [photo, size], outputs: [kind(features, name: "kind"), price(features, name: "price")])
    conv.weight.value = hashed(1, [4, 3, 3, 3], 0.4)
    conv.bias?.value = hashed(2, [4], 0.1)
    shared.weight.value = hashed(3, [7, 6], 0.6)
    shared.bias?.value = hashed(4, [6], 0.1)
    kind.weight.value = hashed(5, [6, 3], 0.6)
    kind.bias?.value = hashed(6, [3], 0.1)
    price.weight.value = hashed(7, [6, 1], 0.6)
    price.bias?.value = hashed(8, [1], 0.1)
    return model
  }

  /// The data in the order of the model's inputs and outputs.
  static func data(_ rows: Range<Int>, isWeighted: Bool = false) throws -> TensorDataset {
    try TensorDataset(
      inputs: [photos[rows], sizes[rows]], targets: [kinds[rows], prices[rows]],
      sampleWeights: isWeighted ? Array(weights[rows]) : nil)
  }

  /// The same in another order, by name.
  static func named(_ rows: Range<Int>) throws -> TensorDataset {
    try TensorDataset(
      inputs: ["size": sizes[rows], "photo": photos[rows]], targets: ["price": prices[rows], "kind": kinds[rows]])
  }
}

/// Compares a history with that of Keras. Three epochs of three steps in single precision: the losses drift apart by a few
/// parts in ten thousand at most, as those of ``FitTests``.
func expectKeras(_ history: History, _ reference: [String: [Double]], leavingOut others: Set<String> = []) {
  for (name, expected) in reference where !others.contains(name) {
    let found = history[name.replacing("price_mae", with: "price_mean_absolute_error")]
    #expect(found.count == expected.count, "\(name), known are \(history.names)")
    for (found, expected) in zip(found, expected) {
      #expect(abs(found - expected) < 2e-4 * max(1, abs(expected)), "\(name): \(found), Keras has \(expected)")
    }
  }
}
