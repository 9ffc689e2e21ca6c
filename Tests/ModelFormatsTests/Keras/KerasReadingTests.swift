import Autograd
import Foundation
import ModelFormats
import NN
import Serialization
import Tensor
import Testing

/// Models that Keras has written, with what they predict there.
@Suite struct KerasReadingTests {
  @Test(
    arguments: ["3.0.5", "3.15.1"], ["classifier", "trained", "options", "vectors"])
  func predictionsAreThoseOfKeras(version: String, name: String) throws {
    let path = fixturePath("Keras/\(version)/\(name)")
    let model = try Sequential(contentsOf: path + ".keras")
    let x = try Tensor(npyFile: path + ".x.npy")
    let expected = try Tensor(npyFile: path + ".y.npy")
    let predicted = model(x.rank == 4 ? x.permuted([0, 3, 1, 2]) : x)
    #expect(predicted.shape == expected.shape)
    // Sums of some hundred products of numbers near 1, each rounded to 2⁻²⁴.
    #expect((predicted - expected).scalars.allSatisfy { abs($0) <= 1e-5 }, "\(predicted) \(expected)")
  }
}
