/// A value for each output of a model: by the name of the output, or in their order.
///
/// ```swift
/// let losses: PerOutput<any Loss> = ["kind": .categoricalCrossEntropy, "price": .meanSquaredError]
/// let weights: PerOutput<Float> = [1, 0.2]
/// ```
public struct PerOutput<Value>: ExpressibleByDictionaryLiteral, ExpressibleByArrayLiteral {
  /// The names, if values have names.
  private let names: [String]?
  /// The values in the order in which they were given.
  private let values: [Value]

  /// Values by the names of the outputs.
  public init(dictionaryLiteral elements: (String, Value)...) {
    self.init(elements.map { ($0, $1) })
  }

  /// Values in the order of the outputs.
  public init(arrayLiteral elements: Value...) {
    self.init(elements)
  }

  /// Values by the names of the outputs.
  public init(_ named: [(name: String, value: Value)]) {
    (names, values) = (named.map(\.name), named.map(\.value))
  }

  /// Values in the order of the outputs.
  public init(_ values: [Value]) {
    (names, self.values) = (nil, values)
  }

  /// The value of each output, `nil` for one without.
  ///
  /// - Parameter outputs: the names of the outputs.
  /// - Returns: `nil` if a name is no output or occurs twice, and for another number of values without names.
  package func values(of outputs: [String]) -> [Value?]? {
    guard let names else { return values.count == outputs.count ? values : nil }
    guard Set(names).isSubset(of: outputs), Set(names).count == names.count else { return nil }
    return outputs.map { output in names.firstIndex(of: output).map { values[$0] } }
  }

  /// The names that were given, or how many values without names, for errors.
  package var given: [String] { names ?? ["\(values.count) without names"] }

  /// The first value.
  package var first: Value? { values.first }
}

extension PerOutput: Sendable where Value: Sendable {}
