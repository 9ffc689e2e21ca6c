import NN
import Tensor

// Activations that ONNX spells out: GELU as 0.5 x (1 + erf(x / √2)) and so on.

/// An expression of one value and of numbers, in a form that does not depend on the order of sums and products.
indirect enum ONNXExpression: Equatable, Sendable {
  case value
  case number(Double)
  case sum([ONNXExpression])
  case product([ONNXExpression])
  /// A function, with its options: `Tanh`.
  case function(String, ONNXExpression)

  /// How the parts of sums and products are ordered.
  fileprivate var key: String {
    switch self {
    case .value: "x"
    case .number: "#"
    case .sum(let parts): "+(\(parts.map(\.key).joined(separator: ",")))"
    case .product(let parts): "*(\(parts.map(\.key).joined(separator: ",")))"
    case .function(let name, let part): "\(name)(\(part.key))"
    }
  }

  /// A sum whose numbers are one.
  static func adding(_ parts: [ONNXExpression]) -> ONNXExpression {
    var (number, rest) = (0.0, [ONNXExpression]())
    for part in parts {
      switch part {
      case .number(let value): number += value
      case .sum(let inner):
        for part in inner { if case .number(let value) = part { number += value } else { rest.append(part) } }
      default: rest.append(part)
      }
    }
    if rest.isEmpty { return .number(number) }
    if number != 0 { rest.append(.number(number)) }
    return rest.count == 1 ? rest[0] : .sum(rest.sorted { $0.key < $1.key })
  }

  /// A product whose numbers are one.
  static func multiplying(_ parts: [ONNXExpression]) -> ONNXExpression {
    var (number, rest) = (1.0, [ONNXExpression]())
    for part in parts {
      switch part {
      case .number(let value): number *= value
      case .product(let inner):
        for part in inner { if case .number(let value) = part { number *= value } else { rest.append(part) } }
      default: rest.append(part)
      }
    }
    if rest.isEmpty { return .number(number) }
    if number != 1 { rest.append(.number(number)) }
    return rest.count == 1 ? rest[0] : .product(rest.sorted { $0.key < $1.key })
  }

  /// Whether two expressions are one, but for the rounding of their numbers.
  func matches(_ other: ONNXExpression) -> Bool {
    switch (self, other) {
    case (.value, .value): true
    // Constants are stored with seven digits.
    case (.number(let a), .number(let b)): abs(a - b) <= 2e-6 * max(abs(a), abs(b))
    case (.sum(let a), .sum(let b)), (.product(let a), .product(let b)):
      a.count == b.count && zip(a, b).allSatisfy { $0.matches($1) }
    case (.function(let name, let a), .function(let otherName, let b)): name == otherName && a.matches(b)
    default: false
    }
  }
}

extension ONNXOperation {
  /// An activation that ends with this node, made of several nodes; `nil` for none.
  func pattern() throws -> ONNXValue? {
    guard ["Mul", "Add", "Sub", "Neg", "Div"].contains(node.operation) else { return nil }
    for candidate in candidates() {
      guard case .data(let x)? = reading.values[candidate], x.kind == .number else { continue }
      var budget = 24
      guard let expression = reading.expression(of: node, value: candidate, &budget) else { continue }
      for (activation, form) in Self.forms where form.matches(expression) {
        // The options of the node were read with the expression; these nodes have none.
        return .data(try call(ActivationLayer(activation), x))
      }
    }
    return nil
  }

  /// The values that the pattern may begin with: those of the nodes behind, from near to far.
  private func candidates() -> [String] {
    var (found, seen): ([String], Set<String>) = ([], [])
    var pending = node.inputs.prefix(2).map { ($0, 0) }
    while let (name, depth) = pending.popLast(), seen.count < 32 {
      guard !name.isEmpty, seen.insert(name).inserted else { continue }
      if case .data? = reading.values[name] { found.append(name) }
      guard depth < 8, let maker = reading.maker(of: name), ONNXReading.elementary.contains(maker.operation) else {
        continue
      }
      pending += maker.inputs.prefix(3).map { ($0, depth + 1) }
    }
    return found
  }

  /// The activations that exporters spell out. Made anew for each use: an address sanitizer takes a constant of enumerations
  /// that refer to each other for a leak.
  private static var forms: [(Activation, ONNXExpression)] {
    func sum(_ parts: ONNXExpression...) -> ONNXExpression { .adding(parts) }
    func product(_ parts: ONNXExpression...) -> ONNXExpression { .multiplying(parts) }
    func function(_ name: String, _ part: ONNXExpression) -> ONNXExpression { .function(name, part) }
    func number(_ value: Double) -> ONNXExpression { .number(value) }
    let x = ONNXExpression.value
    let sixth = function("Clip 0.0 6.0", sum(x, number(3)))
    let cubic = sum(x, product(number(0.044715), x, x, x))
    return [
      (.silu, product(x, function("Sigmoid", x))),
      (.gelu, product(number(0.5), x, sum(number(1), function("Erf", product(x, number(0.5.squareRoot())))))),
      (.tanhGELU, product(number(0.5), x, sum(number(1), function("Tanh", product(number(0.797_884_560_8), cubic))))),
      (.mish, product(x, function("Tanh", function("Softplus", x)))),
      (.hardSigmoid, product(number(1.0 / 6), sixth)),
      (.hardSiLU, product(number(1.0 / 6), x, sixth)),
      (.hardSiLU, product(x, function("HardSigmoid", x))),
      (.logSigmoid, product(number(-1), function("Softplus", product(number(-1), x)))),
      (.tanhShrink, sum(x, product(number(-1), function("Tanh", x)))),
      (.squareplus(), product(number(0.5), sum(x, function("Sqrt", sum(number(4), product(x, x)))))),
      (
        .sparsePlus,
        sum(
          product(
            number(0.25), sum(number(1), function("Clip -1.0 1.0", x)), sum(number(1), function("Clip -1.0 1.0", x))),
          function("Relu", sum(x, number(-1))))
      ),
    ]
  }
}

extension ONNXReading {
  /// The operators that patterns are made of.
  static let elementary: Set<String> = [
    "Add", "Sub", "Mul", "Div", "Neg", "Sigmoid", "Tanh", "Erf", "Softplus", "Sqrt", "Relu", "Clip", "HardSigmoid",
    "Pow",
  ]

  /// What a node computes of one value; `nil` for what is no expression of it and of single numbers.
  func expression(of node: ONNXNode, value: String, _ budget: inout Int) -> ONNXExpression? {
    budget -= 1
    guard budget > 0, node.domain.isEmpty, Self.elementary.contains(node.operation) else { return nil }
    var parts: [ONNXExpression] = []
    guard node.inputs.count <= 3 else { return nil }
    for input in node.inputs {
      if input == value {
        parts.append(.value)
      } else if case .constant(let constant)? = values[input], constant.count == 1 {
        guard let number = constant.onlyNumber else { return nil }
        parts.append(.number(number))
      } else if let maker = maker(of: input), let part = expression(of: maker, value: value, &budget) {
        parts.append(part)
      } else {
        return nil
      }
    }
    guard let first = parts.first else { return nil }
    let options = node.attributes
    switch (node.operation, parts.count) {
    case ("Clip", _): return clip(node, parts)
    case ("HardSigmoid", 1):
      let isUsual =
        options.count == 2
        && options.allSatisfy { option in
          if case .float(let number) = option.value {
            abs(number - (option.name == "alpha" ? 1 / 6 : 0.5)) < 1e-6
          } else {
            false
          }
        }
      return isUsual ? .function(node.operation, first) : nil
    case _ where !options.isEmpty: return nil
    case ("Add", 2): return .adding(parts)
    case ("Sub", 2): return .adding([first, .multiplying([.number(-1), parts[1]])])
    case ("Mul", 2): return .multiplying(parts)
    case ("Neg", 1): return .multiplying([.number(-1), first])
    case ("Div", 2):
      guard case .number(let divisor) = parts[1], divisor != 0 else { return nil }
      return .multiplying([first, .number(1 / divisor)])
    case ("Pow", 2):
      guard case .number(let exponent) = parts[1], exponent == 2 || exponent == 3 else { return nil }
      return .multiplying(Array(repeating: first, count: Int(exponent)))
    case (_, 1): return .function(node.operation, first)
    default: return nil
    }
  }

  private func clip(_ node: ONNXNode, _ parts: [ONNXExpression]) -> ONNXExpression? {
    if parts.count == 3, case .number(let low) = parts[1], case .number(let high) = parts[2] {
      return .function("Clip \(low) \(high)", parts[0])
    }
    var bounds: [String: Double] = [:]
    for attribute in node.attributes {
      if case .float(let number) = attribute.value { bounds[attribute.name] = Double(number) }
    }
    guard parts.count == 1, let low = bounds["min"], let high = bounds["max"] else { return nil }
    return .function("Clip \(low) \(high)", parts[0])
  }
}

extension ONNXConstant {
  /// The only element.
  fileprivate var onlyNumber: Double? {
    switch self {
    case .numbers(let tensor): Double(tensor.scalars[0])
    case .integers(let list): list.values[0].known.map { Double($0) }
    }
  }
}
