import Autograd
import NN
import Tensor
import TestSupport
import Testing

/// A part of a model that is called on inputs of several shapes has the shapes of each call.
struct SharedPartsTests {
  /// Two lists of numbers of different lengths that share a table, which makes masks.
  private func twoLists(_ part: any Layer) throws -> Model {
    let lists = [Input([5]), Input([7])]
    let means = lists.map { GlobalAveragePool1D()(part($0)) }
    return try Model(inputs: lists, outputs: [concatenate(means)], seed: 3)
  }

  private let lists: [Tensor<Float>] = [
    Tensor(shape: [2, 5], scalars: [1, 4, 0, 0, 0, 7, 2, 3, 0, 0]),
    Tensor(shape: [2, 7], scalars: [9, 4, 2, 0, 0, 0, 0, 8, 2, 3, 1, 6, 5, 0]),
  ]

  /// A chain without an input of its own, alone and inside another one.
  @Test(arguments: [false, true]) func masksHaveTheLengthsOfTheirCalls(isInside: Bool) throws {
    let table = Embedding(50, features: 4, masksZero: true)
    let part = Sequential { table }
    let shared = try twoLists(isInside ? Sequential { part } : part)
    let plain = try twoLists(table)
    #expect(shared.outputs(of: lists) == plain.outputs(of: lists))
    #expect(try shared.copy().outputs(of: lists) == plain.outputs(of: lists))
    let inputs = lists.map { Variable($0) }
    let pairs = [shared, plain].map { $0.outputs(of: inputs, Context(.training))[0].sum().gradients()[table.weight] }
    #expect(try #require(pairs[0]) == #require(pairs[1]))
  }

  /// A fully connected layer acts on features in one call and on pixels in the other, whichever comes first.
  @Test(arguments: [false, true]) func featuresAndPixels(pixelsFirst: Bool) throws {
    let dense = Dense(4, activation: .relu, actsOnPixels: true)
    let part = Sequential {
      Sequential { dense }
      ActivationLayer(.tanh)
    }
    let inputs = [Input([8]), Input([8, 5, 5])]
    let order = pixelsFirst ? [1, 0] : [0, 1]
    var results: [Int: SymbolicValue] = [:]
    for number in order { results[number] = part(inputs[number]) }
    let outputs = try order.map { try #require(results[$0]) }
    let model = try Model(inputs: order.map { inputs[$0] }, outputs: outputs, seed: 2)
    let batches: [Tensor<Float>] = [sample([2, 8]), sample([2, 8, 5, 5])]
    let found = model.outputs(of: order.map { batches[$0] })
    for (result, number) in zip(found, order) {
      let expected = dense(Variable(batches[number]), Context(.inference)).tanh().value
      // Sums of 8 products in another order, each rounded once.
      #expect(deviation(result, from: expected) < 8 * 0x1p-24)
      #expect(part(batches[number]).shape == expected.shape)
      #expect(deviation(part(batches[number]), from: expected) < 8 * 0x1p-24)
    }
    let shapes = order.map { ([[4], [4, 5, 5]] as [Shape])[$0] }
    #expect(model.outputShapes == shapes)
    #expect(model.innerLayers.map(\.outputShape) == [shapes[1], shapes[1]])
    #expect(model.multiplyAdds == 8 * 4 * (1 + 25))
  }

  /// A part that is computed again on the way back has masks of its own in each call.
  @Test func recomputedParts() throws {
    let table = Embedding(50, features: 4, masksZero: true)
    let part = Recomputed(
      Sequential {
        table
        GlobalAveragePool1D()
      })
    let inputs = [Input([5]), Input([7])]
    let model = try Model(inputs: inputs, outputs: [concatenate(inputs.map { part($0) })], seed: 3)
    let plain = try twoLists(table)
    #expect(model.outputs(of: lists) == plain.outputs(of: lists))
  }
}
