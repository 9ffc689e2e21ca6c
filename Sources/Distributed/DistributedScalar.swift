import Tensor

/// An element that travels between processes: `Float`, `Double`, `Int32` or `UInt8`.
public protocol DistributedScalar: NumericScalar {
  /// Which of the types it is.
  static var distributedType: DistributedType { get }
}

/// The types of elements that travel between processes.
public enum DistributedType: Sendable {
  case float, double, int32, uint8

  func handle(in values: MPILibrary.Values) -> MPILibrary.Handle {
    switch self {
    case .float: values.float
    case .double: values.double
    case .int32: values.int32
    case .uint8: values.uint8
    }
  }
}

extension Float: DistributedScalar {
  /// Single precision.
  public static var distributedType: DistributedType { .float }
}

extension Double: DistributedScalar {
  /// Double precision.
  public static var distributedType: DistributedType { .double }
}

extension Int32: DistributedScalar {
  /// Integers of 32 bits.
  public static var distributedType: DistributedType { .int32 }
}

extension UInt8: DistributedScalar {
  /// Bytes.
  public static var distributedType: DistributedType { .uint8 }
}

/// How the values of all ranks become one.
public enum Reduction: Sendable {
  /// Their sum.
  case sum
  /// The largest.
  case maximum
  /// The smallest.
  case minimum

  func handle(in values: MPILibrary.Values) -> MPILibrary.Handle {
    switch self {
    case .sum: values.sum
    case .maximum: values.max
    case .minimum: values.min
    }
  }
}
