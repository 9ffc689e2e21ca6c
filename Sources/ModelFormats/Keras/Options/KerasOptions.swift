import NN
import Serialization
import Tensor

/// The options of one object in a Keras file, a layer or an optimizer, taken out one by one.
///
/// What is left over in the end is judged by the table of its class: accepted, kept to be written again, or refused by
/// name. Nothing is overlooked.
struct KerasOptions {
  private var rest: [String: JSON]
  /// An activation that Keras has inside the layer, and Kilim only writes as a layer behind it.
  private(set) var activationBehind: Activation?
  private let table: KerasTables.Table
  /// What the object is read for.
  let purpose: KerasPurpose

  /// Types whose numbers Kilim computes with its own, which are 32 bits wide. Computing in 16 bits gives other results, and
  /// the variables of quantized layers are no plain numbers.
  private static let numberTypes: [JSON] = ["float32", "float64"]

  init(_ options: [String: JSON], of table: KerasTables.Table, for purpose: KerasPurpose) {
    rest = options
    self.table = table
    self.purpose = purpose
  }

  /// Takes the options of an object of Keras, which may leave them out.
  init(of object: JSON, _ table: KerasTables.Table, for purpose: KerasPurpose) {
    self.init(object["config"]?.members ?? [:], of: table, for: purpose)
  }

  /// Any value, which stays there.
  func peek(_ key: String) -> JSON? { rest[key] }

  /// Takes any value.
  mutating func take(_ key: String) -> JSON? { rest.removeValue(forKey: key) }

  /// Whether an option is there that was not taken.
  func holds(_ key: String) -> Bool { rest[key] != nil }

  /// Whether a list is there that was not taken.
  func holdsList(_ key: String) -> Bool { rest[key]?.elements != nil }

  /// Takes a value if it is the given one.
  mutating func take(_ key: String, ifEqualTo value: JSON) -> Bool {
    guard rest[key] == value else { return false }
    rest[key] = nil
    return true
  }

  /// Takes an integer above zero.
  mutating func count(_ key: String, default fallback: Int? = nil) throws(ModelFileError.Problem) -> Int {
    let value = rest.removeValue(forKey: key)
    if let count = value?.count ?? (value == nil ? fallback : nil) { return count }
    throw unsupported(key, value, expected: "an integer above zero")
  }

  /// Takes an axis of one example of the given shape, which Keras counts with the batch and with channels last.
  mutating func axis(
    _ key: String, of shape: Shape, default fallback: JSON = .number(-1)
  ) throws(ModelFileError.Problem) -> Int {
    let value = rest.removeValue(forKey: key) ?? fallback
    guard let axis = value.axis(of: shape) else {
      throw unsupported(
        key, value, expected: "an axis of \(counted(shape.rank + 1, "axis", plural: "axes")), and not that of the batch"
      )
    }
    return axis
  }

  /// Takes one axis or a list of them; see ``axis(_:of:default:)``. None where there is no value.
  mutating func axes(
    _ key: String, of shape: Shape, default fallback: JSON = .array([])
  ) throws(ModelFileError.Problem) -> [Int] {
    var value = rest.removeValue(forKey: key) ?? fallback
    if value == .null { value = fallback }
    let numbers = value.elements ?? [value]
    let axes = numbers.compactMap { $0.axis(of: shape) }
    guard axes.count == numbers.count, Set(axes).count == axes.count else {
      throw unsupported(
        key, value,
        expected: "axes of \(counted(shape.rank + 1, "axis", plural: "axes")), each once, and not that of the batch")
    }
    return axes
  }

  /// Takes an integer of at least `least`, or nothing.
  mutating func optionalCount(_ key: String, atLeast least: Int = 1) throws(ModelFileError.Problem) -> Int? {
    switch rest.removeValue(forKey: key) {
    case nil, .null: return nil
    case .number(let value) where Int(exactly: value).map { $0 >= least } ?? false: return Int(value)
    case let value: throw unsupported(key, value, expected: "an integer of at least \(least)")
    }
  }

  /// Takes a number, or nothing; a list of one number is that number.
  mutating func optionalNumber(_ key: String) throws(ModelFileError.Problem) -> Float? {
    guard let value = rest[key], value != .null else { return nil }
    if let numbers = value.elements, numbers.count == 1 { rest[key] = numbers[0] }
    return try number(key, default: 0)
  }

  /// Takes axes of one example of the given shape, one or a list, in the order in which they stand. By default those of the
  /// features.
  ///
  /// - Returns: axes of Kilim's batch; `nil` for that of the features alone.
  mutating func batchAxes(_ key: String, of shape: Shape) throws(ModelFileError.Problem) -> [Int]? {
    let value = rest.removeValue(forKey: key) ?? .number(-1)
    var axes: [Int] = []
    for element in value.elements ?? [value] {
      guard let axis = element.axis(of: shape) else {
        throw unsupported(
          key, value, expected: "axes of \(counted(shape.rank + 1, "axis", plural: "axes")), and not that of the batch")
      }
      axes.append(axis + 1)
    }
    return axes == [featureAxis(ofExample: shape)] ? nil : axes
  }

  /// Takes a list of lengths, one for each axis of the batch with `null` for an open one, in Kilim's order.
  mutating func lengths(_ key: String, of shape: Shape) throws(ModelFileError.Problem) -> [Int?]? {
    guard let value = rest.removeValue(forKey: key), value != .null else { return nil }
    let elements = value.elements ?? []
    guard elements.count == shape.rank + 1, elements.allSatisfy({ $0 == .null || $0.count != nil }) else {
      throw unsupported(
        key, value,
        expected: "a length or null for each axis, of which there \(shape.rank == 0 ? "is 1" : "are \(shape.rank + 1)")"
      )
    }
    return [elements[0].count] + shape.indices.map { elements[shape.kerasAxis($0)].count }
  }

  /// Takes a number, or a list of numbers.
  mutating func numberOrNumbers(_ key: String, default fallback: Float) throws(ModelFileError.Problem) -> [Float] {
    // Keras writes arrays of NumPy as objects.
    if let array = rest[key]?["config"]?["value"] { rest[key] = array }
    guard rest[key]?.elements != nil else { return [try number(key, default: fallback)] }
    return try numbers(key).map { Float($0) }
  }

  /// Takes a height and a width; a single integer stands for both.
  mutating func size(_ key: String, default fallback: Size? = nil) throws(ModelFileError.Problem) -> Size {
    let value = rest.removeValue(forKey: key)
    if case .array(let values) = value, values.count == 2, let height = values[0].count, let width = values[1].count {
      return Size(height: height, width: width)
    }
    if let side = value?.count { return Size(side) }
    if let fallback, value == nil || value == .null { return fallback }
    throw unsupported(key, value, expected: "one or two integers above zero")
  }

  /// Takes a number.
  mutating func number(_ key: String, default fallback: Float) throws(ModelFileError.Problem) -> Float {
    switch rest.removeValue(forKey: key) {
    case nil, .null: return fallback
    case .number(let value): return Float(value)
    case let value: throw unsupported(key, value, expected: "a number")
    }
  }

  /// Takes a number, or a list of equal ones.
  mutating func sameNumber(_ key: String, default fallback: Float) throws(ModelFileError.Problem) -> Float {
    if let numbers = rest[key]?.elements, let first = numbers.first, numbers.allSatisfy({ $0 == first }) {
      rest[key] = first
    }
    return try number(key, default: fallback)
  }

  /// Takes a number in double precision, within `range`.
  mutating func double(
    _ key: String, default fallback: Double, in range: Range<Double>
  ) throws(ModelFileError.Problem) -> Double {
    switch rest.removeValue(forKey: key) {
    case nil, .null: return fallback
    case .number(let value) where range.contains(value): return value
    case let value: throw unsupported(key, value, expected: "a number in \(range)")
    }
  }

  /// Takes a number of 0 or more that must be there.
  mutating func rate(_ key: String) throws(ModelFileError.Problem) -> Double {
    let rate = try double(key, default: -1, in: 0..<Double.infinity)
    guard rate >= 0 else { throw unsupported(key, nil, expected: "a number") }
    return rate
  }

  /// Takes a list of numbers.
  mutating func numbers(_ key: String) throws(ModelFileError.Problem) -> [Double] {
    let value = rest.removeValue(forKey: key)
    var numbers: [Double] = []
    for element in value?.elements ?? [] {
      if case .number(let number) = element { numbers.append(number) }
    }
    guard numbers.count == value?.elements?.count else { throw unsupported(key, value, expected: "a list of numbers") }
    return numbers
  }

  /// Takes a list of numbers, or nothing.
  mutating func optionalNumbers(_ key: String) throws(ModelFileError.Problem) -> [Float]? {
    guard let value = rest[key], value != .null else { return nil }
    return try numbers(key).map { Float($0) }
  }

  /// Takes a truth value.
  mutating func bool(_ key: String, default fallback: Bool) throws(ModelFileError.Problem) -> Bool {
    switch rest.removeValue(forKey: key) {
    case nil, .null: return fallback
    case .bool(let value): return value
    // Some writers have numbers in place of truth values.
    case .number(0): return false
    case .number(1): return true
    case let value: throw unsupported(key, value, expected: "true or false")
    }
  }

  /// Takes one of a few words.
  mutating func word<Word>(
    _ key: String, default fallback: Word, of words: [String: Word]
  ) throws(ModelFileError.Problem) -> Word {
    let value = rest.removeValue(forKey: key)
    if value == nil || value == .null { return fallback }
    if case .string(let name) = value, let word = words[name] { return word }
    throw unsupported(key, value, expected: words.keys.sorted().joined(separator: ", "))
  }

  /// Takes an option that has to be one of the given values, `null` or absent.
  mutating func require(_ key: String, oneOf values: [JSON]) throws(ModelFileError.Problem) {
    guard let value = rest.removeValue(forKey: key), value != .null, !values.contains(value) else { return }
    throw unsupported(key, value, expected: values.map(\.description).joined(separator: " or "))
  }

  /// Takes an axis that has to be the last one, of inputs with `rank` axes behind that of the batch.
  mutating func lastAxis(rank: Int) throws(ModelFileError.Problem) {
    let (last, counted): (JSON, JSON) = (.number(-1), JSON(rank))
    try require("axis", oneOf: [last, counted, [last], [counted]])
  }

  /// Judges what is left over.
  ///
  /// - Returns: the options that were not applied, to be written again.
  /// - Throws: the problem when one would change what the object does.
  mutating func finish() throws(ModelFileError.Problem) -> [String: KerasKept] {
    var kept: [String: KerasKept] = [:]
    if let type = rest.removeValue(forKey: "dtype"), type != .null {
      let name = type["config"]?["name"] ?? type
      guard Self.numberTypes.contains(name) else { throw unsupported("dtype", name, expected: "float32") }
      if name != "float32" { kept["dtype"] = KerasKept(value: name, changesTraining: false) }
    }
    rest["name"] = nil
    rest["trainable"] = nil
    for (key, value) in rest.sorted(by: { $0.key < $1.key }) where value != .null {
      switch table[key] {
      case .harmless: break
      case .kept(_, let defaults):
        if !defaults.contains(where: { value.isDefault($0) }) {
          kept[key] = KerasKept(value: value, changesTraining: false)
        }
      case .training(let defaults):
        if defaults.contains(where: { value.isDefault($0) }) { break }
        guard purpose == .prediction else {
          throw unsupported(key, value, expected: "none, as Kilim would train the layer differently")
        }
        kept[key] = KerasKept(value: value, changesTraining: true)
      case .refused(let defaults):
        if defaults.contains(where: { value.isDefault($0) }) { break }
        let allowed = defaults.isEmpty ? "none" : defaults.map(\.description).joined(separator: " or ")
        throw unsupported(key, value, expected: allowed)
      case .applied, nil:
        if value == false { break }
        throw unsupported(key, value, expected: "none, as Kilim does not know this option")
      }
    }
    return kept
  }

  private func unsupported(_ key: String, _ value: JSON?, expected: String) -> ModelFileError.Problem {
    .unsupported(found: "\(key) = \(value?.description ?? "nothing")", expected: expected)
  }
}

extension JSON {
  /// Whether the value is `other` in any spelling: 1 for true, 0 for false, an object by the name of its class.
  fileprivate func isDefault(_ other: JSON) -> Bool {
    switch (self, other) {
    case (.number(let number), .bool(let truth)): number == (truth ? 1 : 0)
    case (.object, .string): foreignClass == nil && self["class_name"] == other
    default: self == other
    }
  }
}

extension JSON {
  /// The axis of one example of the given shape that the value stands for, which Keras counts with the batch and with
  /// channels last; `nil` where there is none.
  func axis(of shape: Shape) -> Int? {
    guard case .number(let number) = self, let number = Int(exactly: number) else { return nil }
    return shape.axis(keras: number)
  }
}

extension KerasOptions {
  /// Takes an activation: its name, an object, or nothing for none.
  mutating func activation() throws(ModelFileError.Problem) -> Activation {
    guard let value = rest.removeValue(forKey: "activation"), value != .null else { return .linear }
    return try Activation(keras: value)
  }

  /// Takes an activation under another name, or of a class with another default. One without a name in Keras, which would
  /// have to stand inside the layer, is refused.
  mutating func activation(
    _ key: String, default fallback: Activation
  ) throws(ModelFileError.Problem) -> Activation {
    guard let value = rest.removeValue(forKey: key) else { return fallback }
    if value == .null { return .linear }
    let activation = try Activation(keras: value)
    let known = [Activation.kerasNames, JSON.functionsOfKeras2]
    guard known.contains(where: { $0.values.contains(activation) }) else {
      throw unsupported(key, value, expected: "an activation that Keras knows by its name")
    }
    return activation
  }

  /// Takes the activation of a layer that computes something else before. One that has no name in Keras becomes a layer
  /// behind it, ``activationBehind``.
  mutating func innerActivation() throws(ModelFileError.Problem) -> Activation {
    let activation = try activation()
    if Activation.kerasNames.values.contains(activation) { return activation }
    activationBehind = activation
    return .linear
  }

  /// Takes a padding.
  mutating func padding() throws(ModelFileError.Problem) -> Padding {
    try word("padding", default: .valid, of: ["valid": .valid, "same": .same])
  }

  /// Refuses images whose channels do not come last.
  mutating func requireChannelsLast() throws(ModelFileError.Problem) {
    try require("data_format", oneOf: ["channels_last"])
  }
}
