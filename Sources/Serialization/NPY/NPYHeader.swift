/// The header of an `.npy` file: a Python dictionary with exactly these three keys.
struct NPYHeader: Equatable {
  let descriptor: String
  let isFortranOrder: Bool
  let shape: [Int]
}

extension NPYHeader {
  /// Reads a header such as `{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }`.
  ///
  /// - Returns: `nil` if the text is anything else. Structured and object types have no plain descriptor.
  init?(parsing text: some StringProtocol) {
    var scanner = Scanner(rest: Substring(text))
    var descriptor: String?
    var isFortranOrder: Bool?
    var shape: [Int]?
    guard scanner.take("{") else { return nil }
    while !scanner.take("}") {
      guard let key = scanner.string(), scanner.take(":") else { return nil }
      switch key {
      case "descr" where descriptor == nil: descriptor = scanner.string()
      case "fortran_order" where isFortranOrder == nil: isFortranOrder = scanner.bool()
      case "shape" where shape == nil: shape = scanner.tuple()
      default: return nil
      }
      if !scanner.take(",") {
        guard scanner.take("}") else { return nil }
        break
      }
    }
    guard scanner.isAtEnd, let descriptor, let isFortranOrder, let shape else { return nil }
    self.init(descriptor: descriptor, isFortranOrder: isFortranOrder, shape: shape)
  }

  /// The header as NumPy writes it.
  var text: String {
    let extents = shape.count == 1 ? "\(shape[0])," : shape.map(String.init).joined(separator: ", ")
    return "{'descr': '\(descriptor)', 'fortran_order': \(isFortranOrder ? "True" : "False"), 'shape': (\(extents)), }"
  }
}

/// Reads the few kinds of Python literals that a header contains.
private struct Scanner {
  var rest: Substring

  var isAtEnd: Bool { rest.allSatisfy(\.isWhitespace) }

  mutating func skipSpace() {
    rest = rest.drop(while: \.isWhitespace)
  }

  mutating func take(_ token: String) -> Bool {
    skipSpace()
    guard rest.hasPrefix(token) else { return false }
    rest.removeFirst(token.count)
    return true
  }

  mutating func string() -> String? {
    guard let quote = ["'", "\""].first(where: { take($0) }), let end = rest.firstIndex(of: Character(quote)) else {
      return nil
    }
    defer { rest = rest[rest.index(after: end)...] }
    return String(rest[..<end])
  }

  mutating func bool() -> Bool? {
    take("True") ? true : take("False") ? false : nil
  }

  mutating func tuple() -> [Int]? {
    guard take("(") else { return nil }
    var numbers: [Int] = []
    while !take(")") {
      skipSpace()
      let digits = rest.prefix(while: \.isWholeNumber)
      guard let number = Int(digits) else { return nil }
      rest = rest[digits.endIndex...]
      numbers.append(number)
      if !take(",") { return take(")") ? numbers : nil }
    }
    return numbers
  }
}
