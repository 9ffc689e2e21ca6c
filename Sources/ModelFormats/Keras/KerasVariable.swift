import Autograd
import Tensor

/// A parameter or buffer of a layer, seen in Keras's layout.
struct KerasVariable {
  private enum Place {
    case parameter(Parameter)
    case buffer(Buffer)
    case constant(Tensor<Float>)
  }

  private let place: Place
  /// Brings a tensor that belongs to the variable, such as the slot of an optimizer, into Keras's layout.
  let toKeras: (Tensor<Float>) -> Tensor<Float>
  /// Brings a tensor of as many elements in Keras's layout into that of the variable.
  let fromKeras: (Tensor<Float>) -> Tensor<Float>

  /// A parameter whose axes Keras orders differently: axis `i` there is axis `axes[i]` here. Keras may divide them otherwise
  /// besides: `shape` is what it has then.
  init(_ parameter: Parameter, axes: [Int], shape: Shape? = nil) {
    self.init(parameter, kerasShape: shape ?? Shape(axes.map { parameter.value.shape[$0] }), axes: axes)
  }

  /// A parameter that Keras keeps under another shape: its axes in the order `axes`, and then the elements as they follow
  /// each other.
  init(_ parameter: Parameter, kerasShape shape: Shape, axes: [Int]? = nil) {
    self.init(.parameter(parameter), { parameter.value.shape }, kerasShape: shape, axes: axes)
  }

  /// A buffer that Keras keeps under another shape.
  init(_ buffer: Buffer, kerasShape shape: Shape, axes: [Int]? = nil) {
    self.init(.buffer(buffer), { buffer.value.shape }, kerasShape: shape, axes: axes)
  }

  private init(_ place: Place, _ own: @escaping () -> Shape, kerasShape: Shape, axes: [Int]?) {
    self.place = place
    toKeras = { tensor in tensor.permuted(axes ?? Array(tensor.shape.indices)).reshaped(to: kerasShape) }
    fromKeras = { tensor in
      let shape = own()
      let axes = axes ?? Array(shape.indices)
      let inverse = axes.indices.sorted { axes[$0] < axes[$1] }
      return tensor.reshaped(to: Shape(axes.map { shape[$0] })).permuted(inverse).contiguous()
    }
  }

  /// A number that Keras keeps and Kilim does not need: always this value, and what is read is left.
  init(constant: Tensor<Float>) {
    self.init(.constant(constant), nil)
  }

  /// A parameter whose rows Keras orders differently behind a flattened image.
  init(_ parameter: Parameter, flattenedFrom image: FlattenedImage? = nil) {
    self.init(.parameter(parameter), image)
  }

  /// A buffer whose rows Keras orders differently behind a flattened image.
  init(_ buffer: Buffer, flattenedFrom image: FlattenedImage?) {
    self.init(.buffer(buffer), image)
  }

  private init(_ place: Place, _ image: FlattenedImage?) {
    self.place = place
    toKeras = { image?.toKeras($0) ?? $0 }
    fromKeras = { image?.fromKeras($0) ?? $0 }
  }

  /// What is trained; `nil` for a buffer.
  var parameter: Parameter? {
    if case .parameter(let parameter) = place { parameter } else { nil }
  }

  /// The value in Keras's layout.
  var value: Tensor<Float> {
    switch place {
    case .parameter(let parameter): toKeras(parameter.value)
    case .buffer(let buffer): toKeras(buffer.value)
    case .constant(let value): value
    }
  }

  /// Sets the value from Keras's layout.
  func assign(_ value: Tensor<Float>) {
    switch place {
    case .parameter(let parameter): parameter.value = fromKeras(value)
    case .buffer(let buffer): buffer.value = fromKeras(value)
    case .constant: break
    }
  }
}

extension [KerasVariable] {
  /// Those that are trained, which an optimizer of Keras keeps slots for.
  var trained: [KerasVariable] { filter { $0.parameter?.isTrainable ?? false } }
}
