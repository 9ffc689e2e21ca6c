import NN
import Tensor

extension Model {
  /// InceptionV3: modules whose branches look through windows of several sizes, the larger ones split into rows and columns.
  ///
  /// Christian Szegedy, Vincent Vanhoucke, Sergey Ioffe, Jonathon Shlens and Zbigniew Wojna, *Rethinking the Inception
  /// Architecture for Computer Vision*, CVPR 2016, arXiv 1512.00567, table 1. Graph and names are those of Keras's
  /// `InceptionV3`. Pixels: ``PixelScale/signedUnit``.
  ///
  /// - Parameters:
  ///   - inputShape: the shape of an image, `[C, H, W]`, with at least 75 rows and columns.
  ///   - classes: the number of classes.
  ///   - head: what stands behind the feature maps.
  ///   - seed: of the first values of the parameters.
  /// - Throws: ``NetworkError`` for an input that is too small; `LayerError` for a number of classes below 1.
  public static func inceptionV3(
    inputShape: Shape = [3, 299, 299], classes: Int = 1000, head: NetworkHead = .softmax, seed: UInt64 = 0
  ) throws -> Model {
    let image = try Input(image: inputShape, minimum: 75)
    var parts = InceptionParts()
    var x = parts.convolution(image, 32, 3, stride: 2, padding: .valid)
    x = parts.convolution(x, 32, 3, padding: .valid)
    x = parts.maxPool(parts.convolution(x, 64, 3))
    x = parts.convolution(x, 80, 1, padding: .valid)
    x = parts.maxPool(parts.convolution(x, 192, 3, padding: .valid))
    // 35×35 for photos of 299×299.
    for (number, pooled) in [32, 64, 64].enumerated() { x = parts.squares(x, pooled: pooled, name: "mixed\(number)") }
    x = parts.firstReduction(x, name: "mixed3")
    // 17×17.
    for (number, filters) in [128, 160, 160, 192].enumerated() {
      x = parts.rowsAndColumns(x, filters, name: "mixed\(number + 4)")
    }
    x = parts.secondReduction(x, name: "mixed8")
    // 8×8.
    for number in 0...1 { x = parts.split(x, inner: "mixed9_\(number)", name: "mixed\(number + 9)") }
    return try Model(input: image, output: head(x, classes: classes, names: .long), seed: seed)
  }
}

extension InceptionParts {
  /// The branches of figure 5: 1×1, 5×5, twice 3×3, and the mean over 3×3.
  fileprivate mutating func squares(_ x: SymbolicValue, pooled: Int, name: String) -> SymbolicValue {
    let pixels = convolution(x, 64, 1)
    let large = chain(x, [(48, 1), (64, 5)])
    let double = chain(x, [(64, 1), (96, 3), (96, 3)])
    return Concatenate()([pixels, large, double, averaged(x, pooled)], name: name)
  }

  /// From 35×35 to 17×17.
  fileprivate mutating func firstReduction(_ x: SymbolicValue, name: String) -> SymbolicValue {
    let single = convolution(x, 384, 3, stride: 2, padding: .valid)
    let double = convolution(chain(x, [(64, 1), (96, 3)]), 96, 3, stride: 2, padding: .valid)
    return Concatenate()([single, double, maxPool(x)], name: name)
  }

  /// The branches of figure 6: 1×1, 7×7 and twice 7×7 as rows and columns, and the mean over 3×3.
  fileprivate mutating func rowsAndColumns(_ x: SymbolicValue, _ filters: Int, name: String) -> SymbolicValue {
    let pixels = convolution(x, 192, 1)
    let single = chain(x, [(filters, 1), (filters, row7), (192, column7)])
    let double = chain(x, [(filters, 1), (filters, column7), (filters, row7), (filters, column7), (192, row7)])
    return Concatenate()([pixels, single, double, averaged(x, 192)], name: name)
  }

  /// From 17×17 to 8×8.
  fileprivate mutating func secondReduction(_ x: SymbolicValue, name: String) -> SymbolicValue {
    let single = convolution(convolution(x, 192, 1), 320, 3, stride: 2, padding: .valid)
    let seven = chain(x, [(192, 1), (192, row7), (192, column7)])
    let reduced = convolution(seven, 192, 3, stride: 2, padding: .valid)
    return Concatenate()([single, reduced, maxPool(x)], name: name)
  }

  /// The branches of figure 7, which end in a row and a column beside each other.
  fileprivate mutating func split(_ x: SymbolicValue, inner: String, name: String) -> SymbolicValue {
    let pixels = convolution(x, 320, 1)
    let single = convolution(x, 384, 1)
    let singleEnds = [convolution(single, 384, row3), convolution(single, 384, column3)]
    let first = Concatenate()(singleEnds, name: inner)
    let double = chain(x, [(448, 1), (384, 3)])
    let doubleEnds = [convolution(double, 384, row3), convolution(double, 384, column3)]
    let second = Concatenate()(doubleEnds, name: numbers.next("concatenate"))
    return Concatenate()([pixels, first, second, averaged(x, 192)], name: name)
  }
}

private let row7 = Size(height: 1, width: 7)
private let column7 = Size(height: 7, width: 1)
private let row3 = Size(height: 1, width: 3)
private let column3 = Size(height: 3, width: 1)
