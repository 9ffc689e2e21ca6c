import Autograd
import ModelFormats
import NN
import Serialization
import Tensor
import Testing

/// The gradients of operators that become layers of the reader's own, against differences.
@Suite struct ONNXGradientTests {
  struct Case: CustomTestStringConvertible {
    let operation: String
    /// What is added to the elements, which lie within 0.75 of 0 and 1/16 apart.
    var shift: Float = 0
    var options: [String: [Int]] = [:]
    var flags: [String: Int] = [:]
    /// The second input, a whole number or a list of one.
    var number: (lengths: [Int], value: Int)?

    var testDescription: String { "\(operation) \(options) \(flags)" }
  }

  static let cases: [Case] =
    [
      Case(operation: "TopK", flags: ["axis": 1], number: ([1], 2)),
      Case(operation: "TopK", flags: ["axis": -1, "largest": 0], number: ([1], 3)),
      Case(operation: "CumSum", number: ([], 1)),
      Case(operation: "CumSum", flags: ["exclusive": 1, "reverse": 1], number: ([], -1)),
      Case(operation: "LRN", flags: ["size": 3]),
      Case(operation: "ReduceProd", options: ["axes": [1]]),
      Case(operation: "ReduceProd", options: ["axes": [1, 2]]),
      Case(operation: "ReduceLogSum", shift: 1, options: ["axes": [2]]),
      Case(operation: "Trilu", number: ([], 1)),
      Case(operation: "Acosh", shift: 2),
    ] + ["Tan", "Asin", "Acos", "Sinh", "Cosh", "Asinh", "Atanh"].map { Case(operation: $0) }

  /// Two examples [3, 4]. One element of each lot of a product is 0 or near it.
  private static func input(_ shift: Float) -> Tensor<Float> {
    Tensor(shape: [2, 3, 4], scalars: (0..<24).map { Float($0 * 7 % 24 - 12) / 16 + shift })
  }

  @Test(arguments: cases) func gradientsAreDifferences(_ item: Case) throws {
    var file = ONNXFile()
    file.addInput("x", [nil, 3, 4])
    if let number = item.number { file.addWeight("number", number.lengths, integers: [number.value]) }
    let inputs = item.number == nil ? ["x"] : ["x", "number"]
    file.addNode(item.operation, inputs, "y", item.options, flags: item.flags)
    let model = try Model(onnx: file.bytes(output: "y"), path: "x.onnx")

    let x = Self.input(item.shift)
    let variable = Variable(tracking: x)
    let output = model.outputs(of: [variable], Context(.training))[0]
    let upstream = Tensor<Float>(
      shape: output.shape, scalars: (0..<output.value.count).map { Float($0 * 5 % 7 - 3) / 4 })
    let gradients = (output * Variable(upstream)).sum().gradients()
    let found = try #require(gradients[variable]).scalars

    func weighted(_ x: Tensor<Float>) -> Double {
      zip(model(x).scalars, upstream.scalars).reduce(0) { $0 + Double($1.0) * Double($1.1) }
    }
    let step: Float = 1 / 128
    let differences = x.scalars.indices.map { index -> Double in
      let ends = [step, -step].map { move -> Double in
        var scalars = x.scalars
        scalars[index] += move
        return weighted(Tensor(shape: x.shape, scalars: scalars))
      }
      return (ends[0] - ends[1]) / Double(2 * step)
    }
    // A difference misses a third derivative times step² / 6, and results of a few units are rounded to 2⁻²³ of them.
    let largest = max(differences.map(abs).max() ?? 0, 1)
    for (found, difference) in zip(found, differences) {
      #expect(abs(Double(found) - difference) <= 0.005 * largest, "\(item.testDescription)")
    }
  }
}
