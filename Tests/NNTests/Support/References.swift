import Foundation
import NN
import Tensor
import Testing

/// The cases of a committed JSON file, by their names.
func references<Case: Decodable>(_ name: String) throws -> [String: Case] {
  let file = Bundle.module.bundleURL.appending(path: "Fixtures").appending(path: name)
  return try JSONDecoder().decode([String: Case].self, from: Data(contentsOf: file))
}

/// Expects numbers to differ by no more than `tolerance`, relative to the larger of 1 and the largest expected one.
func expectClose(
  _ found: some Collection<Double>, _ expected: some Collection<Double>, tolerance: Double, _ what: String = "",
  sourceLocation: SourceLocation = #_sourceLocation
) {
  #expect(found.count == expected.count, "\(what)", sourceLocation: sourceLocation)
  let largest = max(expected.lazy.map(\.magnitude).max() ?? 0, 1)
  let differences = zip(found, expected).map { ($0 - $1).magnitude / largest }
  // The negated comparison catches NaN.
  let wrong = differences.indices.filter { !(differences[$0] <= tolerance) }
  #expect(
    wrong.isEmpty,
    "\(what): \(wrong.count) of \(differences.count) differ, by up to \(differences.max() ?? 0), at \(wrong.prefix(3))",
    sourceLocation: sourceLocation)
}

/// Expects the elements of a tensor to be close to the given ones.
func expectClose(
  _ found: Tensor<Float>, _ expected: some Collection<Double>, tolerance: Double, _ what: String = "",
  sourceLocation: SourceLocation = #_sourceLocation
) {
  expectClose(
    found.scalars.map(Double.init), expected, tolerance: tolerance, what, sourceLocation: sourceLocation)
}

/// Builds a layer for a batch of inputs of the given shape and sets parameter i to hashed numbers of seed 2 + i.
func build(_ layer: any Layer, batch: Shape) throws {
  var generator = RandomGenerator(seed: 0)
  _ = try layer.build(inputShape: Shape(batch.dropFirst()), using: &generator)
  for (index, parameter) in layer.parameters.enumerated() {
    parameter.value = hashed(parameter.value.shape, seed: 2 + UInt64(index))
  }
}
