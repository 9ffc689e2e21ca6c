// Element-wise comparisons, written as for Swift's SIMD types: `x .> 0` is a tensor of truth values.

extension Tensor where Scalar: NumericScalar {
  /// Whether the elements are equal, over tensors that broadcast to one shape.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Int32)
  @specialized(where Scalar == UInt8)
  public static func .== (a: Tensor, b: Tensor) -> Tensor<Bool> {
    combined(a, b, ".==") { $0.each { $0 == $1 } }
  }

  /// Whether the elements are equal, against one number.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Int32)
  @specialized(where Scalar == UInt8)
  public static func .== (a: Tensor, b: Scalar) -> Tensor<Bool> {
    a.mapped { $0.each { $0 == b } }
  }

  /// Whether the elements differ, over tensors that broadcast to one shape.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Int32)
  @specialized(where Scalar == UInt8)
  public static func .!= (a: Tensor, b: Tensor) -> Tensor<Bool> {
    combined(a, b, ".!=") { $0.each { $0 != $1 } }
  }

  /// Whether the elements differ, against one number.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Int32)
  @specialized(where Scalar == UInt8)
  public static func .!= (a: Tensor, b: Scalar) -> Tensor<Bool> {
    a.mapped { $0.each { $0 != b } }
  }

  /// Whether the element of `a` is smaller, over tensors that broadcast to one shape.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Int32)
  @specialized(where Scalar == UInt8)
  public static func .< (a: Tensor, b: Tensor) -> Tensor<Bool> {
    combined(a, b, ".<") { $0.each { $0 < $1 } }
  }

  /// Whether the element of `a` is smaller, against one number.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Int32)
  @specialized(where Scalar == UInt8)
  public static func .< (a: Tensor, b: Scalar) -> Tensor<Bool> {
    a.mapped { $0.each { $0 < b } }
  }

  /// Whether the element of `a` is smaller or equal, over tensors that broadcast to one shape.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Int32)
  @specialized(where Scalar == UInt8)
  public static func .<= (a: Tensor, b: Tensor) -> Tensor<Bool> {
    combined(a, b, ".<=") { $0.each { $0 <= $1 } }
  }

  /// Whether the element of `a` is smaller or equal, against one number.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Int32)
  @specialized(where Scalar == UInt8)
  public static func .<= (a: Tensor, b: Scalar) -> Tensor<Bool> {
    a.mapped { $0.each { $0 <= b } }
  }

  /// Whether the element of `a` is larger, over tensors that broadcast to one shape.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Int32)
  @specialized(where Scalar == UInt8)
  public static func .> (a: Tensor, b: Tensor) -> Tensor<Bool> {
    combined(a, b, ".>") { $0.each { $0 > $1 } }
  }

  /// Whether the element of `a` is larger, against one number.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Int32)
  @specialized(where Scalar == UInt8)
  public static func .> (a: Tensor, b: Scalar) -> Tensor<Bool> {
    a.mapped { $0.each { $0 > b } }
  }

  /// Whether the element of `a` is larger or equal, over tensors that broadcast to one shape.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Int32)
  @specialized(where Scalar == UInt8)
  public static func .>= (a: Tensor, b: Tensor) -> Tensor<Bool> {
    combined(a, b, ".>=") { $0.each { $0 >= $1 } }
  }

  /// Whether the element of `a` is larger or equal, against one number.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Int32)
  @specialized(where Scalar == UInt8)
  public static func .>= (a: Tensor, b: Scalar) -> Tensor<Bool> {
    a.mapped { $0.each { $0 >= b } }
  }

  /// `other` where `mask` is true, and the elements of this tensor elsewhere. Stops if the mask has another shape than
  /// the tensor.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Int32)
  @specialized(where Scalar == UInt8)
  public func replacing(with other: Scalar, where mask: Tensor<Bool>) -> Tensor {
    require(mask.shape == shape, "replacing: the mask has shape \(mask.shape), the tensor \(shape)")
    let source = dense()
    let mask = mask.laidOut(as: source.layout)
    defer { extendLifetime((source, mask)) }
    let (elements, isReplaced) = (source.elements, mask.elements)
    return Tensor(unsafeUninitialized: source.layout) { target in
      parallelFor(count: count, grain: 32_768) { range in
        // Read in any case, so that the choice needs no branch.
        for index in range {
          let own = elements[index]
          target[index] = isReplaced[index] ? other : own
        }
      }
    }
  }
}
