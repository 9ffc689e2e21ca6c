import Autograd
import Data
import NN
import Tensor
import Testing
import Training

/// `fit` warns of a mask that ends at a layer, where a layer behind it would use the mask.
struct EndedMaskTests {
  private final class Own: Layer {
    func build(inputShape: Shape, using generator: inout RandomGenerator) throws -> Shape { inputShape }
    func callAsFunction(_ x: Variable<Float>, _ context: Context) -> Variable<Float> { x }
  }

  private final class Knowing: MaskedLayer {
    func build(inputShape: Shape, using generator: inout RandomGenerator) throws -> Shape { inputShape }
    func callAsFunction(_ x: Variable<Float>, _ context: Context) -> Variable<Float> { x }
  }

  private func warnings(masksZero: Bool = true, _ layers: any Layer...) throws -> [String] {
    let listener = Listener()
    let first: [any Layer] = [Embedding(10, features: 2, masksZero: masksZero), Dense(2)]
    let model = try Sequential(input: [3], layers: first + layers + [Dense(1)])
    let data = try TensorDataset(
      inputs: Tensor(shape: [2, 3], scalars: [1, 2, 0, 3, 0, 0]), targets: Tensor(shape: [2, 1], scalars: [0, 1]))
    try model.fit(data, loss: .meanSquaredError, callbacks: [listener], progress: .silent)
    return listener.warnings
  }

  @Test func aMaskThatALayerBehindWouldUseIsWarnedOf() throws {
    let own = try warnings(Own(), Dropout(0.1), GlobalAveragePool1D())
    #expect(
      own.count == 1 && own[0].hasPrefix("the layer own ends the mask of its input, so global_average_pool1d behind"),
      "\(own)")
    let inside = try warnings(Sequential { Own() }, LSTM(2), Dense(2))
    #expect(inside.count == 1 && inside[0].hasPrefix("the layer sequential.own ends the mask"), "\(inside)")
  }

  @Test func otherModelsAreNot() throws {
    #expect(try warnings(masksZero: false, Own(), GlobalAveragePool1D()).isEmpty)
    #expect(try warnings(Knowing(), GlobalAveragePool1D()).isEmpty)
    #expect(try warnings(Own(), Flatten()).isEmpty)
    #expect(try warnings(GlobalAveragePool1D(), Own()).isEmpty)
  }
}
