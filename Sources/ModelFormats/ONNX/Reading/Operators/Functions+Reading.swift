import NN
import Tensor

extension ONNXOperators {
  /// Functions of single elements that are no activations.
  static let functions: [String: ONNXBuilder] = [
    "Abs": { try $0.applyFunction(.absolute) },
    "Log": { try $0.applyFunction(.logarithm) },
    "Sqrt": { try $0.applyFunction(.squareRoot) },
    "Reciprocal": { try $0.applyFunction(.reciprocal) },
    "Erf": { try $0.applyFunction(.mapped(.errorFunction)) }, "Sin": { try $0.applyFunction(.mapped(.sine)) },
    "Cos": { try $0.applyFunction(.mapped(.cosine)) }, "Atan": { try $0.applyFunction(.mapped(.arctangent)) },
    "Sign": { try $0.applyFunction(.mapped(.sign)) }, "Floor": { try $0.applyFunction(.mapped(.floor)) },
    "Ceil": { try $0.applyFunction(.mapped(.ceiling)) }, "Round": { try $0.applyFunction(.mapped(.rounded)) },
    "Neg": { operation in
      switch try operation.value(0) {
      case .constant(.integers(let list)):
        let negated = try ONNXIntegers.combine(
          ONNXIntegers(lengths: [], values: [0]), list, { $0.subtractingReportingOverflow($1) }, operation)
        return [.constant(.integers(negated))]
      case .data: return [.data(try operation.call(Rescaling(-1), operation.numbers(0)))]
      default: return try operation.applyFunction(.negative)
      }
    },
  ]
}
