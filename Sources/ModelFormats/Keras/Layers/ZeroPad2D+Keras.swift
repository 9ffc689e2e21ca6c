import NN
import Serialization

extension ZeroPad2D: KerasLayer {
  var kerasClass: String { "ZeroPadding2D" }

  func kerasOptions() -> [String: JSON] {
    ["padding": [[JSON(top), JSON(bottom)], [JSON(left), JSON(right)]]]
  }

  /// Keras takes one number for all sides, one for each axis, or one for each side.
  convenience init(keras options: inout KerasOptions) throws(ModelFileError.Problem) {
    try options.requireChannelsLast()
    let value = options.take("padding") ?? 1
    let axes = value.elements ?? [value, value]
    let sides = axes.map { axis in (axis.elements ?? [axis, axis]).compactMap(\.amount) }
    guard sides.count == 2, sides.allSatisfy({ $0.count == 2 }) else {
      throw .unsupported(found: "padding = \(value)", expected: "a number of rows or columns for each side")
    }
    self.init(top: sides[0][0], bottom: sides[0][1], left: sides[1][0], right: sides[1][1])
  }
}

extension JSON {
  /// The value as an integer of 0 or more that an axis can be longer by.
  fileprivate var amount: Int? { self == 0 ? 0 : count }
}
