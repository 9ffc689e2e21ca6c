// Arithmetic on described values: each operator is a call of a merging layer.

extension SymbolicValue {
  /// The sum, by a layer ``Add``.
  public static func + (a: SymbolicValue, b: SymbolicValue) -> SymbolicValue { Add()([a, b]) }

  /// The difference, by a layer ``Subtract``.
  public static func - (a: SymbolicValue, b: SymbolicValue) -> SymbolicValue { Subtract()([a, b]) }

  /// The product of elements, by a layer ``Multiply``.
  public static func * (a: SymbolicValue, b: SymbolicValue) -> SymbolicValue { Multiply()([a, b]) }

  /// Every element times a number, by a layer ``Rescaling``.
  public static func * (a: SymbolicValue, scale: Float) -> SymbolicValue { Rescaling(scale)(a) }

  /// Every element times a number, by a layer ``Rescaling``.
  public static func * (scale: Float, a: SymbolicValue) -> SymbolicValue { a * scale }

  /// Every element over a number, by a layer ``Rescaling`` with the factor 1 / divisor.
  public static func / (a: SymbolicValue, divisor: Float) -> SymbolicValue { a * (1 / divisor) }

  /// The negative of every element, by a layer ``Rescaling``.
  public static prefix func - (a: SymbolicValue) -> SymbolicValue { a * -1 }

  /// Every element plus a number, by a layer ``Rescaling``.
  public static func + (a: SymbolicValue, offset: Float) -> SymbolicValue { Rescaling(1, offset: offset)(a) }

  /// Every element plus a number, by a layer ``Rescaling``.
  public static func + (offset: Float, a: SymbolicValue) -> SymbolicValue { a + offset }

  /// Every element minus a number, by a layer ``Rescaling``.
  public static func - (a: SymbolicValue, offset: Float) -> SymbolicValue { a + -offset }

  /// A number minus every element, by a layer ``Rescaling``.
  public static func - (offset: Float, a: SymbolicValue) -> SymbolicValue { Rescaling(-1, offset: offset)(a) }
}

/// The values joined along an axis of an example, by a layer ``Concatenate``; by default along the channels of images and
/// the last axis of others.
public func concatenate(_ values: [SymbolicValue], axis: Int? = nil) -> SymbolicValue {
  Concatenate(axis: axis)(values)
}

/// The larger of each pair of elements, by a layer ``Maximum``.
public func maximum(_ a: SymbolicValue, _ b: SymbolicValue) -> SymbolicValue { Maximum()([a, b]) }

/// The smaller of each pair of elements, by a layer ``Minimum``.
public func minimum(_ a: SymbolicValue, _ b: SymbolicValue) -> SymbolicValue { Minimum()([a, b]) }

/// The mean of the values, by a layer ``Average``.
public func average(_ values: [SymbolicValue]) -> SymbolicValue { Average()(values) }
