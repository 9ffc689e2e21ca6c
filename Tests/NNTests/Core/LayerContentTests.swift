import Autograd
import NN
import Tensor
import Testing

/// What a layer of a user's own holds is found and has values, or the model is refused.
struct LayerContentTests {
  private let start = "layer holder cannot take inputs of shape [4]: its "

  private func message(_ layer: any Layer) -> String {
    do {
      _ = try Sequential(input: [4], layers: [layer, Dense(2)])
      return "made"
    } catch {
      return "\(error)"
    }
  }

  @Test func whatIsNotFoundIsRefused() {
    func expect(_ layer: any Layer, _ text: String) {
      let found = message(layer)
      #expect(found.hasPrefix(start + text + ", where it is neither trained nor saved"), "\(found)")
    }
    expect(Holder([(norm: LayerNorm(), rate: 0.5)]), "content.0 holds the layer LayerNorm in a tuple")
    expect(Holder(Part(rate: 0.5, layer: LayerNorm())), "content holds the layer LayerNorm in a struct")
    expect(Holder(["a": LayerNorm()]), "content holds the layer LayerNorm in a dictionary")
    expect(Holder(Choice.layer(LayerNorm())), "content holds the layer LayerNorm in an enum")
    expect(Holder([1: [Parameter(Tensor(ones: [4]))]]), "content holds a parameter in a dictionary")
    expect(Holder((1, Buffer(Tensor(ones: [4])))), "content holds a buffer in a tuple")
  }

  @Test func aLayerInsideIsLookedIntoToo() {
    // It is built without its name, so that only the layer around it is checked.
    let text = message(Holder([Holder((1, LayerNorm()))]))
    #expect(text.contains("its content.0.content holds the layer LayerNorm in a tuple"), "\(text)")
  }

  @Test func whatIsFoundElsewhereOrHoldsNothingIsAccepted() {
    let norm = LayerNorm()
    #expect(message(Holder([norm], besides: (1, norm))) == "made")
    #expect(message(Holder([norm], besides: ["scale": norm.scale])) == "made")
    #expect(message(Holder([(layer: Dropout(0.5), count: 1)])) == "made")
    #expect(message(Holder(Part(rate: 0.5, layer: nil))) == "made")
    #expect(message(Holder(["a": 1])) == "made")
    #expect(message(Listed(["a": LayerNorm(), "b": LayerNorm()])) == "made")
  }

  @Test func aParameterWithoutAValueIsRefused() throws {
    final class Unset: Layer {
      let weight = Parameter()
      func build(inputShape: Shape, using generator: inout RandomGenerator) throws -> Shape { inputShape }
      func callAsFunction(_ x: Variable<Float>, _ context: Context) -> Variable<Float> { x * context[weight] }
    }
    let text = message(Unset())
    #expect(text.contains("layer unset cannot take inputs of shape [4]: its weight has no value"), "\(text)")
    let inner = message(Holder([Dense(4)], builds: false))
    #expect(inner.hasPrefix(start + "content.0.weight has no value after build"), "\(inner)")
  }
}

private struct Part {
  let rate: Double
  let layer: LayerNorm?
}

private enum Choice {
  case layer(LayerNorm)
}

/// Holds anything, and builds the layers that are in an array.
private final class Holder: Layer {
  let content: Any
  let other: Any
  let builds: Bool

  init(_ content: Any, besides other: Any = 0, builds: Bool = true) {
    (self.content, self.other, self.builds) = (content, other, builds)
  }

  func build(inputShape: Shape, using generator: inout RandomGenerator) throws -> Shape {
    for layer in content as? [any Layer] ?? [] where builds {
      _ = try layer.build(inputShape: inputShape, using: &generator)
    }
    return inputShape
  }

  func callAsFunction(_ x: Variable<Float>, _ context: Context) -> Variable<Float> { x }
}

/// Keeps its layers in a dictionary and lists them itself.
private final class Listed: Layer {
  let layers: [String: LayerNorm]

  init(_ layers: [String: LayerNorm]) { self.layers = layers }

  var children: [(name: String, layer: any Layer)] {
    layers.sorted { $0.key < $1.key }.map { (name: $0.key, layer: $0.value) }
  }

  func build(inputShape: Shape, using generator: inout RandomGenerator) throws -> Shape {
    for (name, layer) in children { _ = try layer.build(as: name, inputShape: inputShape, using: &generator) }
    return inputShape
  }

  func callAsFunction(_ x: Variable<Float>, _ context: Context) -> Variable<Float> { x }
}
