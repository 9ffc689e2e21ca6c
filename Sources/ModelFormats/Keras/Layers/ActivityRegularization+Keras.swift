import NN
import Serialization

extension ActivityRegularization: KerasLayer {
  var kerasClass: String { "ActivityRegularization" }

  func kerasOptions() throws(ModelFileError.Problem) -> [String: JSON] {
    switch regularizer {
    case .l1(let rate): return ["l1": JSON(rate)]
    case .l2(let rate): return ["l2": JSON(rate)]
    case .l1l2(let l1, let l2): return ["l1": JSON(l1), "l2": JSON(l2)]
    case .orthogonal: throw .unsupported(found: "a penalty for orthogonal vectors", expected: "L1 or L2")
    }
  }

  /// The configuration repeats both rates as `activity_regularizer`.
  convenience init(keras options: inout KerasOptions) throws(ModelFileError.Problem) {
    self.init(l1: try options.number("l1", default: 0), l2: try options.number("l2", default: 0))
  }
}
