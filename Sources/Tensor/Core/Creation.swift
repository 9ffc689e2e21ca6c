extension Tensor {
  /// Makes a tensor whose elements are written by `initialize` in row-major order. It must write all elements; any that
  /// it leaves out are undefined.
  public init(
    unsafeUninitialized shape: Shape, _ initialize: (UnsafeMutableBufferPointer<Scalar>) throws -> Void
  ) rethrows {
    let storage = Storage<Scalar>(shape: shape)
    try initialize(UnsafeMutableBufferPointer(start: storage.pointer, count: storage.count))
    self.init(storage: storage, layout: Layout(rowMajor: shape))
  }

  /// Makes a tensor with the strides of `layout`, which must have no gaps, and without its offset. `initialize` writes
  /// the elements in the order of memory.
  init(unsafeUninitialized layout: Layout, _ initialize: (UnsafeMutablePointer<Scalar>) -> Void) {
    self.init(unsafeUninitialized: layout)
    initialize(storage.pointer)
  }

  /// Makes a tensor with the strides of `layout`, which must have no gaps, and without its offset. The caller writes all
  /// elements before it hands the tensor on.
  @inline(never)
  init(unsafeUninitialized layout: Layout) {
    self.init(
      storage: Storage(shape: layout.shape), layout: Layout(shape: layout.shape, strides: layout.strides, offset: 0))
  }

  /// Makes a tensor of the given elements in row-major order. Stops if their number does not fit the shape.
  public init(shape: Shape, scalars: some Collection<Scalar>) {
    require(
      scalars.count == shape.elementCount,
      "Tensor: shape \(shape) has \(counted(shape.elementCount, "element")), found \(counted(scalars.count, "scalar"))")
    self.init(unsafeUninitialized: shape) { _ = $0.initialize(from: scalars) }
  }

  /// Makes a tensor with one axis.
  public init(_ scalars: some Collection<Scalar>) {
    self.init(shape: [scalars.count], scalars: scalars)
  }

  /// Makes a tensor of rank 0.
  public init(scalar: Scalar) {
    self.init(repeating: scalar, shape: [])
  }

  /// Makes a tensor with one value everywhere.
  @specialized(where Scalar == Float)
  @specialized(where Scalar == Double)
  @specialized(where Scalar == Int32)
  @specialized(where Scalar == UInt8)
  @specialized(where Scalar == Bool)
  public init(repeating value: Scalar, shape: Shape) {
    self.init(unsafeUninitialized: shape) { $0.initialize(repeating: value) }
  }

  /// Makes a tensor of zeros (false, for `Bool`).
  public init(zeros shape: Shape) {
    self.init(repeating: .zero, shape: shape)
  }

  /// Joins tensors of the same shape along a new axis.
  ///
  /// Shapes: `n` tensors of `[A, B]` give `[n, A, B]` at axis 0 and `[A, B, n]` at axis 2 or -1.
  public init(stacking tensors: [Tensor], axis: Int = 0) {
    require(!tensors.isEmpty, "stacking: no tensors were given")
    let rank = tensors[0].rank + 1
    let axis = Shape([Int](repeating: 1, count: rank)).resolve(axis: axis, in: "stacking")
    self.init(concatenating: tensors.map { $0.expandingShape(at: axis) }, axis: axis)
  }
}

extension Tensor where Scalar: NumericScalar {
  /// Makes a tensor of ones.
  public init(ones shape: Shape) {
    self.init(repeating: 1, shape: shape)
  }

  /// Makes the identity matrix `[size, size]`.
  public init(identity size: Int) {
    self.init(zeros: [size, size])
    for index in 0..<size { self[index, index] = 1 }
  }

  /// Makes the tensor `0, 1, …, count - 1`. Stops if the element type cannot hold one of the numbers exactly.
  public init(countingTo count: Int) {
    require(count >= 0, "countingTo: the count is \(count), at least 0 is needed")
    self.init(
      (0..<count).map { number in
        guard let scalar = Scalar(exactly: number) else { stop("countingTo: \(Scalar.self) cannot hold \(number)") }
        return scalar
      })
  }
}

extension Tensor where Scalar: FloatingScalar {
  /// Makes `count` numbers at equal distances from `first` to `last`, both included.
  public init(from first: Scalar, through last: Scalar, count: Int) {
    require(count >= 0, "from:through:count: the count is \(count), at least 0 is needed")
    let step = (last - first) / Scalar(Swift.max(count - 1, 1))
    self.init((0..<count).lazy.map { $0 == count - 1 && count > 1 ? last : first + Scalar($0) * step })
  }
}
