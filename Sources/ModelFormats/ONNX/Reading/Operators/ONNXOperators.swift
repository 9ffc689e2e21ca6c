/// Makes layers of one node, or computes a constant.
typealias ONNXBuilder = @Sendable (ONNXOperation) throws -> [ONNXValue]

/// The operators that Kilim reads, by name. Each family has a file.
enum ONNXOperators {
  static let builders: [String: ONNXBuilder] = [
    convolutions, pooling, normalizations, activations, functions, arithmetic, comparisons, truths, choices, products,
    shapes, reshaping, blocks, constants, slices, scattering, ordering, padding, reductions, resizing, recurrence,
    branches,
  ].reduce(into: [:]) { all, family in all.merge(family) { first, _ in first } }
}
