import Autograd
import Foundation
import NN
import Tensor
import Testing

/// Each layer with values of its own can be copied.
struct LayerCopiesTests {
  private static var ofImages: [any Layer] {
    [
      Conv2D(4, kernelSize: 3, kernelConstraint: .nonNegative), Conv2DTranspose(2, kernelSize: 3),
      DepthwiseConv2D(kernelSize: 3), SeparableConv2D(4, kernelSize: 3), BatchNorm(momentum: 0.5), GroupNorm(groups: 1),
      LayerNorm(), RMSNorm(), DataNorm(), PReLU(), LayerScale(initialValue: 0.1), Dense(3, actsOnPixels: true),
    ]
  }

  private static var ofSequences: [any Layer] {
    [
      Conv1D(4, kernelSize: 3), Conv1DTranspose(2, kernelSize: 3), DepthwiseConv1D(kernelSize: 2),
      SeparableConv1D(4, kernelSize: 2), SimpleRNN(2), LSTM(2), GRU(2), Bidirectional(GRU(2)),
      TimeDistributed(Dense(2)), MultiHeadAttention(heads: 2, keyFeatures: 2, useGate: true),
    ]
  }

  /// A layer, and what it takes.
  private static var layers: [(any Layer, [Shape])] {
    let others: [(any Layer, [Shape])] = [
      (Conv3D(2, kernelSize: 2), [[4, 2, 5, 5]]), (ConvLSTM2D(2, kernelSize: 2), [[3, 2, 5, 5]]),
      (Embedding(9, features: 3), [[4]]), (Attention(.product, useScale: true), [[4, 3], [5, 3]]),
      (AdditiveAttention(), [[4, 3], [5, 3]]),
    ]
    return ofImages.map { ($0, [[3, 6, 5]]) } + ofSequences.map { ($0, [[6, 3]]) } + others
  }

  @Test func eachLayerIsCopied() throws {
    for (layer, shapes) in Self.layers {
      let inputs = shapes.map { Input($0) }
      let model = try Model(inputs: inputs, outputs: [layer(inputs)], seed: 1)
      for (index, item) in model.namedParameters.enumerated() {
        item.parameter.value += hashed(item.parameter.value.shape, seed: UInt64(index), limit: 0.1)
      }
      let name = "\(type(of: layer))"
      let copy = try model.copy()
      #expect(copy.layers[0] !== layer, "\(name)")
      let own = (model.parameters.map(ObjectIdentifier.init), model.namedBuffers.map { ObjectIdentifier($0.buffer) })
      #expect(Set(copy.parameters.map(ObjectIdentifier.init)).isDisjoint(with: own.0), "\(name)")
      #expect(Set(copy.namedBuffers.map { ObjectIdentifier($0.buffer) }).isDisjoint(with: own.1), "\(name)")
      let batches = shapes.map { (hashed(Shape([2] + $0), seed: 9) as Tensor<Float>).absolute() }
      let before = (model.outputs(of: batches), model.state)
      #expect(copy.outputs(of: batches) == before.0 && copy.state == before.1, "\(name)")
      for parameter in copy.parameters { parameter.update { $0 = $0 + 1 } }
      #expect(model.outputs(of: batches) == before.0 && model.state == before.1, "\(name)")
    }
  }

  /// All types whose source has a parameter or a buffer among its properties are in the list above.
  @Test func noLayerIsMissing() throws {
    let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../../Sources/NN/Layers")
    let files = try #require(FileManager.default.enumerator(at: root, includingPropertiesForKeys: nil))
    let listed = Set(Self.layers.map { "\(type(of: $0.0))" })
    var found = 0
    for case let file as URL in files where file.pathExtension == "swift" {
      let source = try String(contentsOf: file, encoding: .utf8)
      guard source.contains(/\n  public let [a-zA-Z, ]+(: (Parameter|Buffer)\b| = (Parameter|Buffer)\()/),
        let type = source.firstMatch(of: /public final class (\w+)/)?.1
      else { continue }
      found += 1
      #expect(listed.contains(String(type)), "\(type) is not copied in a test")
    }
    #expect(found > 20)
  }
}
