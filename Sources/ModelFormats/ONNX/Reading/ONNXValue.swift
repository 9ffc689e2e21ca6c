import NN
import Serialization
import Tensor

/// A value of an ONNX graph while a model is made of it.
enum ONNXValue {
  /// What does not depend on the inputs.
  case constant(ONNXConstant)
  /// The same constant for each example: the axis `batch`, of length 1, stands for all examples.
  case repeated(ONNXConstant, batch: Int)
  /// What layers make of the inputs.
  case data(ONNXData)
  /// A value that Kilim cannot compute. It is an error only for a node that needs it.
  case refused(ModelFileError)
}

/// A value that layers make of the inputs, and how the axes of the graph's tensor lie in that of Kilim.
///
/// Axes are only moved, added and removed here. A layer that needs them in an order gets a `Permute` or `Reshape` in front
/// where they are not in it, so that a pair of transpositions around a convolution leaves nothing behind.
struct ONNXData {
  /// The value as a part of the model.
  let symbol: SymbolicValue
  /// The shape of one example in Kilim.
  let example: Shape
  /// For each axis of the graph's tensor the axis of Kilim's batch, 0 for the examples; `nil` for an axis of length 1 that
  /// Kilim's tensor does not have. Axes of Kilim's tensor that are not named have length 1.
  var axes: [Int?]
  /// The axes that are one in the graph, where `axes` has the examples: [N, T] or [N, heads]. Empty where that axis is of the
  /// examples alone. Such a value is multiplied by matrices and taken apart again, and little else.
  var joined: [Int?] = []
  /// What kind of numbers the elements are. Kilim computes with `Float` in any case.
  var kind = Kind.number
  /// Whether no layer with weights has touched the value yet.
  var isPreprocessing = false
  /// Whether the elements are those of an input of the model, wherever they stand now: nothing was computed of them.
  var isOfInput = false

  /// The kinds of elements.
  enum Kind: String {
    case number, integer, truth
    /// Whole numbers of 8 or 16 bits or without a sign: what is computed with them may wrap around.
    case shortInteger = "short integer"

    init(_ type: ONNXElementType) {
      self =
        switch type {
        case _ where type.isFloating: .number
        case .bool: .truth
        case .int32, .int64: .integer
        default: .shortInteger
        }
    }
  }

  /// Values with more axes are refused.
  static let mostAxes = 16

  /// The number of axes of the graph's tensor.
  var rank: Int { axes.count }

  /// The length of each axis of the graph's tensor; `nil` for the examples.
  var lengths: [Int?] {
    axes.map { axis in
      guard let axis else { return 1 }
      return axis == 0 ? nil : example[axis - 1]
    }
  }

  /// The axis of the graph's tensor along which the examples lie.
  var batchAxis: Int? { axes.firstIndex(of: 0) }

  /// How many times the number of examples the axis is long that joins them and others; 1 if none does.
  var joinedFactor: Int {
    joined.reduce(1) { factor, axis in
      guard let axis, axis > 0 else { return factor }
      return factor * example[axis - 1]
    }
  }

  /// The lengths of the axes that are joined, `nil` for the examples; empty if none are, and `nil` for a value without examples.
  var joinedLengths: [Int?]? {
    guard let place = batchAxis else { return nil }
    return Array(takenApart.lengths[place..<place + joined.count])
  }

  /// The value with the axes apart that are one in the graph.
  var takenApart: ONNXData {
    guard !joined.isEmpty, let place = batchAxis else { return self }
    var copy = self
    copy.axes.replaceSubrange(place...place, with: joined)
    copy.joined = []
    return copy
  }

  /// The value with some axes, that of the examples among them, as one.
  func joining(_ range: Range<Int>) -> ONNXData {
    var copy = self
    copy.joined = Array(axes[range])
    copy.axes.replaceSubrange(range, with: [0])
    return copy
  }

  /// What is computed of the value, computed with its axes apart.
  func apart(_ compute: (ONNXData) throws -> ONNXData) rethrows -> ONNXData {
    let result = try compute(takenApart)
    guard !joined.isEmpty, let place = batchAxis else { return result }
    return result.joining(place..<place + joined.count)
  }

  /// The axes of the graph's tensor that Kilim's has, in its order, the examples first.
  var order: [Int] {
    axes.indices.filter { axes[$0] != nil }.sorted { (axes[$0] ?? 0) < (axes[$1] ?? 0) }
  }

  /// The same value in axes of another order or with more or fewer axes of length 1.
  func viewed(as axes: [Int?]) -> ONNXData {
    var copy = self
    copy.axes = axes
    return copy
  }

  /// The value made by layers, with the same kinds of axes: all of Kilim's axes as they are.
  func replaced(by symbol: SymbolicValue, _ example: Shape, axes: [Int?]? = nil, kind: Kind? = nil) -> ONNXData {
    ONNXData(
      symbol: symbol, example: example, axes: axes ?? self.axes, joined: axes == nil ? joined : [],
      kind: kind ?? self.kind, isPreprocessing: isPreprocessing)
  }

  /// The value with the kind of another one, whose elements these are.
  func keeping(kindOf data: ONNXData) -> ONNXData {
    var copy = self
    copy.kind = data.kind
    copy.isOfInput = data.isOfInput
    return copy
  }
}
