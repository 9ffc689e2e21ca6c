import NN
import Tensor

extension SymbolicValue {
  /// The image that a network takes, under Keras's name.
  ///
  /// - Parameters:
  ///   - shape: `[C, H, W]`.
  ///   - minimum: the smallest height and width.
  init(image shape: Shape, minimum: Int = 32) throws(NetworkError) {
    guard shape.rank == 3, shape[0] >= 1, shape[1] >= minimum, shape[2] >= minimum else {
      throw .inputShape(shape, minimum: minimum)
    }
    self.init(shape, name: "input_layer")
  }
}

extension Shape {
  /// Height and width of an image `[C, H, W]`.
  var imageSize: Size { Size(height: self[1], width: self[2]) }
}

extension Size {
  /// What a window of stride 2 with `.same` padding leaves.
  var halved: Size { Size(height: (height + 1) / 2, width: (width + 1) / 2) }
}
