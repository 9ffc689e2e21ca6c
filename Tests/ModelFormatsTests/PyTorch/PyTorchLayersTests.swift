import Foundation
import ModelFormats
import NN
import Tensor
import TestSupport
import Testing

/// Layers that PyTorch keeps in another form, against its formulas.
@Suite struct PyTorchLayersTests {
  /// A number for each place, in no order.
  private func numbers(_ shape: Shape, _ seed: Int) -> Tensor<Float> {
    Tensor(shape: shape, scalars: (0..<shape.elementCount).map { Float(($0 * 37 + seed * 11) % 23) / 23 - 0.5 })
  }

  /// x Wᵀ + b for each row of x, as `nn.Linear` computes it.
  private func linear(_ x: [[Double]], _ weight: Tensor<Float>, _ bias: Tensor<Float>) -> [[Double]] {
    let (outputs, inputs) = (weight.shape[0], weight.shape[1])
    return x.map { row in
      (0..<outputs).map { output in
        (0..<inputs).reduce(Double(bias.scalars[output])) {
          $0 + row[$1] * Double(weight.scalars[output * inputs + $1])
        }
      }
    }
  }

  /// softmax(q kᵀ / √d) v of one head.
  private func attended(_ q: [[Double]], _ k: [[Double]], _ v: [[Double]]) -> [[Double]] {
    func product(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
    return q.map { query in
      let shares = k.map { exp(product(query, $0) / Double(query.count).squareRoot()) }
      let sum = shares.reduce(0, +)
      return v[0].indices.map { column in product(shares, v.map { $0[column] }) / sum }
    }
  }

  /// The weights are square, so that nothing but the answer tells one from its transpose.
  @Test(arguments: [false, true]) func projectionsOfAnAttentionAreLinearLayers(isMapped: Bool) throws {
    let model = try Sequential(input: [3, 4]) { MultiHeadAttention(heads: 1, keyFeatures: 4).named("attention") }
    let parts = ["query", "key", "value", "output"]
    let modules = isMapped ? ["self.query", "self.key", "self.value", "output.dense"] : parts.map { "attention.\($0)" }
    var tensors: [String: Tensor<Float>] = [:]
    for (index, module) in modules.enumerated() {
      tensors["\(module).weight"] = numbers([4, 4], index)
      tensors["\(module).bias"] = numbers([4], index + 4)
    }
    let map = Dictionary(uniqueKeysWithValues: zip(parts.map { "attention.\($0)" }, modules))
    try model.load(pyTorch: tensors, layers: isMapped ? map : [:])

    let x = numbers([1, 3, 4], 9)
    let rows = (0..<3).map { row in x.scalars[row * 4..<row * 4 + 4].map(Double.init) }
    let made = try modules.prefix(3).map { module in
      linear(rows, try #require(tensors["\(module).weight"]), try #require(tensors["\(module).bias"]))
    }
    let (weight, bias) = (numbers([4, 4], 3), numbers([4], 7))
    let expected = linear(attended(made[0], made[1], made[2]), weight, bias).joined().map { Float($0) }
    #expect(deviation(model(x), from: Tensor(shape: [1, 3, 4], scalars: Array(expected))) <= 1e-5)
  }

  /// `nn.PReLU` has one slope, or one for each channel, behind whatever it stands.
  @Test(
    arguments: [
      (input: [3, 2, 2], shared: [1, 2]), (input: [3, 2, 2], shared: [0, 1, 2]), (input: [5, 3], shared: [0]),
      (input: [5, 3], shared: [0, 1]), (input: [3], shared: []), (input: [3], shared: [0]),
      (input: [2, 3, 2, 2], shared: [0, 2, 3]),
    ] as [(input: [Int], shared: [Int])])
  func slopesFit(input: [Int], shared: [Int]) throws {
    let model = try Sequential(input: Shape(input)) { PReLU(sharedAxes: shared).named("act") }
    let slopes: [Float] = shared.count == input.count ? [0.5] : [0.5, 0.25, 2]
    for matching in [PyTorchMatching.names, .order(["act.weight"])] {
      try model.load(pyTorch: ["act.weight": Tensor(repeating: 0, shape: [slopes.count])])
      try model.load(pyTorch: ["act.weight": Tensor(slopes)], matching: matching)
      let x = Tensor<Float>(repeating: -1, shape: Shape([1] + input))
      // The channels of an image, the features of anything else.
      let lines = input.count > 2 ? 4 : 1
      let expected = x.scalars.indices.map { -slopes[$0 / lines % slopes.count] }
      #expect(model(x).scalars == expected)
    }
    #expect(throws: StateError.self) { try model.load(pyTorch: ["act.weight": Tensor([1, 2])]) }
  }

  /// One slope has no order of features, which the weight behind it has.
  @Test func oneSlopeStandsBehindAFlattenedImage() throws {
    let model = try Sequential(input: [2, 2, 1]) {
      Flatten(order: .channelsLast)
      PReLU(sharedAxes: [0]).named("act")
      Dense(1, useBias: false).named("fc")
    }
    try model.load(pyTorch: [
      "act.weight": Tensor([0.5]), "fc.weight": Tensor(shape: [1, 4], scalars: [1, 10, 100, 1000]),
    ])
    let x = Tensor<Float>(shape: [1, 2, 2, 1], scalars: [-2, 3, 4, -6])
    #expect(model(x).scalars == [-1 + 30 + 400 - 3000])
  }
}
