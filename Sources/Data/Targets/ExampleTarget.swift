/// The target of an example, as a source gives it. The type says what it means:
///
/// | type | meaning |
/// |---|---|
/// | `String`, or an enumeration of strings | one class |
/// | `[String]`, `Set<String>` | several classes |
/// | `Float`, `Double` | one number |
/// | `[Float]`, `[Double]` | several numbers |
/// | ``NoTarget`` | not known |
///
/// A class that is known by its number alone needs a name: `String(number)`.
public protocol ExampleTarget: Sendable {
  /// The targets of all examples of a source.
  ///
  /// - Parameters:
  ///   - values: the target of each example, in order.
  ///   - names: the names of all classes, or of the numbers, in the order of the outputs, if they are given.
  /// - Throws: ``TargetValueError`` at a value that cannot be used.
  static func collect(_ values: [Self], names: [String]?) throws -> Targets
}

extension String: ExampleTarget {
  /// One class for each example.
  public static func collect(_ values: [String], names: [String]?) throws -> Targets {
    try Targets(classNames: values, classes: names)
  }
}

extension ExampleTarget where Self: RawRepresentable, RawValue == String {
  /// One class for each example: the raw value.
  public static func collect(_ values: [Self], names: [String]?) throws -> Targets {
    try Targets(classNames: values.map(\.rawValue), classes: names)
  }
}

extension ExampleTarget where Self: RawRepresentable & CaseIterable, RawValue == String {
  /// One class for each example: the raw value. The classes are all cases in their order, unless they are given.
  public static func collect(_ values: [Self], names: [String]?) throws -> Targets {
    try Targets(classNames: values.map(\.rawValue), classes: names ?? allCases.map(\.rawValue))
  }
}

extension Set: ExampleTarget where Element == String {
  /// Several classes for each example.
  public static func collect(_ values: [Set<String>], names: [String]?) throws -> Targets {
    try Targets(severalClassNames: values.map(Array.init), classes: names)
  }
}

/// What an array of can be a target: names of classes, or numbers.
public protocol TargetElement: Sendable {
  /// The targets of all examples, each with several of these.
  static func collect(arrays: [[Self]], names: [String]?) throws -> Targets
}

extension Array: ExampleTarget where Element: TargetElement {
  /// Several classes or several numbers for each example.
  public static func collect(_ values: [[Element]], names: [String]?) throws -> Targets {
    try Element.collect(arrays: values, names: names)
  }
}

extension String: TargetElement {
  /// Several classes for each example.
  public static func collect(arrays: [[String]], names: [String]?) throws -> Targets {
    try Targets(severalClassNames: arrays, classes: names)
  }
}

extension Float: ExampleTarget, TargetElement {
  /// One number for each example.
  public static func collect(_ values: [Float], names: [String]?) throws -> Targets {
    try Targets(numbers: values.map { [$0] }, names: names)
  }

  /// Several numbers for each example.
  public static func collect(arrays: [[Float]], names: [String]?) throws -> Targets {
    try Targets(numbers: arrays, names: names)
  }
}

extension Double: ExampleTarget, TargetElement {
  /// One number for each example.
  public static func collect(_ values: [Double], names: [String]?) throws -> Targets {
    try Targets(numbers: values.map { [Float($0)] }, names: names)
  }

  /// Several numbers for each example.
  public static func collect(arrays: [[Double]], names: [String]?) throws -> Targets {
    try Targets(numbers: arrays.map { $0.map { Float($0) } }, names: names)
  }
}

/// The target of examples of which nothing is known: photos to predict.
public struct NoTarget: ExampleTarget {
  /// Makes the only value.
  public init() {}

  /// No targets.
  public static func collect(_ values: [NoTarget], names: [String]?) throws -> Targets {
    Targets(unknown: values.count)
  }
}
