extension Tensor where Scalar: NumericScalar {
  /// The elements converted to `Float`, multiplied by `scale`: bytes to numbers between 0 and 1 with 1/255.
  @specialized(where Scalar == UInt8)
  @specialized(where Scalar == Int32)
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func toFloat(scale: Float = 1) -> Tensor<Float> {
    mapped { $0.each { $0.asFloat * scale } }
  }

  /// The elements converted to `Double`.
  @specialized(where Scalar == UInt8)
  @specialized(where Scalar == Int32)
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  public func toDouble() -> Tensor<Double> {
    mapped { $0.each { $0.asDouble } }
  }
}
