import NN
import Tensor

extension ZeroPad2D {
  /// The zeros that `.same` padding puts around an image before a window of stride 2: one row and column fewer at the top and
  /// left where the height and width are even. A window without padding follows.
  convenience init(halving size: Size, kernelSize: Int) {
    let margin = kernelSize / 2
    self.init(top: margin - 1 + size.height % 2, bottom: margin, left: margin - 1 + size.width % 2, right: margin)
  }
}
