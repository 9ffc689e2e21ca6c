import NN
import Tensor

extension ONNXOperators {
  /// Functions of single elements that are no activations.
  static let functions: [String: ONNXBuilder] = MappedFunction.allCases.reduce(
    into: [
      "Abs": { try $0.applyFunction(.absolute) }, "Log": { try $0.applyFunction(.logarithm) },
      "Sqrt": { try $0.applyFunction(.squareRoot) }, "Reciprocal": { try $0.applyFunction(.reciprocal) },
      "Neg": negative,
    ]
  ) { all, function in
    all[function.rawValue] = { try $0.applyFunction(.mapped(function)) }
  }

  private static func negative(_ operation: ONNXOperation) throws -> [ONNXValue] {
    switch try operation.value(0) {
    case .constant(.integers(let list)):
      let negated = try ONNXIntegers.combine(
        ONNXIntegers(lengths: [], values: [0]), list, { $0.subtractingReportingOverflow($1) }, operation)
      return [.constant(.integers(negated))]
    case .data: return [.data(try operation.call(Rescaling(-1), operation.numbers(0)))]
    default: return try operation.applyFunction(.negative)
    }
  }
}
