import Autograd
import NN
import Tensor
import Testing

/// A layer and the shapes of its inputs, to be compared with Keras; see `keras_cases.py`.
struct KerasCase: Sendable {
  /// What Keras gives.
  struct Reference: Decodable {
    let shape: [Int]
    let output: [Double]
    /// With respect to the inputs and each parameter.
    let gradients: [[Double]]
  }

  let name: String
  let layer: any Layer & Sendable
  let shapes: [Shape]
  let limit: Float

  init(_ name: String, _ layer: any Layer & Sendable, _ shapes: Shape..., limit: Float = 1) {
    (self.name, self.layer, self.shapes, self.limit) = (name, layer, shapes, limit)
  }

  /// Expects the case of that name to be as in a committed JSON file.
  static func expectKeras(
    _ name: String, of cases: [KerasCase], in file: String, tolerance: Double = LayersAgainstKerasTests.tolerance
  ) throws {
    let references: [String: Reference] = try references(file)
    let layerCase = try #require(cases.first { $0.name == name })
    try layerCase.expectKeras(#require(references[name]), tolerance: tolerance)
  }

  /// Builds the layer and expects its output and all gradients to be those of Keras.
  func expectKeras(_ reference: Reference, tolerance: Double = LayersAgainstKerasTests.tolerance) throws {
    var generator = RandomGenerator(seed: 0)
    let built = try layer.build(inputShapes: shapes.map { Shape($0.dropFirst()) }, using: &generator)
    for (index, parameter) in layer.parameters.enumerated() {
      parameter.value = hashed(parameter.value.shape, seed: 2 + UInt64(index))
    }
    let inputs = shapes.enumerated().map {
      Variable(tracking: hashed($0.element, seed: 1 + 50 * UInt64($0.offset), limit: limit))
    }
    let output = try #require(layer.outputs(of: inputs, Context(.training)).first)
    #expect(output.shape == Shape(reference.shape), "\(name)")
    #expect(built == [Shape(reference.shape.dropFirst())], "\(name)")
    guard output.shape == Shape(reference.shape) else { return }
    expectClose(output.value, reference.output, tolerance: tolerance, name)

    let gradients = (output * Variable(hashed(output.shape, seed: 100))).sum().gradients()
    let found = inputs.map { gradients[$0] } + layer.parameters.map { gradients[$0] }
    #expect(found.count == reference.gradients.count, "\(name)")
    for (index, (found, expected)) in zip(found, reference.gradients).enumerated() {
      expectClose(try #require(found), expected, tolerance: tolerance, "\(name), gradient \(index)")
    }
    let inferred = try #require(layer.outputs(of: inputs.map { $0.detached() }, Context(.inference)).first)
    expectClose(inferred.value, reference.output, tolerance: tolerance, "\(name), inference")
  }
}
