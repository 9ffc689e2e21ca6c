import Tensor

/// Why no network can be made.
public enum NetworkError: Error, Hashable, CustomStringConvertible {
  /// The input is no image of the smallest size or a larger one.
  case inputShape(Shape, minimum: Int)
  /// The factor for the number of channels is none.
  case width(Double)
  /// There is no network of this name; the second is the names that there are.
  case name(String, known: [String])

  /// What was found and what was expected.
  public var description: String {
    switch self {
    case .inputShape(let shape, let minimum):
      "the input has shape \(shape); an image [C, H, W] with at least \(minimum) rows and columns is needed, channels first"
    case .width(let alpha): "alpha is \(alpha); a number above 0, at most 16, is needed"
    case .name(let name, let known):
      "there is no network \"\(name)\"; the networks are \(known.joined(separator: ", "))"
    }
  }
}
