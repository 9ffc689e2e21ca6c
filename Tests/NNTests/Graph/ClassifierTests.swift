import NN
import Tensor
import TestSupport
import Testing

/// Networks without their classifiers.
@Suite struct ClassifierTests {
  private let image: SymbolicValue
  private let maps: SymbolicValue

  init() {
    image = Input([3, 8, 8])
    maps = Conv2D(5, kernelSize: 3, stride: 2, padding: .same)(image)
  }

  private func x(_ shape: Shape = [2, 3, 8, 8]) -> Tensor<Float> {
    var generator = RandomGenerator(seed: 1)
    return Tensor(uniform: shape, using: &generator)
  }

  @Test func whatComesBehindAGlobalPoolingIsLeftOut() throws {
    let features = GlobalAveragePool2D()(maps)
    let scores = Dense(4, activation: .softmax)(Dropout(0.2)(Dense(6, activation: .relu)(features)))
    let model = try Model(input: image, output: scores)
    model.metadata = ["preprocessing": "bytes", "classes": "four"]
    let backbone = try model.withoutClassifier()
    #expect(backbone.outputShape == [5])
    #expect(backbone.metadata == ["preprocessing": "bytes"])
    #expect(backbone(x()) == (try Model(input: image, output: features))(x()))
    // The values are shared.
    #expect(backbone.parameters.allSatisfy { part in model.parameters.contains { $0 === part } })
  }

  @Test func flattenAndPoolingsThatKeepTheirAxesEndThemToo() throws {
    let flat = try Model(input: image, output: Dense(3)(Dense(7)(Flatten()(maps)))).withoutClassifier()
    #expect(flat.outputShape == [80])
    // As in MobileNet: the classifier is a convolution.
    let pooled = GlobalAveragePool2D(keepsAxes: true)(maps)
    let model = try Model(
      input: image, output: ActivationLayer(.softmax)(Reshape([3])(Conv2D(3, kernelSize: 1)(Dropout(0.1)(pooled)))))
    let backbone = try model.withoutClassifier()
    #expect(backbone.outputShape == [5])
    #expect(backbone(x()) == (try Model(input: image, output: Flatten()(pooled)))(x()))
  }

  @Test func mapsOfOnePixelArePooledToo() throws {
    let small = Input([3, 2, 2])
    let maps = Conv2D(5, kernelSize: 3, stride: 2, padding: .same)(small)
    let model = try Model(input: small, output: Dense(3)(GlobalAveragePool2D()(maps)))
    #expect(try model.withoutClassifier().names.last == "global_average_pool2d")
  }

  @Test func featureMapsBecomeTheirMeans() throws {
    let backbone = try Model(input: image, output: maps).withoutClassifier()
    #expect(backbone.outputShape == [5])
    #expect(deviation(backbone(x()), from: (try Model(input: image, output: maps))(x()).mean([2, 3])) < 1e-6)
  }

  @Test func modelsWithoutFeatureMapsAreRefused() throws {
    let numbers = Input([4])
    let table = try Model(input: numbers, output: Dense(2)(Dense(3)(numbers)))
    #expect(throws: ModelError.noFeatureMaps(reason: "no layer makes its vector of feature maps alone")) {
      try table.withoutClassifier()
    }
    let both = GlobalAveragePool2D()(maps)
    let two = try Model(inputs: [image], outputs: [Dense(2)(both), Dense(3)(both)])
    #expect(throws: ModelError.self) { try two.withoutClassifier() }
    let words = Input([7, 4])
    #expect(throws: ModelError.self) { try Model(input: words, output: Dense(2)(words)).withoutClassifier() }
  }
}
