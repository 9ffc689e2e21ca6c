import NN
import Tensor

/// What the Inception networks are made of. Keras numbers nearly all of their layers.
struct InceptionParts {
  var numbers = LayerNumbers()

  /// A convolution, normalization without factors, and ReLU.
  mutating func convolution(
    _ x: SymbolicValue, _ filters: Int, _ kernelSize: Size, stride: Size = 1, padding: Padding = .same
  ) -> SymbolicValue {
    let layer = Conv2D(filters, kernelSize: kernelSize, stride: stride, padding: padding, useBias: false)
    let y = BatchNorm(useScale: false)(
      layer(x, name: numbers.next("conv2d")), name: numbers.next("batch_normalization"))
    return ActivationLayer(.relu)(y, name: numbers.next("activation"))
  }

  /// Convolutions one after the other.
  mutating func chain(_ x: SymbolicValue, _ layers: [(filters: Int, kernelSize: Size)]) -> SymbolicValue {
    layers.reduce(x) { convolution($0, $1.filters, $1.kernelSize) }
  }

  /// The largest of 3×3 elements, with stride 2.
  mutating func maxPool(_ x: SymbolicValue) -> SymbolicValue {
    MaxPool2D(3, stride: 2)(x, name: numbers.next("max_pooling2d"))
  }

  /// The mean over 3×3 elements, and a convolution of single pixels.
  mutating func averaged(_ x: SymbolicValue, _ filters: Int) -> SymbolicValue {
    convolution(AveragePool2D(3, stride: 1, padding: .same)(x, name: numbers.next("average_pooling2d")), filters, 1)
  }
}
