import ModelFormats
import NN
import Serialization
import Tensor
import TestSupport
import Testing

/// How layers find their modules in a state dict.
@Suite struct PyTorchMatchingTests {
  /// A normalization of PyTorch.
  private func norm(_ name: String, _ count: Int, _ first: Float) -> [(String, Tensor<Float>)] {
    [
      ("\(name).weight", Tensor(repeating: first, shape: [count])),
      ("\(name).bias", Tensor(repeating: first + 1, shape: [count])),
      ("\(name).running_mean", Tensor(repeating: first + 2, shape: [count])),
      ("\(name).running_var", Tensor(repeating: first + 3, shape: [count])),
      ("\(name).num_batches_tracked", Tensor([7])),
    ]
  }

  private func filled(_ shape: Shape, _ value: Float) -> Tensor<Float> { Tensor(repeating: value, shape: shape) }

  private func tensors(_ list: [(String, Tensor<Float>)]) -> [String: Tensor<Float>] {
    Dictionary(uniqueKeysWithValues: list)
  }

  @Test func underscoresStandForDots() throws {
    let model = try Sequential(input: [3, 4, 4]) {
      Conv2D(2, kernelSize: 3, useBias: false).named("blocks_0_conv")
      BatchNorm().named("blocks_0_bn1")
      GlobalAveragePool2D()
      Dense(5).named("fc")
    }
    let weights =
      [("_blocks.0._conv.weight", filled([2, 3, 3, 3], 1))] + norm("_blocks.0._bn1", 2, 2)
      + [("fc.weight", Tensor(shape: [5, 2], scalars: (0..<10).map(Float.init))), ("fc.bias", filled([5], 4))]
    let pairs = try model.load(pyTorch: tensors(weights))
    #expect(pairs == ["blocks_0_conv": "_blocks.0._conv", "blocks_0_bn1": "_blocks.0._bn1", "fc": "fc"])
    #expect(model.state["fc.weight"] == Tensor(shape: [2, 5], scalars: [0, 2, 4, 6, 8, 1, 3, 5, 7, 9]))
    #expect(model.state["blocks_0_bn1.runningVariance"]?.scalars == [5, 5])
  }

  @Test func modelsInsideOfModelsHavePyTorchsNames() throws {
    let block = Sequential {
      Conv2D(2, kernelSize: 1).named("conv")
    }
    let model = try Sequential(input: [3, 4, 4]) { block.named("layer1") }
    // A linear layer means the same as a window of one pixel.
    try model.load(pyTorch: ["layer1.conv.weight": filled([2, 3], 1), "layer1.conv.bias": filled([2], 2)])
    #expect(model.state["layer1.conv.weight"] == filled([2, 3, 1, 1], 1))
  }

  /// PyTorch flattens an image channel by channel. A network of Keras flattens it pixel by pixel.
  @Test func featuresOfAFlattenedImageChangePlaces() throws {
    func network(_ order: ElementOrder) throws -> Sequential {
      try Sequential(input: [2, 3, 2]) {
        Flatten(order: order)
        Dropout(0.5)
        BatchNorm().named("bn")
        Dense(4).named("fc")
      }
    }
    var weights = tensors(norm("bn", 12, 1))
    weights["bn.running_mean"] = Tensor((0..<12).map { Float($0) })
    weights["fc.weight"] = Tensor(shape: [4, 12], scalars: (0..<48).map { Float(($0 * 7) % 11) })
    weights["fc.bias"] = filled([4], 1)
    let (first, last) = (try network(.channelsFirst), try network(.channelsLast))
    try first.load(pyTorch: weights)
    try last.load(pyTorch: weights)
    let images = Tensor<Float>(shape: [1, 2, 3, 2], scalars: (0..<12).map { Float(($0 * 5) % 7) })
    #expect(first.state != last.state)
    #expect(deviation(last(images), from: first(images)) <= 1e-6)
  }

  @Test func nothingIsLeftOverInSilence() throws {
    let model = try Sequential(input: [2]) { Dense(3).named("fc") }
    let before = model.state
    let good: [String: Tensor<Float>] = ["fc.weight": filled([3, 2], 1), "fc.bias": filled([3], 2)]
    func failure(_ change: [String: Tensor<Float>?], _ layers: [String: String] = [:]) -> String {
      var weights = good
      for (name, value) in change { weights[name] = value }
      do { try model.load(pyTorch: weights, layers: layers) } catch { return "\(error)" }
      return ""
    }
    #expect(failure(["fc.bias": nil]).contains("fc.bias"))
    #expect(failure(["fc.scale": filled([3], 1)]).contains("fc.scale"))
    #expect(failure(["aux.weight": filled([3, 2], 1)]).contains("aux.weight"))
    #expect(failure(["fc.weight": filled([4, 2], 1)]).contains("fc.weight has shape [4, 2]"))
    #expect(failure([:], ["fd": "fc"]).contains("fd"))
    #expect(failure([:], ["fc": "fd"]).contains("fd"))
    #expect(model.state == before)
    var other = good
    other["aux.weight"] = filled([1], 1)
    other["fc.weight"] = filled([7, 2], 1)
    try model.load(pyTorch: other, leaving: ["aux", "fc"])
    #expect(model.state == before)
  }

  /// A block with a shortcut of the same shape as its last convolution: only the flow tells them apart.
  private func block(shortcutFirst: Bool) throws -> Model {
    let image = Input([2, 5, 5])
    func way() -> SymbolicValue {
      BatchNorm()(Conv2D(4, kernelSize: 1, useBias: false)(image, name: "way"), name: "way_norm")
    }
    let early = shortcutFirst ? way() : nil
    let first = Conv2D(2, kernelSize: 3, padding: .same, useBias: false)(image, name: "first")
    let last = BatchNorm()(Conv2D(4, kernelSize: 1, useBias: false)(first, name: "last"), name: "last_norm")
    return try Model(input: image, output: Add()([last, early ?? way()]))
  }

  private func blockWeights(_ names: [String]) -> [(String, Tensor<Float>)] {
    [("\(names[0]).weight", filled([2, 2, 3, 3], 0)), ("\(names[1]).weight", filled([4, 2, 1, 1], 1))]
      + norm(names[2], 4, 2) + [("\(names[3]).weight", filled([4, 2, 1, 1], 3))] + norm(names[4], 4, 4)
  }

  @Test(arguments: [false, true]) func theShortcutIsFoundWhereverItIsCalled(shortcutFirst: Bool) throws {
    let model = try block(shortcutFirst: shortcutFirst)
    let names = ["conv1", "conv2", "bn2", "downsample.0", "downsample.1"].map { "layer1.0.\($0)" }
    let weights = blockWeights(names)
    let pairs = try model.load(pyTorch: tensors(weights), matching: .order(weights.map(\.0)))
    #expect(
      pairs == ["first": names[0], "last": names[1], "last_norm": names[2], "way": names[3], "way_norm": names[4]])
    #expect(model.state["way.weight"] == filled([4, 2, 1, 1], 3))
  }

  @Test func whatIsNotCertainIsRefused() throws {
    let model = try block(shortcutFirst: true)
    let weights = blockWeights(["a", "b", "c", "d", "e"])
    func failure(_ weights: [(String, Tensor<Float>)], layers: [String: String] = [:]) -> String {
      do {
        try model.load(pyTorch: tensors(weights), layers: layers, matching: .order(weights.map(\.0)))
        return ""
      } catch { return "\(error)" }
    }
    // Nothing says which of the branches is `d`.
    #expect(failure(weights).contains("do not depend on each other"))
    #expect(failure(weights, layers: ["way": "d"]).contains("do not depend on each other"))
    #expect(failure(weights, layers: ["way": "d", "way_norm": "e"]).isEmpty)
    #expect(failure(weights.filter { $0.0 != "d.weight" }).contains("1 module"))
    #expect(failure(weights + [("f.weight", filled([9], 0))]).contains("f"))

    // A file that lists the last layer first means something else than the order of the data.
    let chain = try Sequential(input: [2]) {
      Dense(3)
      Dense(4)
    }
    let reversed: [(String, Tensor<Float>)] = [
      ("b.weight", filled([4, 3], 0)), ("b.bias", filled([4], 0)), ("a.weight", filled([3, 2], 0)),
      ("a.bias", filled([3], 0)),
    ]
    #expect(throws: PyTorchMatchingError.self) {
      try chain.load(pyTorch: tensors(reversed), matching: .order(reversed.map(\.0)))
    }
    let sorted = reversed.map(\.0).sorted()
    #expect(try chain.load(pyTorch: tensors(reversed), matching: .order(sorted)) == ["dense": "a", "dense_1": "b"])
  }
}
